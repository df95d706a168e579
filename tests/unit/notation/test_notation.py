import json
import unicodedata

import pytest

from acceptance.notation.placeholders import FORMS, content, header, text
from acceptance.ragflow.messages import JSON_TYPE, Content

SESSION = "0123456789abcdef" * 2
ASSISTANT = "fedcba9876543210" * 2
NAMES = {
    "SESSION-1": SESSION,
    "SESSION-12": "id of the twelfth",
    "ASSISTANT": ASSISTANT,
    "ASSISTANT-NAME": "its name",
    "TENANT": "id of the tenant",
    "OTHER-SESSION-1": "id of another's",
    "OTHER-ASSISTANT": "id of the other",
    "OTHER-ASSISTANT-NAME": "name of the other",
    "OTHER-TENANT": "id of another tenant",
    "KEY": "ragflow-key",
}

# in a cell: what it stands for
TEXTS = {
    "": "",
    "not json": "not json",
    "SESSION-1": SESSION,
    "SESSION-12": "id of the twelfth",
    "ASSISTANT": ASSISTANT,
    "ASSISTANT-NAME": "its name",
    "OTHER-SESSION-1": "id of another's",
    "OTHER-ASSISTANT": "id of the other",
    "OTHER-ASSISTANT-NAME": "name of the other",
    "TENANT": "id of the tenant",
    '{"tenant_id": "OTHER-TENANT"}': '{"tenant_id": "id of another tenant"}',
    "Bearer KEY": "Bearer ragflow-key",
    "SESSION-1x": f"{SESSION}x",
    "SESSION-1 and SESSION-1": f"{SESSION} and {SESSION}",
    '{"ids": ["SESSION-1",]}': f'{{"ids": ["{SESSION}",]}}',
    '{"ids": ["SESSION-1': f'{{"ids": ["{SESSION}',
    "SESSION-1[:16]": SESSION[:16],
    "SESSION-1[16:]": SESSION[16:],
    "SESSION-1[-4:]": SESSION[-4:],
    "SESSION-1[:-1]": SESSION[:-1],
    "SESSION-1[2:5]": SESSION[2:5],
    "SESSION-1[CAPITALS]": SESSION.upper(),
    "SESSION-1[ACCENTS]": "0123456789ábćdéf" * 2,
    "SESSION-12[FULL-WIDTH]": "\uff49\uff44 \uff4f\uff46 \uff54\uff48\uff45 \uff54\uff57\uff45\uff4c\uff46\uff54\uff48",
    "KEY[FULL-WIDTH]": "\uff52\uff41\uff47\uff46\uff4c\uff4f\uff57\uff0d\uff4b\uff45\uff59",
    "ASSISTANT[:16]": ASSISTANT[:16],
    "KEY[:3]x": "ragx",
    "␠": " ",
    "Bearer␠␠KEY": "Bearer  ragflow-key",
    "x␠{3}x": "x   x",
    "x{4}": "xxxx",
    "_{32}": "_" * 32,
    "yx{2}y": "yxxy",
    "x{0}": "",
    "会{2}": "会会",
    '{"ids": [{3}]{3}}': '{"ids": [[[]]]}',
    "⟨41⟩⟨42⟩": "AB",
}

# what looks like a sign, and is none
NO_SIGNS = (
    "{}",
    "[]",
    '{"ids": []}',
    '{"ids": {}}',
    '{"delete_all": 1}',
    '{"ids": ["*"], "other": {"a": [1, 2]}}',
    "[[1], [2]]",
    "x{}",
    "x{a}",
    "x{-1}",
    "x{1,2}",
    "x {",
    "[:16]",
    "[CAPITALS]",
    "SESSION",
    "SESSION-",
    "SESSION-x",
    "session 1",
    "session-1",
    "assistant",
    "key",
    "⟨F⟩",
    "⟨ff⟩",
    "⟨GG⟩",
    "<FF>",
    "(nothing)",
    "' OR '1'='1",
    "100%",
)


@pytest.mark.parametrize(("cell", "meant"), TEXTS.items(), ids=TEXTS)
def test_a_cell_stands_for_a_text(cell: str, meant: str) -> None:
    assert text(cell, NAMES) == meant


@pytest.mark.parametrize("cell", NO_SIGNS)
def test_what_only_looks_like_a_sign_stays(cell: str) -> None:
    assert text(cell, NAMES) == cell


@pytest.mark.parametrize(
    "part", ["[CAPITAL]", "[capitals]", "[FULL_WIDTH]", "[FULL-WIDTH ]", "[X]", "[16]", "[a:b]", "[1:2:3]", "[]"]
)
@pytest.mark.parametrize("name", ["SESSION-1", "TENANT", "KEY"])
def test_what_is_neither_a_part_nor_a_form_is_told_with_the_forms(name: str, part: str) -> None:
    with pytest.raises(ValueError, match="one of the forms CAPITALS, ACCENTS, FULL-WIDTH") as trouble:
        text(f"{name}{part}", NAMES)
    assert str(trouble.value).startswith(f"{part} ")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_an_id_is_another_text_of_the_same_length(form: str) -> None:
    meant = text(f"SESSION-1[{form}]", NAMES)
    assert (meant != SESSION, len(meant)) == (True, len(SESSION))


@pytest.mark.parametrize("form", ["ACCENTS", "FULL-WIDTH"])
def test_a_form_in_other_letters_is_told_apart_by_its_bytes_only(form: str) -> None:
    # What a database may take for the same: it falls back to the plain letters.
    plain = unicodedata.normalize("NFKD", text(f"SESSION-1[{form}]", NAMES)).encode("ascii", "ignore").decode()
    assert plain == SESSION


def test_what_a_placeholder_stands_for_holds_no_signs() -> None:
    assert text("SESSION-1 KEY", {"SESSION-1": "KEY x{3}", "KEY": "␠"}) == "KEY x{3} ␠"


@pytest.mark.parametrize("cell", ["SESSION-6", "OTHER-ASSISTANT", "ASSISTANT-NAME", "KEY", "x SESSION-6[:2]"])
def test_a_placeholder_that_stands_for_nothing_is_told_with_those_that_do(cell: str) -> None:
    with pytest.raises(ValueError, match=r"stands for nothing in this scenario.* SESSION-1, ASSISTANT$") as trouble:
        text(cell, {"SESSION-1": SESSION, "ASSISTANT": ASSISTANT})
    assert str(trouble.value).split()[0] in cell


@pytest.mark.parametrize("part", ["[:]", "[0:]", "[:32]", "[:99]", "[-32:]", "[32:]", "[:0]", "[5:2]"])
def test_a_part_is_less_than_the_whole_and_more_than_nothing(part: str) -> None:
    with pytest.raises(ValueError, match="is no part of something that is 32 characters long"):
        text(f"SESSION-1{part}", NAMES)


# a request: (what it is declared as, the bytes that are sent, their type)
CONTENTS = {
    '{"ids": ["SESSION-1"]}': (JSON_TYPE, json.dumps({"ids": [SESSION]}).encode(), JSON_TYPE),
    "ids=SESSION-1": (
        "application/x-www-form-urlencoded",
        f"ids={SESSION}".encode(),
        "application/x-www-form-urlencoded",
    ),
    "not json": ("(nothing)", b"not json", None),
    "会话": ("text/plain", "会话".encode(), "text/plain"),
    '"⟨FF⟩⟨FE⟩"': (JSON_TYPE, b'"\xff\xfe"', JSON_TYPE),
    "⟨C3⟩⟨A9⟩": (JSON_TYPE, "é".encode(), JSON_TYPE),
    "⟨00⟩": (JSON_TYPE, b"\x00", JSON_TYPE),
    "␠": (JSON_TYPE, b" ", JSON_TYPE),
    "": (JSON_TYPE, b"", JSON_TYPE),
    "(no content)": (JSON_TYPE, None, None),
    "(no content, declared as JSON)": ("text/plain", None, JSON_TYPE),
    "(no content)x": (JSON_TYPE, b"(no content)x", JSON_TYPE),
    "(no header)": (JSON_TYPE, b"(no header)", JSON_TYPE),
}


@pytest.mark.parametrize(("cell", "declared_as", "data", "type"), [(cell, *sent) for cell, sent in CONTENTS.items()])
def test_a_cell_stands_for_a_request(cell: str, declared_as: str, data: bytes | None, type: str | None) -> None:
    assert content(cell, NAMES, declared_as) == Content(data, type)


def test_a_request_is_declared_as_json_where_nothing_else_is_said() -> None:
    assert content("{}", NAMES) == Content(b"{}", JSON_TYPE)


def test_a_very_deep_list_is_written_short() -> None:
    sent = content('{"ids": [{10000}]{10000}}', NAMES).data
    assert sent == b'{"ids": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"


# an authorization: the header that is sent
HEADERS = {
    "(no header)": None,
    "(empty header)": "",
    "Bearer KEY": "Bearer ragflow-key",
    "Bearer␠": "Bearer ",
    "Bearer x{10}": "Bearer xxxxxxxxxx",
    "(no content)": "(no content)",
    "(no header) ": "(no header) ",
}


@pytest.mark.parametrize(("cell", "sent"), HEADERS.items(), ids=HEADERS)
def test_a_cell_stands_for_a_header(cell: str, sent: str | None) -> None:
    assert header(cell, NAMES) == sent

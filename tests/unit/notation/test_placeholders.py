import unicodedata
from contextlib import nullcontext

import pytest

from acceptance.errors import Inconclusive
from acceptance.notation.placeholders import FORMS, expand_content, expand_header, expand_text
from acceptance.ragflow.messages import JSON_TYPE, Content

SESSION = "0123456789abcdef" * 2
NAMES = {
    "SESSION-1": SESSION,
    "SESSION-12": "id of the twelfth",
    "ASSISTANT": "fedcba9876543210" * 2,
    "ASSISTANT-NAME": "its name",
    "TENANT": "id of the tenant",
    "OTHER-SESSION-1": "id of another session",
    "OTHER-ASSISTANT-NAME": "name of the other",
    "OTHER-TENANT": "id of another tenant",
    "KEY": "ragflow-key",
}

# in a cell: in the request
TEXTS = {
    **NAMES,
    '{"tenant_id": "OTHER-TENANT"}': '{"tenant_id": "id of another tenant"}',
    "SESSION-1x and SESSION-1": f"{SESSION}x and {SESSION}",
    '{"ids": ["SESSION-1': f'{{"ids": ["{SESSION}',
    "SESSION-1[:16]": SESSION[:16],
    "SESSION-1[16:]": SESSION[16:],
    "SESSION-1[-4:]": SESSION[-4:],
    "SESSION-1[2:5]": SESSION[2:5],
    "KEY[:3]x": "ragx",
    "SESSION-1[CAPITALS]": SESSION.upper(),
    "SESSION-1[ACCENTS]": "0123456789ábćdéf" * 2,
    "KEY[FULL-WIDTH]": "\uff52\uff41\uff47\uff46\uff4c\uff4f\uff57\uff0d\uff4b\uff45\uff59",
    "Bearer␠␠KEY": "Bearer  ragflow-key",
    "x␠{3}x": "x   x",
    "_{32}": "_" * 32,
    "yx{2}y": "yxxy",
    "x{0}": "",
    "会{2}": "会会",
    '{"ids": [{3}]{3}}': '{"ids": [[[]]]}',
    "⟨41⟩⟨42⟩": "AB",
    "⟨DE00⟩⟨D83D⟩": "\ude00\ud83d",
}
LITERAL_TEXTS = (
    *("", "not json", "{}", '{"ids": []}', '{"ids": ["*"], "other": {"a": [1, 2]}}', "x{}", "x{a}", "x{-1}", "x{1,2}"),
    *("x {", "[:16]", "[CAPITALS]", "SESSION", "SESSION-", "session-1", "key", "⟨F⟩", "⟨ff⟩", "⟨GG⟩", "<FF>", "100%"),
)


@pytest.mark.parametrize(("cell", "text"), [*TEXTS.items(), *((text, text) for text in LITERAL_TEXTS)])
def test_placeholders_are_expanded(cell: str, text: str) -> None:
    assert expand_text(cell, NAMES) == text


def test_values_are_not_expanded_again() -> None:
    assert expand_text("SESSION-1 KEY", {"SESSION-1": "KEY x{3}", "KEY": "␠"}) == "KEY x{3} ␠"


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_an_id_differs_only_in_case_accents_or_width(form: str) -> None:
    text = expand_text(f"SESSION-1[{form}]", NAMES)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    assert (text != SESSION, len(text), plain) == (True, len(SESSION), SESSION)


# a cell: the error
ERRORS = {
    **dict.fromkeys(
        [f"KEY{part}" for part in ("[CAPITAL]", "[capitals]", "[FULL-WIDTH ]", "[16]", "[a:b]", "[1:2:3]", "[]")],
        r"^\[.*\] is neither a part, like \[:16\], nor one of the forms CAPITALS, ACCENTS, FULL-WIDTH$",
    ),
    **dict.fromkeys(
        [f"SESSION-1{part}" for part in ("[:]", "[0:]", "[:32]", "[:99]", "[-32:]", "[32:]", "[:0]", "[5:2]")],
        r"^SESSION-1\[.*\] is empty or the same as SESSION-1 \(length: 32\)$",
    ),
    **dict.fromkeys(
        ["SESSION-6", "OTHER-ASSISTANT", "x SESSION-6[:2]"],
        "^(SESSION-6|OTHER-ASSISTANT) has no value in this scenario; these have one: SESSION-1, SESSION-12, ASSISTANT,",
    ),
}


@pytest.mark.parametrize(("cell", "error"), ERRORS.items(), ids=ERRORS)
def test_a_placeholder_that_cannot_be_expanded_is_reported(cell: str, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        expand_text(cell, NAMES)


# A key, a cell, and what is sent; nothing if this key has no such part or form.
SHORT_KEYS = [
    ("KEY_A", "KEY[:20]", "KE"),
    ("KEY_A", "KEY[:]", "KE"),
    ("KEY_A", "KEY[20:]", "Y_A"),
    ("KEY_A", "KEY[0:]", "Y_A"),
    ("KEY_A", "KEY[-20:]", "Y_A"),
    ("KEY_A", "KEY[-1:]", "A"),
    ("KEY_A", "KEY[:2]", "KE"),
    ("KEY_A", "KEY[CAPITALS]", "key_a"),
    ("key_a", "KEY[CAPITALS]", "KEY_A"),
    ("ab", "KEY[:20]", "a"),
    ("a", "KEY[:20]", ""),
    ("a", "KEY[20:]", ""),
    ("4711", "KEY[CAPITALS]", ""),
    ("4711", "KEY[ACCENTS]", ""),
]


@pytest.mark.parametrize(("key", "cell", "sent"), SHORT_KEYS)
def test_a_part_of_a_key_is_never_the_key_however_short_it_is(key: str, cell: str, sent: str) -> None:
    with nullcontext() if sent else pytest.raises(Inconclusive, match="is empty or the same as KEY"):
        assert expand_header(f"Bearer {cell}", {"KEY": key}) == f"Bearer {sent}"


@pytest.mark.parametrize(
    ("cell", "declared_as", "data", "content_type"),
    [
        ("ids=TENANT", "text/plain", b"ids=id of the tenant", "text/plain"),
        ("not json", "(nothing)", b"not json", None),
        ("会话", JSON_TYPE, "会话".encode(), JSON_TYPE),
        ("⟨FF⟩⟨C3⟩⟨A9⟩⟨00⟩", JSON_TYPE, b"\xff\xc3\xa9\0", JSON_TYPE),
        ('["⟨DE00⟩⟨D83D⟩⟨FF⟩"]', JSON_TYPE, b'["\\ude00\\ud83d\xff"]', JSON_TYPE),
        ("[{10000}]{10000}", JSON_TYPE, b"[" * 10_000 + b"]" * 10_000, JSON_TYPE),
        ("(no content)", JSON_TYPE, None, None),
        ("(no content, declared as JSON)", "text/plain", None, JSON_TYPE),
        ("(no content)x", JSON_TYPE, b"(no content)x", JSON_TYPE),
    ],
)
def test_content_is_expanded(cell: str, declared_as: str, data: bytes | None, content_type: str | None) -> None:
    assert expand_content(cell, NAMES, declared_as) == Content(data, content_type)


def test_a_header_is_expanded() -> None:
    cells = ["(no header)", "(empty header)", "Bearer KEY", "Bearer␠", "(no header) "]
    assert [expand_header(cell, NAMES) for cell in cells] == [None, "", "Bearer ragflow-key", "Bearer ", "(no header) "]

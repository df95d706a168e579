"""How the database treats text: comparison, emoji and lone surrogates, as far as no recording shows it."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from embedded_ragflow.collation import compare_up_to, like, weights
from tests.embedded.client import Client
from tests.embedded.tables import NUMBERS, Assistant, each_by_release, error, failure, on
from tests.support.servers import OWN_KEY

BIN = "\U0001f5d1"
UNSENDABLE = "\ud83d"
NOT_CONVERTED = failure(
    "OperationalError(3854, \"Cannot convert string '{}' from utf8mb3 to utf8mb4\")".format(r"\\xF0\\x9F\\x97\\x91")
)


# The texts of a group are equal, and differ from those of other groups. MariaDB 10.11 says the same.
GROUPS = [
    ["é\u0301 \0", "E", "\uff45", "e\u200d", "e\u200b", "ë\ufe0f"], ["ß", "ss", "\u017fS"], ["\u0131"],
    ["i", "İ", "\u2170"], ["æ"], ["ae"], ["œ", "oe"], ["ø"], ["o", "ö"], ["²", "2", "٢", "②"], ["ア", "ｱ", "ぁ", "あ"],
    ["и"], ["й", "Й"], ["\u0435", "ё"], ["", " ", "\u200d", "\0", "\u3000"], ["\t"], ["\x85"], ["\u00b4"],
    ["Ⱥ"], ["ⱥ"], ["❤", "❤\ufe0f"], [BIN, "\U0001f600"],
]  # fmt: skip


def test_texts_are_equal_without_case_accents_and_invisible_characters() -> None:
    found = [{weights(text) for text in group} for group in GROUPS]
    assert [len(group) for group in found] == [1] * len(GROUPS)
    assert len(set.union(*found)) == len(GROUPS)


def test_texts_have_an_order() -> None:
    texts = ["", "`", "_1", "-", ".", "(", "/", "+", "$", "10", "9", "a", "Á b", "ab", "Z"]
    assert sorted(reversed(texts), key=weights) == texts  # noqa: C414  # equal ones would stay reversed


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("e" * 32 + "\0", True), ("e" * 32 + " \u200d", True), ("ee\u200d" + "e" * 30, False), ("e" * 33, False)],
    ids=ascii,
)
def test_an_index_finds_the_beginning_of_a_long_text(text: str, is_found: bool) -> None:
    assert (compare_up_to(32)(text, "E" * 32) == 0) is is_found


@pytest.mark.parametrize(
    ("part", "text", "is_found"),
    [
        ("GRÖ", "Größe", True),
        ("ss", "Größe", False),
        ("ß", "gross", False),
        (r"5\%", "5% off", True),
        ("ab", "a\0b", False),
    ],
)
def test_like_compares_each_character(part: str, text: str, is_found: bool) -> None:
    assert like(f"%{part}%", text) is is_found


@on("0.20.5", "0.27.0")
@pytest.mark.parametrize("charset", ["utf8mb3", "utf8mb4"])
def test_an_emoji_is_stored_as_question_marks_or_unchanged(
    servers: Callable[..., Client], release: str, charset: str
) -> None:
    client = servers(release, "--charset", charset)
    stored = "????" if charset == "utf8mb3" else BIN
    prompt = {"prompt": {"opener": BIN}, "prompt_config": {"prologue": BIN}}
    payload = {"name": f"bot {next(NUMBERS)}", "dataset_ids": [], "description": BIN, **prompt}
    created = client.call("POST", "/chats", payload)["data"]
    path = f"/chats/{created['id']}/sessions"
    session = client.call("POST", path, {"name": "x" * 253 + BIN})["data"]
    shown = (created["description"], session["name"], session["messages"][0]["content"])
    assert shown == (stored, ("x" * 253 + stored)[:255], BIN)
    client.call("PUT", f"{path}/{session['id']}", {"name": f"{BIN} {BIN}"})
    assert client.call("GET", path)["data"][0]["name"] == f"{stored} {stored}"
    answer = client.call("DELETE", path, {"ids": [session["id"], BIN]})
    assert (answer["code"] == 100) is (charset == "utf8mb3")
    if charset == "utf8mb4":
        assert client.session_ids(created["id"]) == []
        assert answer["data"]["errors"] == [f"The chat doesn't own the session {BIN}"]


@on("0.25.0")
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/chats?name={}", NOT_CONVERTED),
        ("/chats/{}", NOT_CONVERTED),
        ("/chats?keywords={}", failure(NOT_CONVERTED["message"].replace("'\\", "'%\\").replace("91'", "91%'"))),
        ("/chats/CHAT/sessions/{}", error("Session not found!")),  # RAGFlow ignores the error
    ],
)
def test_an_emoji_cannot_be_compared(assistant: Assistant, path: str, expected: Any) -> None:
    assert assistant.client.call("GET", path.format(quote(BIN)).replace("CHAT", assistant.id)) == expected


def test_mariadb_has_its_own_errors(servers: Callable[..., Client]) -> None:
    client = servers("0.27.0", "--database-kind", "mariadb")
    answer = client.call("GET", f"/chats?keywords={quote(BIN)}")
    assert re.fullmatch(r"OperationalError\(1267, .* for operation 'like'\W+", answer["message"])


@pytest.mark.parametrize(("release", "column"), [("0.18.0", "prompt_config"), ("0.20.5", "meta_data_filter")])
def test_a_lone_surrogate_shows_the_statement(assistant: Assistant, column: str) -> None:
    session = assistant.sessions[0]
    update = assistant.call("PUT", f"/sessions/{session}", {"name": f"a'\n{UNSENDABLE}"})
    pattern = (
        r"UPDATE `conversation` SET `update_time` = \d+, `update_date` = '[\d-]+ [\d:]+', `dialog_id` = '(\w+)', "
        rf"`name` = 'a\\'\\n{UNSENDABLE}' WHERE \(`conversation`.`id` = '(\w+)'\)"
    )
    found = re.fullmatch(pattern, update["data"])
    assert found is not None
    assert found.groups() == (assistant.id, session)
    answer = assistant.client.call("DELETE", "/chats", {"ids": [UNSENDABLE]})
    assert f"`{column}`, `t1`.`similarity_threshold`" in answer["data"]
    assert " FROM `dialog` AS `t1` WHERE (((`t1`.`tenant_id` = " in answer["data"]
    assert len(assistant.left() or ()) == 2


@each_by_release(
    "text",
    [
        (UNSENDABLE, {"0.18.0": (200, 100), "0.22.1": (200, 401), "0.24.0": (401, 401)}),
        (BIN, {"0.18.0": (200, 100), "0.22.1": (200, 401), "0.24.0": (401, 401)}),
    ],
)
def test_an_error_that_contains_401_looks_like_an_invalid_key(
    assistant: Assistant, text: str, expected: tuple[int, int]
) -> None:
    headers = {"Authorization": f"Bearer {OWN_KEY}", "Content-Type": "application/json"}
    body = json.dumps({"ids": [f"401{text}"]})
    reply = assistant.client.send("DELETE", f"/api/v1/chats/{assistant.id}/sessions", headers, body)
    assert (reply.status, reply.body["code"]) == expected

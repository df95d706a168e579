from dataclasses import replace

import pytest

from acceptance.contract.contract import contract_of, lines
from acceptance.contract.releases import Release
from acceptance.contract.shapes import check_shape
from acceptance.errors import NotRAGFlow, WrongShape
from acceptance.ragflow.description import LENGTH
from acceptance.ragflow.messages import NO_KEY, Answer, Json, Request
from tests.unit.examples import answer

SCHEMAS = list(dict.fromkeys(contract_of(Release.named(line)).schema for line in lines()))
every_schema = pytest.mark.parametrize("schema", SCHEMAS)

# A session as it is told from 0.25 on.
SESSION: dict[str, Json] = {
    "id": "0" * 32,
    "chat_id": "f" * 32,
    "name": "another name",
    "messages": [{"content": "Hi!", "role": "assistant"}],
    "reference": [],
    "user_id": "",
    **{f"{what}_date": "2026-11-22T12:04:42" for what in ("create", "update")},
    **{f"{what}_time": 1795348800000 for what in ("create", "update")},
}

REFUSAL: Json = {"code": 102, "data": None, "message": "no"}

# what has not the shape of a deletion: (the answer, what is told)
WRONG = {
    "no JSON": (answer(text="<h1>Bad Gateway</h1>", status=502), "it is not JSON"),
    "JSON that is said to be a page": (replace(answer({"code": 0}), type="text/html"), "but text/html"),
    "JSON that is said to be nothing": (replace(answer({"code": 0}), type=""), "but of no kind"),
    "JSON that is not UTF-8": (replace(answer({"code": 102, "message": "\ufffd"}), is_text=False), "it is not UTF-8"),
    "a list": (answer([]), "$"),
    "no code": (answer({"message": "no"}), "$"),
    "a text as code": (answer({"code": "0"}), "$"),
    "a further field": (answer({"code": 0, "secret": 1}), "$"),
}


@every_schema
@pytest.mark.parametrize(("answered", "told"), WRONG.values(), ids=WRONG)
def test_an_answer_of_a_wrong_shape_is_told_with_the_exchange(schema: str, answered: Answer, told: str) -> None:
    # Once more: what was found wrong is not taken for good the next time.
    for _ in range(2):
        with pytest.raises(WrongShape) as trouble:
            check_shape(schema, answered)
        text = str(trouble.value)
        assert text.startswith("Request:  DELETE /api/v1/chats/c1/sessions")
        assert told in text.partition("Shape:    wrong for this call: ")[2]


@every_schema
def test_an_answer_may_be_right_once_more(schema: str) -> None:
    for id in ("0" * 32, "f" * 32):
        check_shape(schema, answer({"code": 102, "message": f"The chat doesn't own the session {id}"}))


@every_schema
def test_a_letter_that_stands_for_no_letter_may_be_said(schema: str) -> None:
    check_shape(schema, answer({"code": 102, "message": "The chat doesn't own the session \ufffd"}))


# a contract with its schema: what is answered where a session was renamed
RENAMED: dict[str, dict[str, Json]] = {
    "0.18": {"code": 0},
    "0.24": {"code": 0},
    "0.25": {"code": 0, "message": "success", "data": SESSION},
}


@pytest.mark.parametrize(("line", "body"), RENAMED.items(), ids=RENAMED)
def test_whoever_renames_is_answered_in_the_shape_of_the_release(line: str, body: Json) -> None:
    schema = contract_of(Release.named(line)).schema
    renaming = Request("PUT", "/api/v1/chats/c1/sessions/s1", NO_KEY)
    for right in (body, {"code": 102, "message": "Session does not exist"}):
        check_shape(schema, replace(answer(right), request=renaming))
    others = [each for each in RENAMED.values() if each != body]
    for wrong in (*others, {"code": 0, "data": True}, {**body, "secret": 1}):
        with pytest.raises(WrongShape, match="Shape:    wrong for this call: "):
            check_shape(schema, replace(answer(wrong), request=renaming))


@every_schema
@pytest.mark.parametrize("answered", [answer(text="", status=302), answer({"any": "thing"}, status=308)])
def test_a_redirect_has_no_shape(schema: str, answered: Answer) -> None:
    check_shape(schema, replace(answered, location="/elsewhere"))


@every_schema
@pytest.mark.parametrize(
    "path", ["/api/v1/chats/c1/sessions/", "/api/v1/chats/c1/sessions?ids=a", "/api/v1/chats//sessions"]
)
def test_a_call_is_known_by_its_address(schema: str, path: str) -> None:
    asked = Request("DELETE", path, NO_KEY)
    with pytest.raises(WrongShape):
        check_shape(schema, replace(answer({"code": "0"}), request=asked))
    check_shape(schema, replace(answer({"code": 102, "message": "no"}), request=asked))


# what has a wrong shape, whatever was asked: (the answer, whether it has RAGFlow's own form)
WRONG_EVERYWHERE = {
    "a further field": (answer({"code": 0, "data": [], "secret": 1}), True),
    "a success without a word": (answer({"code": 0, "secret": None}), True),
    "a code without a word, said to be a page": (replace(answer({"code": 102}), type="text/html"), True),
    "no code": (answer({"error": "not found"}), False),
    "a text as code": (answer({"code": "0"}), False),
    "a list": (answer([]), False),
    "a page": (answer(text="<h1>Internal Server Error</h1>", status=500), False),
    "nothing": (answer(text="", status=204), False),
}

# a call: whether it is one about which a rule speaks
CALLS = {
    "DELETE /api/v1/chats/c1/sessions": True,
    "DELETE /api/v1/chats/c1/sessions/?ids=a": True,
    "POST /api/v1/chats": False,
    "GET /api/v1/chats": False,
    "DELETE /api/v1/chats": False,
    "POST /api/v1/chats/c1/sessions": False,
    "PUT /api/v1/chats/c1/sessions/s1": False,
    "GET /api/v1/chats/c1/sessions?page=1": False,
}


@every_schema
@pytest.mark.parametrize(("call", "is_ruled"), CALLS.items(), ids=CALLS)
@pytest.mark.parametrize(("answered", "has_ragflow_form"), WRONG_EVERYWHERE.values(), ids=WRONG_EVERYWHERE)
def test_only_of_ragflow_itself_or_a_deletion_a_wrong_shape_breaks_a_rule(
    schema: str, call: str, is_ruled: bool, answered: Answer, has_ragflow_form: bool
) -> None:
    asked = replace(answered, request=Request(*call.split(), NO_KEY))
    with pytest.raises(
        WrongShape if is_ruled or has_ragflow_form else NotRAGFlow, match="Shape:    wrong for this call: "
    ):
        check_shape(schema, asked)


@every_schema
def test_a_long_complaint_is_shortened(schema: str) -> None:
    with pytest.raises(WrongShape) as trouble:
        check_shape(schema, answer({"code": 0, "secret": "x" * 10_000}))
    assert len(str(trouble.value)) < 3 * LENGTH
    assert "characters…" in str(trouble.value).partition("Shape:")[2]

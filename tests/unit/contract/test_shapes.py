from dataclasses import replace

import pytest

from acceptance.contract.contract import contract_of, lines
from acceptance.contract.releases import Release
from acceptance.contract.shapes import check_shape
from acceptance.errors import NotRAGFlow, WrongShape
from acceptance.ragflow.description import MAX_SHOWN
from acceptance.ragflow.messages import NO_KEY, Answer, Json, Request
from tests.unit.examples import answer

every_schema = pytest.mark.parametrize(
    "schema", dict.fromkeys(contract_of(Release.named(line)).schema for line in lines())
)


def answer_to(call: str, answered: Answer) -> Answer:
    method, path = call.split()
    return replace(answered, request=Request(method, path, NO_KEY))


# an answer to a deletion: the violation
WRONG = {
    "no JSON": (answer(text="<h1>Bad Gateway</h1>", status=502), "it is not JSON"),
    "declared as a page": (replace(answer({"code": 0}), type="text/html"), "but as text/html"),
    "declared as nothing": (replace(answer({"code": 0}), type=""), "but as nothing"),
    "not UTF-8": (replace(answer({"code": 102, "message": "\ufffd"}), is_utf8=False), "it is not UTF-8"),
    "a list": (answer([]), '$: [] is not of type "object"'),
    "a long list": (answer(["x" * 10_000]), "…"),
    "no code": (answer({"message": "no"}), "$"),
    "a text as code": (answer({"code": "0", "message": "no"}), '$.code: "0" is not of type "integer"'),
    "an additional field": (answer({"code": 102, "message": "no", "secret": 1}), "'secret' was unexpected"),
}


@every_schema
@pytest.mark.parametrize(("answered", "violation"), WRONG.values(), ids=WRONG)
def test_a_violation_is_reported_with_the_exchange(schema: str, answered: Answer, violation: str) -> None:
    with pytest.raises(WrongShape) as error:
        check_shape(schema, answered)
    assert str(error.value).startswith("Request:  DELETE /api/v1/chats/c1/sessions")
    assert violation in str(error.value).partition("Shape:    wrong for this call: ")[2]
    assert len(str(error.value)) < 3 * MAX_SHOWN


@every_schema
def test_a_violation_is_located_in_the_answer(schema: str) -> None:
    sessions = answer({"code": 0, "data": [{"id": 5}], "message": "success"})
    with pytest.raises(WrongShape, match=r"wrong for this call: \$\.data\[0\]"):
        check_shape(schema, answer_to("GET /api/v1/chats/c1/sessions", sessions))


@every_schema
def test_any_message_is_valid_and_a_redirect_has_no_shape(schema: str) -> None:
    for text in ("no", "\ufffd", "half a character: \ud83d"):
        check_shape(schema, answer({"code": 102, "message": text}))
    for answered in (answer(text="", status=302), answer({"any": "thing"}, status=308)):
        check_shape(schema, replace(answered, location="/elsewhere"))


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
# a contract line: the answer to renaming a session
RENAMED: dict[str, dict[str, Json]] = {
    "0.18": {"code": 0},
    "0.24": {"code": 0},
    "0.25": {"code": 0, "message": "success", "data": SESSION},
}


@pytest.mark.parametrize(("line", "body"), RENAMED.items(), ids=RENAMED)
def test_renaming_has_the_shape_of_the_release(line: str, body: dict[str, Json]) -> None:
    schema, call = contract_of(Release.named(line)).schema, "PUT /api/v1/chats/c1/sessions/s1"
    for valid in (body, {"code": 102, "message": "Session does not exist"}):
        check_shape(schema, answer_to(call, answer(valid)))
    others = [each for each in RENAMED.values() if each != body]
    for invalid in (*others, {"code": 0, "data": True}, {**body, "secret": 1}):
        with pytest.raises(WrongShape):
            check_shape(schema, answer_to(call, answer(invalid)))


# an answer that violates every schema: whether it has RAGFlow's form
WRONG_EVERYWHERE = [
    (answer({"code": 0, "data": [], "secret": 1}), True),
    (replace(answer({"code": 102}), type="text/html"), True),
    *((answer(body), False) for body in ({"error": "not found"}, {"code": "0"}, [])),
    (answer(text="<h1>Internal Server Error</h1>", status=500), False),
]
DELETIONS = ("DELETE /api/v1/chats/c1/sessions", "DELETE /api/v1/chats//sessions/?ids=a")
OTHER_CALLS = (
    *("POST /api/v1/chats", "GET /api/v1/chats", "DELETE /api/v1/chats", "POST /api/v1/chats/c1/sessions"),
    *("PUT /api/v1/chats/c1/sessions/s1", "GET /api/v1/chats/c1/sessions?page=1"),
)


@every_schema
@pytest.mark.parametrize("call", [*DELETIONS, *OTHER_CALLS])
def test_a_violation_breaks_a_rule_for_deletions_and_for_ragflows_own_answers(schema: str, call: str) -> None:
    for answered, has_ragflow_form in WRONG_EVERYWHERE:
        error = WrongShape if call in DELETIONS or has_ragflow_form else NotRAGFlow
        with pytest.raises(error, match="wrong for this call: "):
            check_shape(schema, answer_to(call, answered))

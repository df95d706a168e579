"""Check the shape of every answer against the JSON schema of its call. Each contract names its schema file."""

import json
import re
from functools import cache

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from acceptance.contract.contract import FOLDER
from acceptance.errors import NotRAGFlow, WrongShape
from acceptance.ragflow.description import describe_exchange, shorten
from acceptance.ragflow.messages import JSON_TYPE, Answer, Request

# Each call, and its name in the schema.
CALLS = {
    r"POST /api/v1/chats": "create-assistant",
    r"GET /api/v1/chats": "list-assistants",
    r"DELETE /api/v1/chats": "delete-assistants",
    r"DELETE /api/v1/chats/[^/]+": "delete-assistant",
    r"POST /api/v1/chats/[^/]*/sessions": "create-session",
    r"(PUT|PATCH) /api/v1/chats/[^/]*/sessions/[^/]+": "update-session",
    r"GET /api/v1/chats/[^/]*/sessions": "list-sessions",
    r"DELETE /api/v1/chats/[^/]*/sessions/?": "delete-sessions",
}


def check_shape(schema: str, answer: Answer) -> None:
    """Raise WrongShape or NotRAGFlow, with the exchange, if the answer violates the schema of its call."""
    if problem := _problem(schema, answer):
        # Only the answer to a deletion breaks a rule if something other than RAGFlow may have sent it.
        error = WrongShape if answer.has_ragflow_form or call_of(answer.request) == "delete-sessions" else NotRAGFlow
        raise error(f"{describe_exchange(answer)}\nShape:    wrong for this call: {shorten(problem)}")


def call_of(request: Request) -> str:
    """Return the name of the call, like ``delete-sessions``, or ``anything-else``."""
    line = f"{request.method} {request.path.partition('?')[0]}"
    return next((name for pattern, name in CALLS.items() if re.fullmatch(pattern, line)), "anything-else")


def _problem(schema: str, answer: Answer) -> str:
    """Describe what violates the schema, or return an empty text. A redirect has no shape."""
    if answer.location:
        return ""
    if not answer.is_json or answer.type != JSON_TYPE:
        return f"it is not JSON, or not declared as JSON but as {answer.type or 'nothing'}"
    if not answer.is_utf8:
        return "it is not UTF-8, as JSON has to be"
    # The validator accepts no half of a surrogate pair, but JSON does.
    body = json.loads(json.dumps(answer.body, ensure_ascii=False).encode("utf-8", "replace"))
    error = min(_validator(schema, call_of(answer.request)).iter_errors(body), key=_depth, default=None)
    # "Matches none of the alternatives" does not help: report the error that is deepest in the answer.
    while error and isinstance(error.kind, ValidationErrorKind.AnyOf):
        error = max((each for alternative in error.kind.context for each in alternative), key=_depth)
    if not error:
        return ""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
    return f"${path}: {error.message}"


def _depth(error: ValidationError) -> int:
    return len(error.instance_path)


@cache
def _validator(schema: str, call: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{call}", "$defs": _definitions(schema)})


@cache
def _definitions(schema: str) -> dict[str, object]:
    """Return the definitions of a schema file, added to those of the file that it ``continues``."""
    file = json.loads((FOLDER / schema).read_text("utf-8"))
    earlier = _definitions(file["continues"]) if "continues" in file else {}
    return {**earlier, **file["$defs"]}

"""The shape of every answer, field by field: a JSON schema beside each contract."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from acceptance.errors import NotRAGFlow, WrongShape
from acceptance.ragflow.description import describe_exchange, shortened
from acceptance.ragflow.messages import JSON_TYPE, Answer, Request

FOLDER = Path(__file__).parent / "lines"

# Which part of the schema speaks of which call.
CALLS = {
    r"POST /api/v1/chats": "create-assistant",
    r"GET /api/v1/chats": "list-assistants",
    r"DELETE /api/v1/chats": "delete-assistants",
    r"POST /api/v1/chats/[^/]*/sessions": "create-session",
    r"PUT /api/v1/chats/[^/]*/sessions/[^/]+": "update-session",
    r"GET /api/v1/chats/[^/]*/sessions": "list-sessions",
    r"DELETE /api/v1/chats/[^/]*/sessions/?": "delete-sessions",
}

# What differs between two answers of the same shape: ids, times, and the numbers in the names that a run gives. A
# schema is slow to check, and most answers of a run differ in nothing else.
ONLY_NOW = re.compile(r"\b(?:[0-9a-f]{32}|\d{13}|\d\d:\d\d:\d\d|(?<=session )\d+|(?<=specification )[0-9a-f]{8} \d+)\b")
_known_good: set[tuple[str, str, str]] = set()


def check_shape(schema: str, answer: Answer) -> None:
    """WrongShape or NotRAGFlow, with the whole exchange, for an answer that has not the shape of its call.

    A redirect has no shape: its place is all it says.
    """
    for trouble in _troubles(schema, answer):
        # Whoever only prepares, looks or cleans up learns nothing from what is not RAGFlow's.
        error = WrongShape if answer.has_ragflow_form or call_of(answer.request) == "delete-sessions" else NotRAGFlow
        raise error(f"{describe_exchange(answer)}\nShape:    wrong for this call: {shortened(trouble)}")


def _troubles(schema: str, answer: Answer) -> Iterator[str]:
    if answer.location:
        return
    if not answer.is_json or answer.type != JSON_TYPE:
        yield f"it has not RAGFlow's form: it is not JSON, or not said to be, but {answer.type or 'of no kind'}"
        return
    if not answer.is_text:
        yield "it is not UTF-8, which JSON has to be"
        return
    call = call_of(answer.request)
    kind = (schema, call, ONLY_NOW.sub(lambda found: "#" * len(found.group()), answer.text))
    if kind not in _known_good:
        error = best_match(_validator(schema, call).iter_errors(answer.body))
        if error:
            yield f"{error.json_path}: {error.message}"
        else:
            _known_good.add(kind)


def call_of(request: Request) -> str:
    """The call of RAGFlow's API, like ``delete-sessions``; ``anything-else`` where it is none that is known here."""
    asked = f"{request.method} {request.path.partition('?')[0]}"
    return next((call for pattern, call in CALLS.items() if re.fullmatch(pattern, asked)), "anything-else")


@cache
def _validator(schema: str, call: str) -> Any:
    definitions = json.loads((FOLDER / schema).read_text("utf-8"))["$defs"]
    return Draft202012Validator({"$ref": f"#/$defs/{call}", "$defs": definitions})

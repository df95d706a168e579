"""Reading the body of a request: one function for each way in which RAGFlow has read it."""

import re
from json import loads
from typing import Any

from flask import Request
from werkzeug.exceptions import BadRequest

from embedded_ragflow import go_json

# The parsed body. RAGFlow uses it as a dict without a check, and a client sees Python's own error for anything else:
# "'str' object has no attribute 'get'". This server does the same, so the type is Any.
Body = Any


# How many levels of JSON RAGFlow's Python parses: 3.11 counts its own calls, too.
LEVELS_OF_PYTHON_3_11 = 960
LEVELS_OF_PYTHON_3_13 = 9_990


def json_or_nothing(request: Request) -> Body:
    """RAGFlow 0.18.0 to 0.22.0: parse JSON with any content type. Return None if it is not JSON."""
    check_levels(request.get_data(), LEVELS_OF_PYTHON_3_11)
    return request.get_json(force=True, silent=True)


def json_if_declared(request: Request) -> Body:
    """RAGFlow 0.22.1: return None unless the content type is JSON. Raises BadRequest for an empty or malformed body."""
    return _parse(request) if request.is_json else None


def json_if_declared_or_empty(request: Request) -> Body:
    """RAGFlow 0.22.1, in calls about assistants: like `json_if_declared`, but return {} for a malformed body."""
    try:
        return json_if_declared(request)
    except (BadRequest, UnicodeDecodeError):
        return {}


def json_or_form(request: Request) -> Body:
    """RAGFlow 0.23: parse JSON with any content type, otherwise a form. Raises an error if JSON is not an object."""
    try:
        payload = _parse(request)
    except Exception:  # RAGFlow tries the form after any error, even a RecursionError
        payload = None
    if payload is None:
        return request.form.to_dict()
    return _object(payload, TypeError(f"Unsupported request payload type: {type(payload)}"))


def json_or_form_as_declared(request: Request) -> Body:
    """RAGFlow from 0.24: parse the body as its content type says. An empty body is {}; a wrong type raises an error."""
    if not request.get_data():
        return {}
    if request.content_type is not None and request.content_type.lower().startswith("application/json"):
        payload = _parse(request, LEVELS_OF_PYTHON_3_13) if request.is_json else None
        return _object(payload, TypeError("JSON payload must be an object."))
    if not request.form:
        raise TypeError("Request body is not a valid form payload.")
    return request.form.to_dict()


def first_json_value(request: Request) -> Body:
    """RAGFlow's Go server: parse the first JSON value, whatever the content type, and ignore what follows it.

    null is {}. Raises BadRequest, in Go's words, if the value is malformed, missing or no object.
    """
    try:
        return go_json.first_object(request.get_data())
    except ValueError as error:
        raise BadRequest(str(error)) from None


def first_json_value_or_nothing(request: Request) -> Body:
    """RAGFlow's Go server, in calls about sessions: the same, but an empty body is {}, too."""
    return first_json_value(request) if request.get_data().strip(go_json.BLANKS) else {}


def check_levels(body: bytes, limit: int) -> None:
    """Raise Python's RecursionError for JSON that has more levels than this."""
    if body.count(b"[") + body.count(b"{") <= limit:
        return
    level = 0
    for bracket in re.findall(rb"[\[\]{}]", re.sub(rb'"(?:[^"\\]|\\.)*"', b"", body)):
        level += 1 if bracket in b"[{" else -1
        if level > limit:
            kind = "array" if bracket == b"[" else "object"
            text = f"maximum recursion depth exceeded while decoding a JSON {kind} from a unicode string"
            raise RecursionError(text)


def _parse(request: Request, levels: int = LEVELS_OF_PYTHON_3_11) -> object:
    """Parse the JSON in the body. Raises BadRequest, UnicodeDecodeError if it is not UTF-8, or RecursionError."""
    data = request.get_data()
    text = data.decode()
    check_levels(data, levels)
    try:
        return loads(text)
    except ValueError:
        raise BadRequest from None


def _object(payload: object, otherwise: TypeError) -> Body:
    if isinstance(payload, dict):
        return payload
    if isinstance(payload, str):
        raise AttributeError("'str' object has no attribute 'get'")
    raise otherwise

"""Reading a request's body: five ways, from RAGFlow's five."""

from json import loads
from typing import Any

from flask import Request
from werkzeug.exceptions import BadRequest

# What a client sent. RAGFlow takes it for an object without looking, and where it is none, the error is Python's own:
# "'str' object has no attribute 'get'". So it is used here in the same way.
Body = Any


def json_or_nothing(request: Request) -> Body:
    """RAGFlow v0.18.0 to v0.22.0: JSON whatever the content type says, and None for all that is not JSON."""
    return request.get_json(force=True, silent=True)


def json_if_declared(request: Request) -> Body:
    """RAGFlow v0.22.1: None unless the body is declared as JSON. Raises BadRequest where it is not JSON, or empty."""
    return _parse(request) if request.is_json else None


def json_if_declared_or_empty(request: Request) -> Body:
    """RAGFlow v0.22.1, in calls about assistants: as `json_if_declared`, but {} for what is not JSON."""
    try:
        return json_if_declared(request)
    except (BadRequest, UnicodeDecodeError):
        return {}


def json_or_form(request: Request) -> Body:
    """RAGFlow v0.23: JSON whatever the content type says, or else a form. Raises where the JSON is not an object."""
    try:
        payload = _parse(request)
    except Exception:  # RAGFlow goes on to the form after any error, a RecursionError for one
        payload = None
    if payload is None:
        return request.form.to_dict()
    return _object(payload, TypeError(f"Unsupported request payload type: {type(payload)}"))


def json_or_form_as_declared(request: Request) -> Body:
    """RAGFlow from v0.24.0 on: what the content type says, and {} for no body. Raises where it is not that."""
    if not request.get_data():
        return {}
    if request.content_type is not None and request.content_type.lower().startswith("application/json"):
        payload = _parse(request) if request.is_json else None
        return _object(payload, TypeError("JSON payload must be an object."))
    if not request.form:
        raise TypeError("Request body is not a valid form payload.")
    return request.form.to_dict()


def _parse(request: Request) -> object:
    """The JSON in the body. Raises BadRequest, or UnicodeDecodeError where it is not UTF-8."""
    text = request.get_data().decode()
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

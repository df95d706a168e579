"""Responses: how each RAGFlow release writes successes, refusals and errors."""

from contextlib import suppress
from datetime import datetime
from html import escape
from urllib.parse import quote

from flask import Response, current_app, jsonify, request
from peewee import DatabaseError
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound, Unauthorized
from werkzeug.http import http_date

from embedded_ragflow.answers import (
    AUTHENTICATION_ERROR,
    BAD_REQUEST,
    DATA_ERROR,
    EXCEPTION_ERROR,
    NOT_FOUND,
    SERVER_ERROR,
    SUCCESS,
    UNAUTHORIZED,
    Refused,
    Success,
)

# The states of MySQL's errors, which Go's driver shows.
SQL_STATES = {1064: "42000", 1146: "42S02"}

# Dates


def as_http_date(moment: datetime) -> str:
    """Format a date like "Sun, 22 Nov 2026 12:04:42 GMT"."""
    return http_date(moment)


def as_utc_date(moment: datetime) -> str:
    """Format a date like "2026-11-22T12:04:42Z"."""
    return f"{moment.isoformat()}Z"


def as_iso_date(moment: datetime) -> str:
    """Format a date like "2026-11-22T12:04:42"."""
    return moment.isoformat()


# Successes and refusals


def success_until_0_24(success: Success) -> Response:
    """Write a success until 0.24: without its message, even after a partial deletion."""
    if success.data is None:
        return jsonify(code=SUCCESS)
    return jsonify(code=SUCCESS, data=success.data)


def success_from_0_25(success: Success) -> Response:
    """Write a success from 0.25, or in any release that of a call about accounts."""
    response = jsonify(code=SUCCESS, data=success.data, message=success.message)
    if success.login_token:
        response.headers["Authorization"] = success.login_token
    return response


def refusal(refused: Refused) -> Response:
    return jsonify(refused.answer)


def not_owned_until_0_24(words: str) -> Refused:
    """Refuse a caller who does not own the assistant: each call has its own message."""
    return Refused(DATA_ERROR, words)


def not_owned_from_0_25(_: str) -> Refused:
    return Refused(AUTHENTICATION_ERROR, "No authorization.", data=False)


def not_owned_from_0_27(_: str) -> Refused:
    return Refused(AUTHENTICATION_ERROR, "no authorization", data=False)


def headers_of_go(response: Response) -> Response:
    """Add the headers that RAGFlow's Go server adds to every answer."""
    response.headers["X-API-Source"] = "go"
    if response.is_json:
        response.headers["Content-Type"] = "application/json; charset=utf-8"
    return response


# Unknown routes


def unknown_route_of_0_23(error: NotFound) -> Response:
    return _with_status(NOT_FOUND, jsonify(error=error.name, message=f"The requested URL {request.path} was not found"))


def unknown_route_from_0_24(error: NotFound) -> Response:
    text = f"{error.name}: {request.path}"
    return _with_status(NOT_FOUND, jsonify(code=NOT_FOUND, data=None, error=error.name, message=text))


def unknown_route_of_go(_: Exception) -> Response:
    """Write an unknown address, or redirect from one that ends in a slash."""
    if request.path.endswith("/") and _is_route(shorter := request.path[:-1]):
        location = quote(shorter, safe="$&+,/:;=@") + (
            f"?{request.query_string.decode()}" if request.query_string else ""
        )
        if request.method == "GET":
            page = f'<a href="{escape(location)}">Moved Permanently</a>.\n\n'
            return Response(page, 301, {"Location": location}, content_type="text/html; charset=utf-8")
        response = Response(status=307, headers={"Location": location})
        del response.headers["Content-Type"]
        return response
    return unknown_route_from_0_24(NotFound())


def _is_route(path: str) -> bool:
    if request.method in ("HEAD", "OPTIONS"):
        return False
    with suppress(HTTPException):
        return bool(current_app.url_map.bind("").match(path, request.method))
    return False


# Unexpected errors


def failure_until_0_20(error: Exception) -> Response:
    """Write an error. If it has several arguments, like a database error, show the first two."""
    if isinstance(error, Unauthorized):
        return jsonify(code=UNAUTHORIZED, data=None, message=repr(error))
    if len(error.args) > 1:
        return _failure(repr(error.args[0]), error.args[1])
    return _failure(_text(error))


def failure_from_0_21(error: Exception) -> Response:
    """Write an error. If its text mentions 401, it has the code of an invalid key. Bytes are shown as in Python."""
    if _mentions_401(error):
        return jsonify(code=UNAUTHORIZED, data=None, message=repr(error))
    if len(error.args) > 1:
        data = error.args[1]
        return _failure(repr(error.args[0]), str(data) if isinstance(data, bytes) else data)
    return _failure(_text(error))


def failure_from_0_24(error: Exception) -> Response:
    """Write an error. An invalid key or login token has its own message."""
    if isinstance(error, Unauthorized):
        return _with_status(UNAUTHORIZED, jsonify(code=UNAUTHORIZED, data=None, message=repr(error)))
    if _mentions_401(error):
        return _with_status(UNAUTHORIZED, jsonify(code=UNAUTHORIZED, data=None, message="Unauthorized"))
    return _failure(_text(error))


def failure_from_0_26(error: Exception) -> Response:
    text = str(error)
    if "not_found" in text and "index_not_found_exception" not in text and not _mentions_401(error):
        return jsonify(code=DATA_ERROR, message="No chunk found! Check the chunk status please!")
    return failure_from_0_24(error)


def failure_of_go(error: Exception) -> Response:
    if isinstance(error, Unauthorized):
        return _with_status(UNAUTHORIZED, jsonify(code=UNAUTHORIZED, data=None, message=error.description))
    if isinstance(error, BadRequest):
        text = f"Invalid request body: {error.description}"
        return _with_status(BAD_REQUEST, jsonify(code=BAD_REQUEST, data=None, message=text))
    if isinstance(error, MethodNotAllowed):
        return unknown_route_of_go(error)
    text = str(error)
    if isinstance(error, DatabaseError) and len(error.args) > 1:
        number, words = error.args
        text = f"Error {number} ({SQL_STATES.get(number, 'HY000')}): {words}"
    return jsonify(code=SERVER_ERROR, data=None, message=text)


def _mentions_401(error: Exception) -> bool:
    text = repr(error).lower()
    return "unauthorized" in text or "401" in text


def _text(error: Exception) -> str:
    text = repr(error)
    return "No chunk found, please upload file and parse it." if "index_not_found_exception" in text else text


def _failure(message: str, data: object = None) -> Response:
    return jsonify(code=EXCEPTION_ERROR, data=data, message=message)


def _with_status(status: int, response: Response) -> Response:
    response.status_code = status
    return response

"""How answers are written down: what RAGFlow's releases make of a success, a refusal and an error."""

from datetime import datetime

from flask import Response, jsonify, request
from werkzeug.exceptions import NotFound, Unauthorized
from werkzeug.http import http_date

from embedded_ragflow.answers import (
    AUTHENTICATION_ERROR,
    DATA_ERROR,
    EXCEPTION_ERROR,
    NOT_FOUND,
    SUCCESS,
    UNAUTHORIZED,
    Refused,
    Success,
)

# Dates


def as_http_date(moment: datetime) -> str:
    """For example "Sun, 22 Nov 2026 12:04:42 GMT"."""
    return http_date(moment)


def as_iso_date(moment: datetime) -> str:
    """For example "2026-11-22T12:04:42"."""
    return moment.isoformat()


# Successes and refusals


def success_to_0_24(success: Success) -> Response:
    """A partial deletion's message never leaves the server: there is no message in a success."""
    if success.data is None:
        return jsonify(code=SUCCESS)
    return jsonify(code=SUCCESS, data=success.data)


def success_from_0_25(success: Success) -> Response:
    return jsonify(code=SUCCESS, data=success.data, message=success.message)


def refusal(refused: Refused) -> Response:
    return jsonify(refused.answer)


def not_owned_to_0_24(words: str) -> Refused:
    """Each call has words of its own for whom does not own the assistant."""
    return Refused(DATA_ERROR, words)


def not_owned_from_0_25(_: str) -> Refused:
    return Refused(AUTHENTICATION_ERROR, "No authorization.", data=False)


def not_owned_from_0_27(_: str) -> Refused:
    return Refused(AUTHENTICATION_ERROR, "no authorization", data=False)


# Addresses that are none


def unknown_route_of_0_23(error: NotFound) -> Response:
    return _with_status(NOT_FOUND, jsonify(error=error.name, message=f"The requested URL {request.path} was not found"))


def unknown_route_from_0_24(error: NotFound) -> Response:
    text = f"{error.name}: {request.path}"
    return _with_status(NOT_FOUND, jsonify(code=NOT_FOUND, data=None, error=error.name, message=text))


# Errors that nobody expected


def failure_to_0_22_0(error: Exception) -> Response:
    """Of an error with several arguments, one of the database for example, the first two are told."""
    if len(error.args) > 1:
        return _failure(repr(error.args[0]), error.args[1])
    return _failure(_text(error))


def failure_of_0_22_1(error: Exception) -> Response:
    """Whatever reads like a refusal of the key is called one. Data that JSON cannot hold is told as Python shows it."""
    if _reads_like_401(error):
        return jsonify(code=UNAUTHORIZED, data=None, message=repr(error))
    if len(error.args) > 1:
        data = error.args[1]
        return _failure(repr(error.args[0]), str(data) if isinstance(data, bytes) else data)
    return _failure(_text(error))


def failure_from_0_24(error: Exception) -> Response:
    if _reads_like_401(error):
        return _with_status(UNAUTHORIZED, jsonify(code=UNAUTHORIZED, data=None, message="Unauthorized"))
    return _failure(_text(error))


def failure_from_0_25(error: Exception) -> Response:
    """A key that is none has a handler of its own."""
    if isinstance(error, Unauthorized):
        return _with_status(UNAUTHORIZED, jsonify(code=UNAUTHORIZED, data=None, message=repr(error)))
    return failure_from_0_24(error)


def failure_from_0_26(error: Exception) -> Response:
    text = str(error)
    if "not_found" in text and "index_not_found_exception" not in text and not _reads_like_401(error):
        return jsonify(code=DATA_ERROR, message="No chunk found! Check the chunk status please!")
    return failure_from_0_25(error)


def _reads_like_401(error: Exception) -> bool:
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

"""The headers that let web pages of other sites use the API: Flask-CORS until 0.22.0, Quart-CORS from 0.22.1."""

from flask import Response, request

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
THIRTY_DAYS = 30 * 24 * 3600


def allow_asking_origin(response: Response) -> Response:
    """Until 0.22.0: allow the origin of the request, with cookies."""
    if request.origin:
        response.access_control_allow_origin = request.origin
        response.access_control_allow_credentials = True
        if is_preflight():
            if names := request.access_control_request_headers:
                response.headers["Access-Control-Allow-Headers"] = ", ".join(sorted(names))
            response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(METHODS))
            response.access_control_max_age = THIRTY_DAYS
    return response


def allow_any_origin(response: Response) -> Response:
    """From 0.22.1: allow every origin, without cookies."""
    if request.origin:
        response.access_control_allow_origin = "*"
        if is_preflight():
            names = request.access_control_request_headers or ()
            response.headers["Access-Control-Allow-Headers"] = ", ".join(names)
            response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    return response


def is_preflight() -> bool:
    """Whether a browser asks if it may send a request with another method."""
    return request.method == "OPTIONS" and request.access_control_request_method in METHODS

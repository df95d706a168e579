"""The web application: it passes each request to the calls of the release, and writes their result."""

import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import ClosingIterator

from embedded_ragflow.answers import Refused
from embedded_ragflow.database import database
from embedded_ragflow.release import Call, Release

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BASE = "/api/v1"


def create_application(release: Release) -> Flask:
    """Return a Flask application with the API of this release."""
    application = Flask("embedded_ragflow", static_folder=None)
    application.logger.disabled = True  # errors are reported to the client
    application.url_map.strict_slashes = False
    application.config["MAX_FORM_MEMORY_SIZE"] = None
    for route, call in release.calls.items():
        method, path = route.split()
        application.add_url_rule(BASE + path, endpoint=route, view_func=view(release, call), methods=[method])
    application.register_error_handler(Refused, release.write_refusal)
    application.register_error_handler(NotFound, release.write_unknown_route)
    application.register_error_handler(Exception, release.write_failure)
    application.teardown_request(return_connection)
    if release.runs_one_call_at_a_time:
        application.wsgi_app = one_at_a_time(application.wsgi_app)  # type: ignore[assignment, method-assign]  # Flask's way
    return application


def return_connection(_: BaseException | None) -> None:
    database.close()


def one_at_a_time(call: "WSGIApplication") -> "WSGIApplication":
    """Begin a call only after the answer to the one before was written, as an event loop without pauses does."""
    turn = threading.Lock()

    def wait_and_call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with ExitStack() as until_written:
            until_written.enter_context(turn)
            answer = call(environ, start_response)
            return ClosingIterator(answer, until_written.pop_all().close)

    return wait_and_call


def view(release: Release, call: Call) -> Callable[..., Response]:
    """Return a view function that authenticates the tenant and then runs the call."""

    def answer(**path: str) -> Response:
        tenant_id = release.authenticate(request.headers.get("Authorization"))
        return release.write_success(call(release, tenant_id, **path))

    return answer

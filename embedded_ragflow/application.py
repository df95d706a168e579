"""The web application: it passes each request to the calls of the release, and writes their result."""

from collections.abc import Callable

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from embedded_ragflow.answers import Refused
from embedded_ragflow.database import database
from embedded_ragflow.release import Call, Release

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
    application.after_request(release.allow_origin)
    application.teardown_request(return_connection)
    return application


def return_connection(_: BaseException | None) -> None:
    database.close()


def view(release: Release, call: Call) -> Callable[..., Response]:
    """Return a view function that authenticates the tenant and then runs the call."""

    def answer(**path: str) -> Response:
        tenant_id = release.authenticate(request.headers.get("Authorization"))
        return release.write_success(call(release, tenant_id, **path))

    return answer

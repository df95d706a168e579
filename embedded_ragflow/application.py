"""The web application: from a request to the release's rules, and from what they say to a response."""

from collections.abc import Callable

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from embedded_ragflow.answers import Refused
from embedded_ragflow.database import database
from embedded_ragflow.release import Call, Release

BASE = "/api/v1"


def create_application(release: Release) -> Flask:
    """The API as that release serves it."""
    application = Flask("embedded_ragflow", static_folder=None)
    application.logger.disabled = True  # what goes wrong is told to the client
    application.url_map.strict_slashes = False
    application.config["MAX_FORM_MEMORY_SIZE"] = None
    for route, call in release.calls.items():
        method, path = route.split()
        application.add_url_rule(BASE + path, endpoint=route, view_func=view(release, call), methods=[method])
    application.register_error_handler(Refused, release.write_refusal)
    application.register_error_handler(NotFound, release.write_unknown_route)
    application.register_error_handler(Exception, release.write_failure)
    application.teardown_request(give_connection_back)
    return application


def give_connection_back(_: BaseException | None) -> None:
    database.close()


def view(release: Release, call: Call) -> Callable[..., Response]:
    """A view function: first who asks, then what they ask for."""

    def answer(**path: str) -> Response:
        tenant_id = release.authenticate(request.headers.get("Authorization"))
        return release.write_success(call(release, tenant_id, **path))

    return answer

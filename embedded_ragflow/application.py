"""The web application: it passes each request to the calls of the release, and writes their result."""

from collections.abc import Callable, Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from embedded_ragflow.answers import Refused
from embedded_ragflow.database import database
from embedded_ragflow.release import Call, Release
from embedded_ragflow.releases import NamedRelease
from embedded_ragflow.writing import success_from_0_25

BASE = "/api/v1"

View = Callable[..., Response]


def create_application(named: NamedRelease, *, registration: bool) -> Flask:
    """Return a Flask application with the API of this release. Without `registration`, nobody can sign up."""
    release = named.rules
    application = Flask("embedded_ragflow", static_folder=None)
    application.logger.disabled = True  # errors are reported to the client
    application.url_map.strict_slashes = not release.answers_related_requests
    application.config |= {"MAX_FORM_MEMORY_SIZE": None, "REGISTER_ENABLED": int(registration), "VERSION": named.name}
    add_routes(application, BASE, {route: view(release, call) for route, call in release.calls.items()})
    add_routes(application, "", {route: account_view(release, call) for route, call in release.account_calls.items()})
    application.register_error_handler(Refused, release.write_refusal)
    application.register_error_handler(NotFound, release.write_unknown_route)
    application.register_error_handler(Exception, release.write_failure)
    application.after_request(release.add_headers)
    if not release.answers_related_requests:
        application.before_request(refuse_head_and_options)
    application.teardown_request(return_connection)
    return application


def add_routes(application: Flask, base: str, views: Mapping[str, View]) -> None:
    """Add these views by their routes, such as "POST /chats", below a base."""
    for route, view_func in views.items():
        method, path = route.split()
        application.add_url_rule(base + path, endpoint=route, view_func=view_func, methods=[method])


def refuse_head_and_options() -> None:
    if request.method in ("HEAD", "OPTIONS"):
        raise NotFound


def return_connection(_: BaseException | None) -> None:
    database.close()


def view(release: Release, call: Call) -> View:
    """Return a view function that authenticates the tenant and then runs the call."""

    def answer(**path: str) -> Response:
        tenant_id = release.authenticate(request.headers.get("Authorization"))
        return release.write_success(call(release, tenant_id, **path))

    return answer


def account_view(release: Release, call: Call) -> View:
    """Return a view function for a call about accounts, which authenticates the user itself."""

    def answer(**path: str) -> Response:
        return success_from_0_25(call(release, **path))

    return answer

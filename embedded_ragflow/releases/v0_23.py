"""RAGFlow v0.23.0 and v0.23.1."""

from flask import Response, jsonify, request
from werkzeug.exceptions import NotFound

from embedded_ragflow import body
from embedded_ragflow.database import Conversation
from embedded_ragflow.releases.v0_22 import Release0221


class Release0230(Release0221):
    """v0.23.0 reads the body whatever it is declared to be, and says of an unknown route that it is unknown."""

    since = "0.23"

    def read_body(self) -> body.Body:
        return body.json_or_form(request)

    def write_not_found(self, error: NotFound) -> Response:
        text = f"The requested URL {request.path} was not found"
        return self.with_status(jsonify(error=error.name, message=text), 404)

    def with_status(self, response: Response, status: int) -> Response:
        response.status_code = status
        return response


class Release0231(Release0230):
    """v0.23.1 takes the references out of the messages of a listed session again."""

    since = "0.23.1"

    def listed_session_fields(self, session: Conversation) -> dict[str, object]:
        return self.session_fields(session)

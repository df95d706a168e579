"""RAGFlow v0.24.0."""

from datetime import datetime

from flask import Response, jsonify, request
from werkzeug.exceptions import NotFound

from embedded_ragflow import body
from embedded_ragflow.answers import EXCEPTION_ERROR
from embedded_ragflow.releases.v0_23 import Release0231


class Release0240(Release0231):
    """v0.24.0 takes no body for an empty one that is not what it is declared to be."""

    since = "0.24"

    def read_body(self) -> body.Body:
        return body.json_or_form_as_declared(request)

    def write_not_found(self, error: NotFound) -> Response:
        text = f"{error.name}: {request.path}"
        return self.with_status(jsonify(code=404, data=None, error=error.name, message=text), 404)

    def write_failure(self, error: Exception) -> Response:
        return jsonify(code=EXCEPTION_ERROR, data=None, message=repr(error))

    def date(self, moment: datetime) -> str:
        """For example "2026-11-22T12:04:42"."""
        return moment.isoformat()

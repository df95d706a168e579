"""RAGFlow v0.22.1. (v0.22.0 is as v0.20.2.)"""

from flask import request

from embedded_ragflow import body
from embedded_ragflow.database import database
from embedded_ragflow.releases.v0_20 import Release0202


class Release0221(Release0202):
    """v0.22.1 moves from Flask to Quart, which reads JSON only where it is declared, and runs in one thread.

    Where JSON is declared there has to be some: an empty body is refused.

    In one thread what a request looks up cannot change until it has acted on it: of several that delete the same thing
    at once, exactly one is told that it did.
    """

    since = "0.22.1"

    def read_body(self) -> body.Body:
        return body.json_if_declared(request)

    def read_assistant_ids(self) -> body.Body:
        """Here an empty body stands for no ids, whatever it is declared to be."""
        return self.read_body() if request.get_data() else None

    def delete_session(self, chat_id: str, session_id: object) -> int | None:
        with database.atomic("IMMEDIATE"):
            return super().delete_session(chat_id, session_id)

    def delete_assistant(self, tenant_id: str, chat_id: object) -> int | None:
        with database.atomic("IMMEDIATE"):
            return super().delete_assistant(tenant_id, chat_id)

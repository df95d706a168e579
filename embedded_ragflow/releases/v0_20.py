"""RAGFlow v0.20.1 to v0.22.0."""

from json import loads

from embedded_ragflow.body import Body
from embedded_ragflow.database import Conversation
from embedded_ragflow.releases.v0_18 import Release018


class Release0201(Release018):
    """v0.20.1 puts references beside the messages of a listed session."""

    since = "0.20.1"

    def listed_session_fields(self, session: Conversation) -> dict[str, object]:
        fields = super().listed_session_fields(session)
        return {**fields, "messages": [{**message, "reference": []} for message in loads(session.message)]}


class Release0202(Release0201):
    """v0.20.2 rewords the greeting, and creates an assistant without `dataset_ids` without an error."""

    since = "0.20.2"
    prologue = "Hi! I'm your assistant. What can I do for you?"

    def sent_dataset_ids(self, payload: Body) -> object:
        return payload.get("dataset_ids", [])

"""Answers as a test needs them."""

import json

from acceptance.ragflow.messages import NO_KEY, Answer, Content, Credentials, Json, Request


def answer(
    body: Json = None,
    status: int = 200,
    *,
    text: str | None = None,
    credentials: Credentials = NO_KEY,
    content: Content | None = None,
) -> Answer:
    """The answer to a deletion: this body as JSON, or a text that is none."""
    request = Request("DELETE", "/api/v1/chats/c1/sessions", credentials, content)
    shown = json.dumps(body) if text is None else text
    return Answer(request, status, shown, 0.01, body, is_json=text is None)

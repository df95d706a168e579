"""Example answers, and what matchers report about them."""

import json
from typing import Any

import pytest
from hamcrest import assert_that

from acceptance.ragflow.messages import NO_KEY, Address, Answer, Content, Credentials, Json, Request


def answer(
    body: Json = None,
    status: int = 200,
    *,
    text: str | None = None,
    credentials: Credentials = NO_KEY,
    content: Content | None = None,
) -> Answer:
    """Return an answer to a deletion: ``body`` as JSON, or a ``text`` that is not JSON."""
    request = Request("DELETE", "/api/v1/chats/c1/sessions", credentials, content, Address("http://ragflow:9380"))
    shown = json.dumps(body) if text is None else text
    return Answer(request, status, shown, 0.01, body, is_json=text is None)


def failure(actual: object, matcher: Any) -> str:
    """Return the message of the failed assertion."""
    with pytest.raises(AssertionError) as failed:
        assert_that(actual, matcher)
    return str(failed.value)


def assert_matches(actual: object, matcher: Any, problem: str) -> None:
    """Assert that the matcher reports this problem, or matches if it is empty."""
    if problem:
        assert problem in failure(actual, matcher).partition("but: ")[2]
    else:
        assert_that(actual, matcher)

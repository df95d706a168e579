"""Proxies that change deletions on their way to the server."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from email.message import Message
from itertools import count

from tests.unit.stand_in import Reply, Seen, StandIn, forwarded

Change = Callable[[Seen], Seen]


def without_body(seen: Seen) -> Seen:
    return with_header(replace(seen, body=b""), "Content-Length", "0")


def without_type(seen: Seen) -> Seen:
    return with_header(seen, "Content-Type", None)


def with_empty_object(seen: Seen) -> Seen:
    return with_header(replace(seen, body=b"{}"), "Content-Length", "2") if seen.body else seen


def without_body_of_assistants(seen: Seen) -> Seen:
    return without_body(seen) if seen.path == "/api/v1/chats" else seen


def with_header(seen: Seen, name: str, value: str | None) -> Seen:
    headers = Message()
    for each, text in seen.headers.items():
        if each.lower() != name.lower():
            headers[each] = text
    if value is not None:
        headers[name] = value
    return replace(seen, headers=headers)


def without_body_later() -> Change:
    deletions = count(1)
    return lambda seen: without_body(seen) if next(deletions) >= 10 else seen


def proxy(url: str, change: Change, replies: Mapping[str, Reply] = {}) -> StandIn:
    """A proxy of the server at this address, which itself replies to requests of these methods."""

    def react(seen: Seen) -> Reply:
        return replies.get(seen.method) or forwarded(url, change(seen) if seen.method == "DELETE" else seen)

    return StandIn(react)

"""Proxies that change deletions on their way to the server."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from email.message import Message
from itertools import count

from tests.unit.stand_in import Reply, Seen, StandIn, forwarded, json_reply

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


def different_at(*places: str) -> Callable[[Seen], Reply | None]:
    """Answer like an unknown build at these places: ``/nowhere``, ``page_size=101``."""
    answers = {"/nowhere": json_reply({}, 410), "page_size=101": json_reply({"code": 0, "data": []})}
    return lambda seen: next((answers[place] for place in places if place in seen.path), None)


def other_build(url: str, *places: str) -> StandIn:
    """A server like the one at this address, which answers differently at these places."""
    react = different_at(*places)
    return StandIn(lambda seen: react(seen) or forwarded(url, seen))

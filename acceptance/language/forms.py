"""What a sender may send for a deletion: well-formed requests, and those that are not quite what they should be.

Each has the words that the features use for it, behind ``a deletion is requested with``.
"""

import json
from dataclasses import dataclass

from acceptance.ragflow.client import JSON_TYPE, Content, Json

UNKNOWN_SESSION = "invalid_id"


@dataclass(frozen=True)
class Form:
    """``named`` are the ids that RAGFlow finds in it, as it writes them in an answer."""

    content: Content
    named: tuple[str, ...] = ()


def _ids(value: Json, *named: str) -> Form:
    """A request whose list of sessions is this value."""
    return Form(Content.json({"ids": value}), named)


def _body(value: Json) -> Form:
    """A request that as a whole is this value."""
    return Form(Content.json(value))


def _raw(data: bytes, type: str | None = JSON_TYPE) -> Form:
    return Form(Content(data, type))


def _as(first: str, type: str | None, *, blanks: int = 0) -> Form:
    """A well-formed request for session 1, said to be of this kind, with so many blanks behind it."""
    return Form(Content(json.dumps({"ids": [first]}).encode(), type, blanks), (first,))


def forms(first: str, assistant: str) -> dict[str, Form]:
    """Every request that the features speak of, to the assistant of this id, whose session 1 has the first one."""
    return {
        # Nothing is named
        "nothing at all": Form(Content()),
        "nothing at all, of no kind": Form(Content(type=None)),
        "an empty request": _body({}),
        "an empty list of sessions": _ids([]),
        "an unset list of sessions": _ids(None),
        "an empty text for the sessions": _ids(""),
        "a zero for the sessions": _ids(0),
        "a no for the sessions": _ids(False),
        "an empty record for the sessions": _ids({}),
        "a remark only": _body({"other": 1}),
        "session 1 under the name SESSIONS": _body({"IDS": [first]}),
        "session 1 under the name session": _body({"id": first}),
        "session 1 under the name chosen sessions": _body({"session_ids": [first]}),
        # Everything is meant
        "everything": _body({"delete_all": True}),
        "everything and an empty list": _body({"ids": [], "delete_all": True}),
        "everything and an unset list": _body({"ids": None, "delete_all": True}),
        "not everything": _body({"delete_all": False}),
        "everything, said with a one": _body({"delete_all": 1}),
        "everything, said with a text": _body({"delete_all": "true"}),
        "everything and session 1": Form(Content.json({"ids": [first], "delete_all": True}), (first,)),
        "everything and an unknown session": Form(
            Content.json({"ids": [UNKNOWN_SESSION], "delete_all": True}), (UNKNOWN_SESSION,)
        ),
        # Cannot be read
        "words that are no list": _raw(b"not json"),
        "words that are no list, of no kind": _raw(b"not json", None),
        "a list that breaks off": _raw(b'{"ids": ["' + first.encode()),
        "a list with a comma too many": _raw(b'{"ids": ["' + first.encode() + b'",]}'),
        "signs that are no text": _raw(b'{"ids": ["\xff\xfe"]}'),
        "a list in a list, 10,000 deep": _raw(b'{"ids": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
        # Not a list of sessions
        "an explicit nothing": _body(None),
        "a text": _body("not json"),
        "an empty text": _body(""),
        "a bare list": _body([first]),
        "an empty bare list": _body([]),
        "a number": _body(5),
        "a zero": _body(0),
        "a yes": _body(True),
        "a no": _body(False),
        "a number for the sessions": _ids(5),
        "a yes for the sessions": _ids(True),
        "a text for the sessions": _ids("abc", "a", "b", "c"),
        "session 1 as the title of a record": _ids({first: 1}, first),
        "the letters abc as a form": Form(Content(b"ids=abc", "application/x-www-form-urlencoded"), ("a", "b", "c")),
        # Not sessions
        "an unknown session": _ids([UNKNOWN_SESSION], UNKNOWN_SESSION),
        "the numbers 1 and 2": _ids([1, 2], "1", "2"),
        "the number 0": _ids([0], "0"),
        "a yes as a session": _ids([True], "True"),
        "a nameless session": _ids([None]),
        "two nameless sessions": _ids([None, None]),
        "a nameless session and session 1": _ids([None, first], first),
        "session 1 in a list of its own": _ids([[first]]),
        "session 1 in a record of its own": _ids([{"id": first}]),
        "session 1 and a record": _ids([first, {"a": 1}]),
        "an empty name": _ids([""], ""),
        "an asterisk": _ids(["*"], "*"),
        "a percent sign": _ids(["%"], "%"),
        "32 underscores": _ids(["_" * 32], "_" * 32),
        "a database trick": _ids(["' OR '1'='1"], "' OR '1'='1"),
        "a database command": _ids(["x'; DROP TABLE conversation; --"], "x'; DROP TABLE conversation; --"),
        "a name in Chinese": _ids(["会话"], "会话"),
        "a name in Arabic": _ids(["جلسة"], "جلسة"),
        "a name of 1,000 letters": _ids(["x" * 1000], "x" * 1000),
        "the first half of session 1": _ids([first[:16]], first[:16]),
        "session 1 and a letter more": _ids([f"{first}x"], f"{first}x"),
        "the assistant itself": _ids([assistant], assistant),
        "the name of session 1": _ids(["session 1"], "session 1"),
        # Session 1, in another dress
        "session 1 in capital letters": _ids([first.upper()], first.upper()),
        "session 1": _ids([first], first),
        "session 1, with the alphabet stated": _as(first, "application/json; charset=utf-8"),
        "session 1 and 5 million blanks": _as(first, JSON_TYPE, blanks=5_000_000),
        "session 1, said to be plain text": _as(first, "text/plain"),
        "session 1, said to be of no kind": _as(first, None),
        "session 1, said to be a form": _as(first, "application/x-www-form-urlencoded"),
        "session 1, said to be for another program": _as(first, "application/vnd.api+json"),
    }

"""Matchers for one answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from acceptance.contract.contract import Contract, Outcome, Wildcard
from acceptance.errors import UnusableListing
from acceptance.matchers.differences import DifferenceMatcher, differences, expects, json_differences, to_wire
from acceptance.matchers.sessions import sessions_line
from acceptance.ragflow.description import shorten
from acceptance.ragflow.listings import Session, read_created, read_items
from acceptance.ragflow.messages import Answer, Json
from acceptance.ragflow.printable import printable
from acceptance.ragflow.secrets import REDACTED
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.sender import Exchange

# The codes of an exception, and of a key that is not accepted.
UNEXPECTED = (100, 401)

# The exception of an HTTP status. Bodies may contain it, headers may not.
STATUS_EXCEPTION = re.compile(r"<\w+ '\d{3}: ")


def has_outcome(outcome: Outcome) -> DifferenceMatcher[Answer]:
    """Match the status and the whole body, without missing or additional fields."""
    answers = (f"{each.status} {to_wire(each.body)}" for each in (outcome, *outcome.alternatives))
    return DifferenceMatcher(f"{outcome.name}: {', or '.join(answers)}", lambda answer: differences(outcome, answer))


def has_status(status: int) -> DifferenceMatcher[Answer]:
    return DifferenceMatcher(
        f"an answer with status {status}",
        lambda answer: [f"status: expected {status}, was {answer.status}"] * (answer.status != status),
    )


def redirects_to(path: str) -> DifferenceMatcher[Answer]:
    """Match a redirect to this path, with a status that makes clients repeat the whole request."""

    def find(answer: Answer) -> Iterator[str]:
        if answer.status not in (307, 308) or not (answer.location or "").endswith(path):
            yield f"expected status 307 or 308 and the path {path}, was {answer.status} {answer.location or ''}"

    return DifferenceMatcher(f"a redirect to {path}", find)


def _refusal_differences(answer: Answer) -> Iterator[str]:
    code = answer.body.get("code") if isinstance(answer.body, dict) else None
    if code in (0, None):
        yield f"code: expected an error code, was {to_wire(code)}"


# Match an answer with any error code.
is_refusal = expects("a refusal")(_refusal_differences)


@expects("a refusal that shows no session")
def is_refusal_without(answer: Answer, sessions: Sequence[Session]) -> Iterator[str]:
    """Match a refusal that contains neither the id nor the name of any of these sessions."""
    yield from _refusal_differences(answer)
    shown = [session for session in sessions if session.id in answer.text or f'"{session.name}"' in answer.text]
    yield from sessions_line("shown, and should not be", shown)


@expects("a list of assistants that begins with one of this scenario")
def lists_first_one_of(answer: Answer, assistants: Sequence[Assistant]) -> Iterator[str]:
    """Match a list whose first item may be emptied, because the scenario created it."""
    first = next(iter(_listed(answer)), {"name": None})
    if first.get("id") not in {assistant.id for assistant in assistants}:
        yield printable(f"the first assistant is {to_wire(first['name'])}: nothing was deleted")


@expects("a list of all assistants of this scenario")
def lists_all_of(answer: Answer, assistants: Sequence[Assistant]) -> Iterator[str]:
    listed = {item["id"] for item in _listed(answer)}
    yield from (f"not listed: {assistant.id}" for assistant in assistants if assistant.id not in listed)


@expects("a list that shows the session with the fields of its creation")
def lists_as_created(
    answer: Answer, created: Answer, renamed: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """Match a list with the session of the other answer. ``renamed`` are fields that have another name in the list.

    Times may have been rounded. A listed message may have an additional ``reference``, as in RAGFlow 0.20.1 to 0.23.0.
    """
    item: dict[str, Any] = dict(read_created(created))
    expected = {renamed.get(name, name): value for name, value in item.items()}
    expected |= {name: Wildcard.ANYTHING for name in item if name.endswith(("_date", "_time"))}
    listed: dict[str, Any] = next((dict(each) for each in _listed(answer) if each["id"] == item["id"]), {})
    for name in listed.keys() & {"messages", "message"}:
        listed[name] = [{field: each[field] for field in each if field != "reference"} for each in listed[name]]
    yield from map(printable, json_differences(expected, listed))


def _listed(answer: Answer) -> list[dict[str, Json]]:
    """Return the items of a list, or none of an answer that is not a list."""
    try:
        return read_items(answer)
    except UnusableListing:
        return []


@expects("an answer without an unexpected error")
def is_no_unexpected_error(answer: Answer) -> Iterator[str]:
    """Match an answer that reports neither an exception nor a key that is not accepted."""
    code = answer.body.get("code") if isinstance(answer.body, dict) else None
    if code is None or answer.status != 200 or code in UNEXPECTED:
        yield f"status {answer.status}, code {to_wire(code)}: {shorten(answer.text)}"


@expects("an answer that reports no deletion")
def reports_no_deletion(exchange: Exchange, contract: Contract) -> Iterator[str]:
    """Match an exchange whose answer reports neither success nor a number of deleted sessions."""
    answer = exchange.answer
    if not any(differences(contract.outcome("everything listed is deleted", exchange.selection), answer)):
        yield "the answer reports that everything listed is deleted"
    data = answer.body.get("data") if isinstance(answer.body, dict) else None
    if count := data.get("success_count") if isinstance(data, dict) else None:
        yield f"the answer reports {count} deleted sessions"


@expects("an answer without exceptions and SQL")
def shows_no_internal_details(answer: Answer, contract: Contract) -> Iterator[str]:
    if found := contract.internal_details.search(answer.text):
        yield f"the answer shows internal details: {found.group()!r} in {shorten(answer.text)}"


@expects("an answer without cookies, keys and internal details")
def has_no_extras(answer: Answer, contract: Contract) -> Iterator[str]:
    """Match an answer without cookies of RAGFlow, without any API key of the run, and with clean headers."""
    yield from (f"the answer sets a cookie: {shorten(cookie)}" for cookie in answer.cookies)
    if REDACTED in answer.text:
        yield f"the answer contains an API key: {shorten(answer.text)}"
    for name, value in answer.headers.items():
        header = shorten(f"{name}: {value}")
        if REDACTED in name + value:
            yield f"a header contains an API key: {header}"
        if contract.internal_details.search(value) or STATUS_EXCEPTION.search(value):
            yield f"a header shows internal details: {header}"

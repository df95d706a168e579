"""A list: what is asked for, and the rows that answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from peewee import SQL, CharField, ModelSelect, ProgrammingError, fn
from werkzeug.datastructures import MultiDict

from embedded_ragflow.answers import ARGUMENT_ERROR, Refused
from embedded_ragflow.database import R, folded

# The arguments in the address of a request.
Arguments = MultiDict[str, str]

USUAL_SIZE = 30
LARGEST_SIZE = 100
OWNERS_AT_MOST = 100
ORDERS_FROM_0_27 = ("create_time", "update_time", "name")


@dataclass(frozen=True)
class Page:
    """Which rows of a list to give, and in which order. `size` None: all."""

    number: int
    size: int | None
    order_by: str
    descending: bool


# Which page is asked for. Each raises ValueError where a number is none.


def page_to_0_24(asked: Arguments) -> Page:
    return _page(asked, 1, USUAL_SIZE, descending=asked.get("desc") not in ("false", "False"))


def page_from_0_25(asked: Arguments) -> Page:
    """A size below 0 stands for all rows."""
    page = _page(asked, 1, USUAL_SIZE)
    return replace(page, size=None) if (page.size or 0) < 0 else page


def page_from_0_26(asked: Arguments) -> Page:
    return _not_too_large(page_from_0_25(asked))


def page_from_0_27(asked: Arguments) -> Page:
    return _not_too_large(_forgiven(asked))


def assistants_from_0_25(asked: Arguments) -> Page:
    """All of them, unless both a page and its size are asked for."""
    page = _page(asked, 0, 0)
    return page if page.number and page.size else replace(page, size=None)


def assistants_from_0_26(asked: Arguments) -> Page:
    _not_too_large(_page(asked, 0, 0))
    return assistants_from_0_25(asked)


def assistants_from_0_27(asked: Arguments) -> Page:
    """How many owners are asked for is looked at between the order and the size."""
    page = _forgiven(asked)
    if len(asked.getlist("owner_ids")) > OWNERS_AT_MOST:
        raise Refused(ARGUMENT_ERROR, f"owner_ids must contain at most {OWNERS_AT_MOST} IDs", data=None)
    return _not_too_large(page)


def _forgiven(asked: Arguments) -> Page:
    """What is no number above 0 stands for the usual one. Raises Refused for an unknown order."""
    numbers = {
        "page": _positive(asked.get("page"), 1),
        "page_size": _positive(asked.get("page_size"), USUAL_SIZE),
    }
    page = _page({**asked.to_dict(), **numbers}, 1, USUAL_SIZE)
    if page.order_by not in ORDERS_FROM_0_27:
        raise Refused(ARGUMENT_ERROR, f"invalid orderby field: {page.order_by}", data=None)
    return page


def _page(asked: Mapping[str, str], number: int, size: int, *, descending: bool | None = None) -> Page:
    if descending is None:
        descending = asked.get("desc", "true").lower() != "false"
    return Page(
        number=int(asked.get("page", number)),
        size=int(asked.get("page_size", size)),
        order_by=asked.get("orderby", "create_time"),
        descending=descending,
    )


def _not_too_large(page: Page) -> Page:
    if page.size is not None and page.size > LARGEST_SIZE:
        raise ValueError(f"page_size must be less than or equal to {LARGEST_SIZE}")
    return page


def _positive(text: str | None, default: int) -> str:
    """The text where it is a number above 0, otherwise the default."""
    try:
        return str(default) if text is None or int(text) <= 0 else text
    except ValueError:
        return str(default)


# Which rows


def matching(query: "ModelSelect[R]", columns: Sequence["CharField[Any]"], asked: Arguments) -> "ModelSelect[R]":
    """Those of the rows that have the values asked for. An empty value asks for nothing."""
    for column in columns:
        value = asked.get(column.name)
        if value:
            query = query.where(column == value)
    return query


def with_part(query: "ModelSelect[R]", column: "CharField[Any]", part: str) -> "ModelSelect[R]":
    """Those of the rows in which the part stands in that column, whatever its case and its accents."""
    return query.where(fn.folded(column).contains(folded(part))) if part else query


def rows(query: "ModelSelect[R]", page: Page) -> list[R]:
    """The rows of that page. Those with the same value in the ordering column stand in the order of their creation.

    Raises AttributeError for an unknown column, and MariaDB's ProgrammingError for a negative limit or offset.
    """
    column, creation = attrgetter(page.order_by)(query.model), SQL("rowid")
    if page.descending:
        query = query.order_by(column.desc(), creation.desc())
    else:
        query = query.order_by(column.asc(), creation.asc())
    if page.size is not None:
        query = query.limit(page.size).offset(checked_offset(page.number, page.size))
    return list(query)


def checked_offset(number: int, size: int) -> int:
    """How many rows stand before that page; page 0 is page 1. Raises ProgrammingError for what MariaDB refuses."""
    offset = (number - 1 if number > 0 else number) * size
    if size < 0:
        raise syntax_error(f"{size} OFFSET {offset}")
    if offset < 0:
        raise syntax_error(str(offset))
    return offset


def syntax_error(near: str) -> ProgrammingError:
    """MariaDB's error 1064. SQLite would take the same statement."""
    return ProgrammingError(
        1064,
        "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version "
        f"for the right syntax to use near '{near}' at line 1",
    )

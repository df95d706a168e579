"""Lists: the page that a request asks for, and its rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from peewee import SQL, CharField, ModelSelect
from werkzeug.datastructures import MultiDict

from embedded_ragflow.answers import ARGUMENT_ERROR, Refused
from embedded_ragflow.database import R, database

# The query parameters of a request.
Arguments = MultiDict[str, str]

DEFAULT_SIZE = 30
MAX_SIZE = 100
MAX_OWNERS = 100
# The largest numbers of rows in a statement.
LARGEST_OF_MYSQL = 2**64 - 1
LARGEST_OF_SQLITE = 2**63 - 1
ORDERS_FROM_0_27 = ("create_time", "update_time", "name")


@dataclass(frozen=True)
class Page:
    """The part of a list to return, and its order. A `size` of None means all rows."""

    number: int
    size: int | None
    order_by: str
    descending: bool


# Reading the page from the query. Each function raises ValueError for an invalid number.


def page_until_0_24(asked: Arguments) -> Page:
    return _page(asked, 1, DEFAULT_SIZE, descending=asked.get("desc") not in ("false", "False"))


def page_from_0_25(asked: Arguments) -> Page:
    """Read the page. A negative size means all rows."""
    page = _page(asked, 1, DEFAULT_SIZE)
    return replace(page, size=None) if (page.size or 0) < 0 else page


def page_from_0_26(asked: Arguments) -> Page:
    return _limited(page_from_0_25(asked))


def page_from_0_27(asked: Arguments) -> Page:
    return _limited(_lenient_page(asked))


def assistant_page_from_0_25(asked: Arguments) -> Page:
    """Read the page of a list of assistants: all of them, unless the query has both a page and a size."""
    page = _page(asked, 0, 0)
    return page if page.number and page.size else replace(page, size=None)


def assistant_page_from_0_26(asked: Arguments) -> Page:
    _limited(_page(asked, 0, 0))
    return assistant_page_from_0_25(asked)


def assistant_page_from_0_27(asked: Arguments) -> Page:
    """Read the page of a list of assistants. The number of owners is checked after the order and before the size."""
    page = _lenient_page(asked)
    if len(asked.getlist("owner_ids")) > MAX_OWNERS:
        raise Refused(ARGUMENT_ERROR, f"owner_ids must contain at most {MAX_OWNERS} IDs", data=None)
    return _limited(page)


def page_of_go(asked: Arguments) -> Page:
    """Read the page as RAGFlow's Go server does: a page below 1 is 1, and a negative size means all rows."""
    size = _go_integer(asked.get("page_size"), DEFAULT_SIZE)
    page = _page_of_go(asked, max(1, _go_integer(asked.get("page"), 1)), size)
    # The number of rows before the page has 64 bits. A negative one is ignored, and so is a negative size.
    before = ((page.number - 1) * size + 2**63) % 2**64 - 2**63
    return replace(page, number=page.number if before >= 0 else 1, size=None if size < 0 else size)


def assistant_page_of_go(asked: Arguments) -> Page:
    """Read the page of a list of assistants: all of them, unless the query has both a page and a size above 0."""
    number, size = (_go_integer(asked.get(name), 0) for name in ("page", "page_size"))
    page = replace(_page_of_go(asked, number, size), descending=asked.get("desc") != "false")
    return page if number > 0 and size > 0 else replace(page, size=None)


def _page_of_go(asked: Arguments, number: int, size: int) -> Page:
    order = asked.get("orderby") or ORDERS_FROM_0_27[0]
    return _known_order(Page(number, size, order, asked.get("desc", "").lower() != "false"))


def _go_integer(text: str | None, default: int) -> int:
    """Read a number as Go's `strconv.Atoi` does. Return the default if it is none, or has more than 64 bits."""
    number = int(text) if text and re.fullmatch(r"[+-]?[0-9]+", text) else default
    return number if -(2**63) <= number < 2**63 else default


def _lenient_page(asked: Arguments) -> Page:
    """Read the page, and replace invalid numbers by their default. Raises Refused for an unknown order."""
    numbers = {
        "page": _positive(asked.get("page"), 1),
        "page_size": _positive(asked.get("page_size"), DEFAULT_SIZE),
    }
    return _known_order(_page({**asked.to_dict(), **numbers}, 1, DEFAULT_SIZE))


def _known_order(page: Page) -> Page:
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


def _limited(page: Page) -> Page:
    if page.size is not None and page.size > MAX_SIZE:
        raise ValueError(f"page_size must be less than or equal to {MAX_SIZE}")
    return page


def _positive(text: str | None, default: int) -> str:
    """Return the text if it is a positive number, otherwise the default."""
    try:
        return str(default) if text is None or int(text) <= 0 else text
    except ValueError:
        return str(default)


# Selecting the rows


def matching(query: "ModelSelect[R]", columns: Sequence["CharField[Any]"], asked: Arguments) -> "ModelSelect[R]":
    """Select the rows that match the query parameters. An empty value is ignored."""
    for column in columns:
        value = asked.get(column.name)
        if value:
            query = query.where(column == value)
    return query


def containing(query: "ModelSelect[R]", column: "CharField[Any]", part: str) -> "ModelSelect[R]":
    """Select the rows whose column contains this text. Case and accents are ignored."""
    return query.where(column.contains(part.lower())) if part else query


def rows(query: "ModelSelect[R]", page: Page) -> list[R]:
    """Return the rows of this page. Rows with equal values are in the order of their creation.

    Raises AttributeError for an unknown column, and the database's ProgrammingError for an invalid limit or offset.
    """
    column, creation = attrgetter(page.order_by)(query.model), SQL("rowid")
    if page.descending:
        query = query.order_by(column.desc(), creation.desc())
    else:
        query = query.order_by(column.asc(), creation.asc())
    if page.size is not None:
        offset = checked_offset(page.number, page.size)
        query = query.limit(min(page.size, LARGEST_OF_SQLITE)).offset(min(offset, LARGEST_OF_SQLITE))
    return list(query)


def checked_offset(number: int, size: int) -> int:
    """Return the number of rows before this page; page 0 is page 1. Raises ProgrammingError if a number is invalid."""
    offset = (number - 1 if number > 0 else number) * size
    if not 0 <= size <= LARGEST_OF_MYSQL:
        raise database.dialect.syntax_error(f"{size} OFFSET {offset}")
    if not 0 <= offset <= LARGEST_OF_MYSQL:
        raise database.dialect.syntax_error(str(offset))
    return offset

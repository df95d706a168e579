"""A list: what is asked for, and the rows that answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SQL, CharField, ModelSelect, ProgrammingError

from embedded_ragflow.database import R

# The arguments in the address of a request.
Arguments = Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """Which rows of a list to give, and in which order. `size` None: all."""

    number: int
    size: int | None
    order_by: str
    descending: bool


def matching(query: "ModelSelect[R]", columns: Sequence["CharField[Any]"], asked: Arguments) -> "ModelSelect[R]":
    """Those of the rows that have the values asked for. An empty value asks for nothing."""
    for column in columns:
        value = asked.get(column.name)
        if value:
            query = query.where(column == value)
    return query


def rows(query: "ModelSelect[R]", page: Page) -> list[R]:
    """The rows of that page. Those with the same value in the ordering column stand in the order of their creation.

    Raises AttributeError for an unknown column, and MariaDB's ProgrammingError for a negative limit or offset.
    """
    column, creation = getattr(query.model, page.order_by), SQL("rowid")
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

"""The database: tables, text comparison and connections.

Tables and columns have RAGFlow's names, because RAGFlow's error texts show them
("type object 'Conversation' has no attribute 'x'").
"""

import time
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from sqlite3 import Cursor
from typing import TypeVar

from peewee import (
    BaseQuery,
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    Model,
    PeeweeException,
    TextField,
)
from playhouse.pool import PooledSqliteDatabase

from embedded_ragflow import CannotStart

COLLATION = "utf8mb4_general_ci"
BUSY_MILLISECONDS = 10_000
VALID = "1"
INVALID = "0"

# Each request takes a connection from the pool, and gives it back at its end (`application.create_application`).
database = PooledSqliteDatabase(None)  # type: ignore[no-untyped-call]  # peewee leaves it untyped


def comparison_key(text: str) -> str:
    """What MariaDB's utf8mb4_general_ci compares: no case, no accents, no blanks at the end."""
    text = text.rstrip(" ")
    return text.upper() if text.isascii() else "".join(map(_weight, text))


@cache
def _weight(character: str) -> str:
    """One character stands for each; accents are known up to Greek Extended, and all beyond the BMP are alike."""
    if character > "\uffff":
        return "\ufffd"
    if character < "\u2000":
        character = unicodedata.normalize("NFD", character)[0]
    return character.upper()[0]


def compare(one: str, other: str) -> int:
    """Negative, zero or positive, as SQLite wants it."""
    if one == other:
        return 0
    left, right = comparison_key(one), comparison_key(other)
    return (left > right) - (left < right)


database.register_collation(compare, COLLATION)


class Table(Model):
    class Meta:
        database = database


class APIToken(Table):
    """An API key and the tenant that it belongs to. Only the keys of the present start are accepted."""

    token = CharField(primary_key=True, collation=COLLATION)
    tenant_id = CharField(32)
    accepted = BooleanField()


class Row(Table):
    """What RAGFlow's assistants and sessions have in common. Times are milliseconds since 1970, dates are UTC."""

    id = CharField(32, primary_key=True, collation=COLLATION)
    create_time = BigIntegerField()
    create_date = DateTimeField()
    update_time = BigIntegerField()
    update_date = DateTimeField()


R = TypeVar("R", bound=Row)


class Dialog(Row):
    """A chat assistant. Deletion only makes it INVALID."""

    tenant_id = CharField(32, index=True)
    name = CharField(collation=COLLATION)
    status = CharField(1)
    # The opening words of its sessions.
    prologue = TextField()


class Conversation(Row):
    """A session. `message` and `reference` are JSON."""

    dialog_id = CharField(32, index=True, collation=COLLATION)
    name = CharField(null=True, collation=COLLATION)
    message = TextField()
    reference = TextField()
    user_id = CharField(null=True, collation=COLLATION)


class Prepared:
    """A query that is put into SQL once: to do so takes ten times as long as to run it.

    The values that stand in the query given are placeholders.
    """

    def __init__(self, query: BaseQuery) -> None:
        self._sql, _ = query.sql()

    def run(self, *values: object) -> Cursor:
        """Run it with these values, in the order of their placeholders."""
        cursor: Cursor = database.execute_sql(self._sql, values)  # type: ignore[no-untyped-call]  # peewee leaves it untyped
        return cursor


@contextmanager
def opened(file: Path, api_keys: Sequence[str], *, keep: bool) -> Iterator[None]:
    """The database in that file, with its tables, for these API keys. `keep`: it shall outlive a crash of the machine.

    Raises CannotStart where the file cannot be opened or written, or is not such a database.
    """
    synchronous = "normal" if keep else "off"
    pragmas = {"journal_mode": "wal", "synchronous": synchronous, "busy_timeout": BUSY_MILLISECONDS}
    database.init(str(file), pragmas=pragmas, check_same_thread=False)  # type: ignore[no-untyped-call]  # peewee leaves it untyped
    try:
        database.create_tables([APIToken, Dialog, Conversation])
        accept(api_keys)
    except PeeweeException as error:
        raise CannotStart(f"cannot use {file} as a database: {error}") from None
    try:
        yield
    finally:
        database.close_all()  # type: ignore[no-untyped-call]  # peewee leaves it untyped


def accept(keys: Sequence[str]) -> None:
    """Accept these API keys and no others. A key that is known already keeps its tenant, and so its data."""
    with database.atomic("IMMEDIATE"):
        APIToken.update(accepted=False).execute()
        for key in keys:
            token = APIToken.get_or_none(APIToken.token == key)
            if token is None:
                APIToken.create(token=key, tenant_id=new_id(), accepted=True)
            else:
                APIToken.update(accepted=True).where(APIToken.token == key).execute()


def new_id() -> str:
    """32 hexadecimal digits."""
    return uuid.uuid4().hex


def updated_now() -> dict[str, object]:
    """The columns that say when a row was changed."""
    milliseconds = time.time_ns() // 1_000_000
    date = datetime.fromtimestamp(milliseconds // 1000, UTC).replace(tzinfo=None)
    return {"update_time": milliseconds, "update_date": date}


def insert(table: type[R], **columns: object) -> R:
    """A new row with these values, a new id, and the present as its dates."""
    now = updated_now()
    row = {
        "id": new_id(),
        "create_time": now["update_time"],
        "create_date": now["update_date"],
        **now,
        **columns,
    }
    _insertion(table).run(*(row[name] for name in table._meta.sorted_field_names))
    return table(**row)


@cache
def _insertion(table: type[Row]) -> Prepared:
    return Prepared(table.insert(dict.fromkeys(table._meta.sorted_field_names, "")))


def varchar(value: object) -> str | None:
    """What a VARCHAR(255) keeps of a value: a MySQL server that is not strict cuts the rest off without a word."""
    return None if value is None else str(value)[:255]

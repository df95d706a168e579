"""The database: tables and connections.

Tables, columns and their order are RAGFlow's, because error messages contain them
("type object 'Conversation' has no attribute 'x'", and statements that could not be sent).
"""

import fcntl
import os
import re
import secrets
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
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
    FloatField,
    IntegerField,
    Model,
    OperationalError,
    PeeweeException,
    TextField,
)
from playhouse.pool import PooledSqliteDatabase

from embedded_ragflow import CannotStart
from embedded_ragflow.collation import compare_up_to, like
from embedded_ragflow.dialect import Dialect, can_be_encoded

# How columns compare: ids of 32 characters, and names of 255.
ID, TEXT = "id", "text"
COLLATIONS = {ID: compare_up_to(32), TEXT: compare_up_to(255)}
BUSY_MILLISECONDS = 10_000

# SQLite stores both in the header of a file: the program that owns it ("RAGF"), and the version of its tables.
APPLICATION_ID = 0x52414746
LAYOUT_VERSION = 4

VALID = "1"
INVALID = "0"

# The user of a key from the command line. The domain is reserved, so no e-mail arrives anywhere.
COMMAND_LINE_USER = "session-deletion-specification"
COMMAND_LINE_EMAIL = f"{COMMAND_LINE_USER}-{{}}@example.com"


class Database(PooledSqliteDatabase):  # type: ignore[misc]  # playhouse has no types
    """An SQLite database that answers like the dialect that it imitates."""

    dialect = Dialect()

    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> Cursor:
        """Execute a statement. Raises the errors of the dialect."""
        self.dialect.check(sql, params or ())
        try:
            cursor: Cursor = super().execute_sql(sql, params)
        except OperationalError as error:
            if missing := re.fullmatch(r"no such table: (\w+)", str(error)):
                raise self.dialect.missing_table(missing[1]) from None
            raise
        return cursor


# Each request takes a connection from the pool and returns it at its end (`application.create_application`).
database = Database(None)
for name, compare in COLLATIONS.items():
    database.register_collation(compare, name)
database.register_function(like, "like", 2)
database.register_function(like, "LIKE", 3)


def nothing() -> None:
    """Stand for the methods of RAGFlow's tables: sorting by their names has its own error message."""


class Table(Model):
    class Meta:
        database = database

    query = to_dict = to_json = to_human_model_dict = getter_by = get_primary_keys_name = staticmethod(nothing)
    meta = property()


class JSONField(TextField):
    """JSON as text."""


class Dated(Table):
    """The common columns of all tables. Times are milliseconds since 1970, dates are UTC."""

    create_time = BigIntegerField()
    create_date = DateTimeField()
    update_time = BigIntegerField()
    update_date = DateTimeField()


class APIToken(Dated):
    """An API key and its tenant. `beta` is a key for pages in other sites, and has no effect here.

    A key from the command line is accepted only while the server is started with it. All others are always accepted.
    """

    token = CharField(primary_key=True, collation=TEXT)
    tenant_id = CharField(32, index=True)
    beta = CharField()
    from_command_line = BooleanField(default=False)
    accepted = BooleanField(default=True)

    class Meta:
        table_name = "api_token"


class Row(Dated):
    """The common columns of users, assistants and sessions."""

    id = CharField(32, primary_key=True, collation=ID)


R = TypeVar("R", bound=Row)


class User(Row):
    """A user, who owns the tenant with the same id. A login token contains the `access_token`.

    The columns from `avatar` on have no effect.
    """

    email = CharField(collation=TEXT, unique=True)
    password = CharField()
    access_token = CharField(index=True)
    nickname = CharField(100)
    avatar = TextField(null=True)
    language = CharField(32, default="English")
    color_schema = CharField(32, default="Bright")
    timezone = CharField(64, default="UTC+8\tAsia/Shanghai")
    last_login_time = DateTimeField(null=True)
    is_authenticated = CharField(1, default="1")
    is_active = CharField(1, default="1")
    is_anonymous = CharField(1, default="0")
    is_superuser = BooleanField(default=False)
    login_channel = CharField(default="password")
    status = CharField(1, default=VALID)


class UserTenant(Row):
    """A user in the team of another one: a guest with the role "invite", or a member with the role "normal"."""

    user_id = CharField(32, index=True)
    tenant_id = CharField(32, index=True)
    role = CharField(32)
    invited_by = CharField(32)
    status = CharField(1, default=VALID)

    class Meta:
        table_name = "user_tenant"


class Dialog(Row):
    """A chat assistant. Deletion sets its status to INVALID.

    The `prologue` in `prompt_config` is the first message of its sessions. Most other columns have no effect.
    """

    tenant_id = CharField(32, index=True)
    name = CharField(collation=TEXT)
    description = TextField(null=True, default="A helpful Assistant")
    icon = TextField(null=True, default="")
    language = CharField(32, default="English")
    llm_id = CharField(128, default="")
    tenant_llm_id = IntegerField(null=True)
    llm_setting = JSONField(default="{}")
    prompt_type = CharField(16, default="simple")
    prompt_config = JSONField()
    meta_data_filter = JSONField(default="{}")
    similarity_threshold = FloatField(default=0.1)
    vector_similarity_weight = FloatField(default=0.3)
    top_n = IntegerField(default=6)
    top_k = IntegerField(default=1024)
    do_refer = CharField(1, default="1")
    rerank_id = CharField(128, default="")
    tenant_rerank_id = IntegerField(null=True)
    kb_ids = JSONField(default="[]")
    status = CharField(1)


class Conversation(Row):
    """A session."""

    dialog_id = CharField(32, index=True, collation=ID)
    name = CharField(null=True, collation=TEXT)
    message = JSONField()
    reference = JSONField()
    user_id = CharField(null=True, collation=TEXT)


class Prepared:
    """A query that is compiled to SQL once, because compiling takes ten times as long as running it.

    The values in the given query are placeholders.
    """

    def __init__(self, query: BaseQuery) -> None:
        self._sql, _ = query.sql()

    def run(self, *values: object) -> Cursor:
        """Run the query with these values, in the order of the placeholders."""
        return database.execute_sql(self._sql, values)


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Lock this database file, so that no other server uses it.

    Raises CannotStart if another server uses it, if it is not a regular file (opening a pipe would block), or if the
    lock file cannot be written.
    """
    path = Path(f"{os.path.realpath(file)}-lock")
    with ExitStack() as stack:
        try:
            if file.exists() and not file.is_file():
                raise unusable(file, "it is not a regular file")
            lock = stack.enter_context(path.open("a"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.fstat(lock.fileno()).st_nlink:
                raise BlockingIOError  # the previous owner has removed it since it was opened here
        except BlockingIOError:
            raise unusable(file, "another server uses it") from None
        except OSError as error:
            raise unusable(file, error.strerror) from None
        if lock.tell():
            raise unusable(file, f"its lock file {path} belongs to something else")
        stack.callback(path.unlink)
        yield


def use(file: Path, api_keys: Sequence[str], dialect: Dialect, *, keep: bool) -> None:
    """Open the database in this file as this dialect, create its tables and accept these API keys.

    With `keep`, the data survive a crash of the machine. Raises CannotStart, and writes nothing, if the file is not a
    database of this server.
    """
    database.dialect = dialect
    synchronous = "normal" if keep else "off"
    pragmas = {"journal_mode": "wal", "synchronous": synchronous, "busy_timeout": BUSY_MILLISECONDS}
    database.init(str(file), pragmas=pragmas, check_same_thread=False)
    try:
        claim(file)
        database.create_tables([User, UserTenant, APIToken, Dialog, Conversation])
        accept(api_keys)
    except (OSError, sqlite3.Error, PeeweeException) as error:
        close()
        raise unusable(file, error.strerror if isinstance(error, OSError) else error) from None


def close() -> None:
    """Close all connections. None may be in use, or SQLite crashes."""
    database.close_all()


def claim(file: Path) -> None:
    """Mark a new file as a database of this server. Raises CannotStart if an existing file is not one.

    Only the header of an existing file is read ("Database File Format", 1.3, in SQLite's documentation), because SQLite
    itself would change the file.
    """
    header = b""
    if file.exists():
        with file.open("rb") as found:
            header = found.read(100)
    if not header:
        with closing(sqlite3.connect(file)) as new:
            new.executescript(
                f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT_VERSION}; COMMIT"
            )
    elif not header.startswith(b"SQLite format 3\0"):
        raise unusable(file, "file is not a database")
    elif header[68:72] != APPLICATION_ID.to_bytes(4):
        raise unusable(file, "it belongs to another program or to an older version of this server")
    elif header[60:64] != LAYOUT_VERSION.to_bytes(4):
        raise unusable(file, "it was written by another version of this server")


def unusable(file: Path, reason: object) -> CannotStart:
    return CannotStart(f"cannot use {file} as a database: {reason}")


def accept(keys: Sequence[str]) -> None:
    """Of the API keys from the command line, accept only these. A known key keeps its tenant and its data."""
    with database.atomic("IMMEDIATE"):
        APIToken.update(accepted=False).where(APIToken.from_command_line).execute()
        for key in keys:
            token = APIToken.get_or_none(APIToken.token == key)
            if token is None:
                add_key(add_command_line_user(), key, from_command_line=True)
            else:
                APIToken.update(accepted=True).where(APIToken.token == key).execute()


def add_command_line_user() -> str:
    """Create a user for a key from the command line, who cannot log in: no password has this hash. Return the id."""
    id = new_id()
    columns = {"email": COMMAND_LINE_EMAIL.format(id), "nickname": COMMAND_LINE_USER}
    insert(User, id=id, **columns, password="", access_token=new_id())
    return id


def add_key(tenant_id: str, key: str, *, from_command_line: bool = False) -> APIToken:
    columns = {"tenant_id": tenant_id, "token": key, "beta": secrets.token_urlsafe(24)}
    return APIToken.create(**columns, **created_now(), from_command_line=from_command_line)


def new_id() -> str:
    """Return 32 random hexadecimal digits."""
    return uuid.uuid4().hex


def updated_now() -> dict[str, object]:
    """Return the columns that record the time of a change."""
    milliseconds = time.time_ns() // 1_000_000
    date = datetime.fromtimestamp(milliseconds // 1000, UTC).replace(tzinfo=None)
    return {"update_time": milliseconds, "update_date": date}


def created_now() -> dict[str, object]:
    """Return the columns that record the time of a creation."""
    now = updated_now()
    return {"create_time": now["update_time"], "create_date": now["update_date"], **now}


def insert(table: type[R], **columns: object) -> R:
    """Insert a row with these values, a new id and the current time. Return the row as it is stored."""
    row = table(**as_stored(table, {"id": new_id(), **created_now(), **columns}))
    _insertion(table).run(*(getattr(row, name) for name in table._meta.sorted_field_names))
    return row


@cache
def _insertion(table: type[Row]) -> Prepared:
    return Prepared(table.insert(dict.fromkeys(table._meta.sorted_field_names, "")))


def update(table: type[Row], columns: dict[str, object], row_id: object) -> int:
    """Change these columns and the time of the change. Return the number of changed rows.

    Raises ValueError ("Unrecognized field name …") for an unknown column.
    """
    changed = table.update(as_stored(table, {**columns, **updated_now()}))
    return int(changed.where(table.id == row_id).execute())


def as_stored(table: type[Row], columns: dict[str, object]) -> dict[str, object]:
    """Return the values as the database receives them, cut silently to the length of the column.

    Unknown columns stay unchanged, and so do all columns if one cannot be sent: RAGFlow shows the statement.
    """
    if not can_be_encoded(columns.values()):
        return columns
    return {name: _stored(table._meta.fields.get(name), value) for name, value in columns.items()}


def _stored(field: object, value: object) -> object:
    if isinstance(field, CharField) and value is not None:
        return database.dialect.received(str(value))[: field.max_length]
    return database.dialect.received(value) if isinstance(value, str) else value

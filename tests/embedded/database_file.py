"""Direct access to the database of an embedded server."""

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from embedded_ragflow.database import COLLATIONS


def opened(file: Path) -> "closing[sqlite3.Connection]":
    connection = sqlite3.connect(file, timeout=30)
    for name, compare in COLLATIONS.items():
        connection.create_collation(name, compare)
    return closing(connection)


def add_sessions(file: Path, chat: str, count: int) -> list[str]:
    """Write sessions into the database, and return their ids."""
    ids = [uuid.uuid4().hex for _ in range(count)]
    with opened(file) as connection:
        columns = "id, create_time, create_date, update_time, update_date, dialog_id, name, message, reference"
        rows = ((one, 1, "2026-01-01", 1, "2026-01-01", chat, "a session", "[]", "[]") for one in ids)
        connection.executemany(f"INSERT INTO conversation ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
    return ids


def count_sessions(file: Path) -> int:
    with opened(file) as connection:
        return int(connection.execute("SELECT count(*) FROM conversation").fetchone()[0])

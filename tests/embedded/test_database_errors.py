"""An error of the database is reported as an error: not as an invalid key, and not as an unknown session.

RAGFlow's Go server breaks this rule. It needs a database that fails, so no scenario shows it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.client import serve
from tests.embedded.database_file import opened
from tests.embedded.tables import GO, Assistant, error, failure

ONE, ALL = "one session", "everything"


def python_error(release: str, table: str) -> dict[str, Any]:
    words = f"Table 'rag_flow.{table}' doesn't exist"
    if release == "0.20.5":
        return {"code": 100, "data": words, "message": "1146"}
    return failure(f'ProgrammingError(1146, "{words}")')


def go_error(table: str, deleted: str) -> dict[str, Any]:
    if table == "api_token":
        return failure("Invalid access token", 401)
    if deleted == ALL:
        return failure("Error 1146 (42S02): Table 'rag_flow.conversation' doesn't exist", 500)
    return error("The chat doesn't own the session SESSION")


@contextmanager
def without(file: Path, table: str) -> Iterator[None]:
    """Hide a table of the database during the block."""

    def rename(old: str, new: str) -> None:
        with opened(file) as connection:
            connection.execute(f"ALTER TABLE {old} RENAME TO {new}")
            connection.commit()

    rename(table, "hidden")
    yield
    rename("hidden", table)


@pytest.mark.parametrize("release", ["0.20.5", "0.27.0", GO])
def test_an_error_of_the_database_is_reported_as_one_except_by_the_go_server(release: str, tmp_path: Path) -> None:
    file = tmp_path / "ragflow.sqlite"
    with serve(release, "--database", str(file)) as client:
        assistant = Assistant(client)
        one, everything = {"ids": assistant.sessions[:1]}, {"delete_all": True}
        for table in ("api_token", "conversation"):
            for what, payload in {ONE: one, ALL: everything}.items():
                with without(file, table):
                    answer = assistant.call("DELETE", "/sessions", payload)
                expected = go_error(table, what) if release == GO else python_error(release, table)
                assert answer == {**expected, "message": expected["message"].replace("SESSION", assistant.sessions[0])}
        # The database is back.
        assert len(assistant.left() or ()) == 2
        assert assistant.call("DELETE", "/sessions", one)["code"] == 0
        assert assistant.left() == assistant.sessions[1:]

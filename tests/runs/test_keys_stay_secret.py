"""An API key is never shown: not on the terminal, and in no report."""

from pathlib import Path

import pytest

from tests.support.runs import Finished, run
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply

SELECTED = "--tags=@CHOICE-1 or @ISOLATION-2"


def check(finished: Finished) -> None:
    """No key is shown, nor enough of one to be of use."""
    for key in (OWN_KEY, OTHER_KEY):
        secret = key.removeprefix("ragflow-")
        assert secret[: len(secret) // 2] not in finished.everything
        assert secret[len(secret) // 2 :] not in finished.everything


def run_between(folder: Path, embedded: Embedded, react: object, *options: str) -> Finished:
    """A run against the embedded server, in which ``react`` may answer in its place."""
    assert callable(react)
    with StandIn(lambda seen: react(seen) or forwarded(embedded.url, seen)) as between:
        finished = run(folder, SELECTED, *options, settings={**embedded.settings, "RAGFLOW_URL": between.url})
    assert embedded.assistants() == []
    return finished


def is_deletion(seen: Seen) -> bool:
    return seen.call.startswith("DELETE ") and seen.call.endswith("/sessions")


def test_where_all_is_well(tmp_path: Path, embedded: Embedded) -> None:
    finished = run(tmp_path, SELECTED, "-v", "--no-capture", "--logging-level=DEBUG", settings=embedded.settings)
    assert finished.status == 0
    check(finished)


def test_where_the_keys_are_on_the_command_line(tmp_path: Path, embedded: Embedded) -> None:
    defines = ("-D", f"api_key={OWN_KEY}", "-D", f"other_api_key={OTHER_KEY}", "-D", f"url={embedded.url}")
    finished = run(tmp_path, SELECTED, *defines, "-v")
    assert finished.status == 0
    check(finished)


# what becomes of a deletion
FAILURES: dict[str, Reply | Misconduct] = {
    "an error": json_reply({"code": 100, "data": None, "message": "OperationalError(2003)"}),
    "no answer": Misconduct.BREAK_OFF,
}


@pytest.mark.parametrize("reply", FAILURES.values(), ids=FAILURES)
def test_where_scenarios_fail(tmp_path: Path, embedded: Embedded, reply: Reply | Misconduct) -> None:
    finished = run_between(tmp_path, embedded, lambda seen: reply if is_deletion(seen) else None, "-v")
    assert finished.status != 0
    assert {case.verdict for case in finished.cases} <= {"failure", "error"}
    check(finished)

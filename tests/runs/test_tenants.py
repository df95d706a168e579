"""From a RAGFlow of which only the address is known to a run that leaves both tenants as they were."""

import json
import re
import sys
from pathlib import Path

import pytest

from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.listings import fetch_assistant_names
from acceptance.ragflow.messages import Credentials
from acceptance.running.settings import VARIABLES
from tests.support.runs import run, run_program
from tests.support.servers import server_process

TENANTS = (sys.executable, "-m", "acceptance.tenants")

LINE = re.compile(r"export (\w+)=(\S+)")


# One release of each form of sign-up, and 0.23, whose answer to an unknown path has another form.
@pytest.mark.parametrize("release", ["0.20.5", "0.23.0", "0.25.0", "0.27.0", "0.27.0-go"])
def test_a_server_without_keys_is_tested_in_two_commands(release: str, tmp_path: Path) -> None:
    file = tmp_path / "session-deletion-specification" / "tenants.json"
    with server_process("--port", "0", "--release", release) as server:
        first, second = (run_program([*TENANTS, server.url], {"XDG_CONFIG_HOME": str(tmp_path)}) for _ in range(2))
        assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
        assert first.stdout == second.stdout
        settings = dict(line.groups() for line in map(LINE.fullmatch, first.stdout.splitlines()) if line)
        assert list(settings) == [VARIABLES[name] for name in ("url", "api_key", "other_api_key")]
        assert settings["RAGFLOW_URL"] == server.url
        finished = run(tmp_path / "reports", "--tags=@smoke or @ISOLATION-2", settings=settings)
        assert finished.status == 0, finished.out
        assert {case.verdict for case in finished.cases} == {"passed"}
        for name in ("RAGFLOW_API_KEY", "RAGFLOW_OTHER_API_KEY"):
            assert fetch_assistant_names(RAGFlow(server.url, Credentials.bearer("a key", settings[name]))) == []
    [tenants] = json.loads(file.read_text("utf-8"))
    assert tenants["password"] not in first.stdout + first.stderr + second.stderr + finished.everything
    assert not any(key in first.stderr + second.stderr + finished.everything for key in tenants["keys"].values())
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "signing up" not in second.stderr
    assert all("cannot delete users" in each.stderr for each in (first, second))

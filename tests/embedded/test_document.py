"""The tables and examples in docs/embedded-server.md are correct."""

import os
import re
import subprocess
import sys
from pathlib import Path

from packaging.version import Version

from acceptance.paths import ROOT
from embedded_ragflow.history import RELEASES
from embedded_ragflow.releases import find_release
from tests.support.environment import clean_environment
from tests.support.recordings import FILES, MORE, cases_in

TEXT = (ROOT / "docs" / "embedded-server.md").read_text("utf-8")
CODE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
_ROWS = re.findall(r"^\| ([a-z ]+) \| `(.*?)` \| `(.*?)` \| `(.*?)` \|$", TEXT, re.MULTILINE)
# The calls about accounts by what they do: until 0.24, in 0.25.0, and later.
FORMS = [{row[0]: row[column] for row in _ROWS} for column in (1, 2, 3)]


def test_each_call_is_listed_with_the_first_release_that_has_it() -> None:
    listed = {
        call: "0.18" if since == "all" else since.removeprefix("from ").removesuffix(".0")
        for calls, since in re.findall(r"^\| (`[A-Z]+ /(?:chats|users|tenants).*?) \| (.*?) \|$", TEXT, re.MULTILINE)
        for call in re.findall(r"`(.*?)`", calls)
    }
    first = {call: release.since for release in reversed(RELEASES) for call in release.calls}
    assert listed == first


def test_each_call_about_accounts_is_listed_in_its_three_forms() -> None:
    for form, name in zip(FORMS, ("0.24.0", "0.25.0", "0.27.0"), strict=True):
        assert set(form.values()) == set(find_release(name).rules.account_calls)


def test_each_recorded_release_is_listed() -> None:
    # Servers on MySQL were sent the same requests.
    more = {file.stem: len(cases_in(file)) for file in MORE}
    recorded = []
    for file in FILES:
        further = more.get(file.stem, 0) + more.get(f"{file.stem}-own", 0)
        name = file.stem.removeprefix("ragflow-")
        recorded.append((name, f"{len(cases_in(file))}{f' + {further}' if further else ''}"))
    # In the order of the releases.
    recorded.sort(key=lambda row: (Version(row[0].removesuffix("-go")), row[0]))
    assert re.findall(r"^\| (0[\d.]+(?:-go)?) \| (\d[\d +]*) \| 0 \|$", TEXT, re.MULTILINE) == recorded


def test_the_examples_and_ragflows_own_client_work(tmp_path: Path) -> None:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=tmp_path,
            env=clean_environment({"PYTHONPATH": os.pathsep.join([str(ROOT), str(packages)])}),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    packages = tmp_path / "packages"
    (sdk,) = re.findall(r"and (0[.\d]+) \(Python", TEXT)
    install = ("pip", "--disable-pip-version-check", "install", "--quiet", "--ignore-requires-python")
    installed = run(*install, "--target", str(packages), f"ragflow-sdk=={sdk}")
    assert installed.returncode == 0, installed.stderr
    calls = Path(__file__).with_name("sdk_calls.py").read_text("utf-8")
    for name, text in {"conftest.py": CODE[0], "test_1.py": CODE[1], "test_2.py": calls}.items():
        (tmp_path / name).write_text(text, "utf-8")
    tested = run("pytest", "-q", "-p", "no:cacheprovider", "test_1.py", "test_2.py")
    assert "2 passed" in tested.stdout, tested.stdout

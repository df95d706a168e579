"""Runs that cannot start, that are started in an unusual way, or that cannot write their reports."""

import os
import re
import shutil
import ssl
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.runs.situations.catalogue import FOREIGN, FOREIGN_XML, Observed, Workplace, alike, situation
from tests.support.runs import ACCEPTANCE, BEHAVE, Finished, run
from tests.support.servers import OWN_KEY, embedded_server
from tests.unit.certificates import certificate_of_this_machine
from tests.unit.proxies import other_build
from tests.unit.stand_in import Misconduct, Reaction, Reply, Seen, StandIn, json_reply

ONE = "--tags=@CHOICE-1"


def refused(observed: Observed, *words: str) -> Observed:
    """Check that the run says in one sentence what is wrong, also in JUnit, and runs nothing."""
    sentence = observed.finished.err.strip()
    assert sentence.startswith("The specification cannot run."), sentence
    assert sentence.endswith((".", "?")), sentence
    assert "\n" not in sentence
    for word in words:
        assert word in sentence
    assert words[0] in observed.finished.ending.text
    return observed


@situation
def unknown_build(workplace: Workplace) -> Mapping[str, Observed]:
    """A build of 0.27 with another answer at an unknown address, and one that also allows large pages."""
    found = {}
    with embedded_server("0.27") as server:
        for part, places in {"one": ["/nowhere"], "two": ["/nowhere", "page_size=101"]}.items():
            (folder := workplace.folder / part).mkdir()
            with other_build(server.url, *places) as build:
                settings = {**server.settings, "RAGFLOW_URL": build.url}
                found[part] = Workplace(folder, server).observe(ONE, settings=settings)
    says = "run as 0.27, but the server is not 0.27"
    difference = "an unknown address: 410 without a code, but 0.27 answers: 404 with a code"
    finished = found["one"].finished
    assert f"WARNING: {says}: {difference}." in finished.out.partition("left behind")[0]
    assert f"release 0.27.0: {says}\n  {difference}\n" in finished.out.partition("left behind")[2]
    assert all(words in finished.page for words in (says, difference))
    refused(found["two"], "could not be detected", "410 without a code", "101 sessions per page: allowed")
    return found


# name: (settings instead of the usual ones; what the sentence must contain)
SETTINGS: dict[str, tuple[dict[str, str], list[str]]] = {
    "an invalid address": ({"RAGFLOW_URL": "localhost:9380", "RAGFLOW_API_KEY": OWN_KEY}, ["RAGFLOW_URL"]),
    "a key without an address": ({"RAGFLOW_API_KEY": OWN_KEY}, ["RAGFLOW_URL"]),
    "a key that contains a space": (
        {"RAGFLOW_URL": "http://localhost:9380", "RAGFLOW_API_KEY": f"Bearer {OWN_KEY}"},
        ["RAGFLOW_API_KEY"],
    ),
    "an invalid release": ({"RAGFLOW_RELEASE": "latest"}, ["RAGFLOW_RELEASE"]),
    "an invalid value of show": ({"RAGFLOW_SHOW": "everything"}, ["RAGFLOW_SHOW"]),
    "a release the embedded server does not know": (
        {"RAGFLOW_RELEASE": "0.28"},
        ["'0.28'", "release", "0.18.0, 0.19.1, 0.20.5", "0.26.4, 0.27.0"],
    ),
}


@situation
def invalid_settings(workplace: Workplace) -> Observed:
    runs = [refused(workplace.observe(ONE, settings=settings), *words) for settings, words in SETTINGS.values()]
    return alike(runs)


@situation
def unknown_setting(workplace: Workplace) -> Observed:
    return refused(workplace.observe(ONE, "-D", "relase=0.27"), "relase", "release")


@situation
def unknown_release(workplace: Workplace) -> Observed:
    return refused(workplace.observe(ONE, "-D", "release=0.17"), "RAGFLOW_RELEASE", "0.17", "0.18")


@situation
def unknown_option(workplace: Workplace) -> Observed:
    observed = workplace.observe("--tagz=@CHOICE-1", keeps_stale=True)
    assert "--tagz" in observed.finished.err
    return observed


@situation
def no_scenario(workplace: Workplace) -> Observed:
    options = ("--tags=@nosuch", "--name=nosuch")
    return alike([refused(workplace.observe(option), "No scenario is selected.") for option in options])


@situation
def old_form_of_tags(workplace: Workplace) -> Observed:
    return refused(workplace.observe("--tags=~@scale"), "not @TAG")


@situation
def malformed_tags(workplace: Workplace) -> Observed:
    observed = workplace.observe("--tags=@CHOICE-1 or or", keeps_stale=True)
    assert "Expected operand after or" in observed.finished.err
    return observed


@situation
def wrong_key(workplace: Workplace) -> Observed:
    runs = []
    for variable in ("RAGFLOW_API_KEY", "RAGFLOW_OTHER_API_KEY"):
        settings = {**workplace.settings, variable: "ragflow-wrong-key"}
        runs.append(refused(workplace.observe(ONE, settings=settings), variable, "API key is invalid"))
        assert "ragflow-wrong-key" not in runs[-1].finished.everything
    return alike(runs)


@situation
def wrong_path(workplace: Workplace) -> Observed:
    """Every release answers differently at an unknown address; the run blames the address, not the key."""
    settings = {**workplace.settings, "RAGFLOW_URL": f"{workplace.embedded.url}/v1"}
    observed = workplace.observe(ONE, settings=settings)
    assert "API_KEY" not in observed.finished.err
    return refused(observed, "does not have RAGFlow's API", "RAGFLOW_URL")


# name: (what answers; what the sentence must contain)
SERVERS: dict[str, tuple[Reaction, str]] = {
    "a login page": (
        lambda _: Reply(200, b"<h1>Sign in</h1>", {"Content-Type": "text/html"}),
        "is not RAGFlow",
    ),
    "a gateway": (lambda _: Reply(502, b"<h1>Bad Gateway</h1>"), "502"),
    "another program": (lambda _: json_reply({"status": "ok"}), "does not have RAGFlow's API"),
    "a redirect": (lambda _: Reply(308, headers={"Location": "https://ragflow.example/"}), "ragflow.example"),
    "a silent server": (lambda _: Misconduct.SILENCE, "No RAGFlow answers"),
    "a very slow server": (lambda _: Misconduct.DROPS, "No RAGFlow answers"),
    "a server that closes the connection": (lambda _: Misconduct.BREAK_OFF, "No RAGFlow answers"),
    "a RAGFlow without its database": (
        lambda _: json_reply({"code": 100, "data": None, "message": "OperationalError(2003)"}),
        "OperationalError(2003)",
    ),
}


# make acceptance with shorter timeouts for the first answer.
IMPATIENT = (
    *(sys.executable, "-c"),
    "import sys; from acceptance.running import target; target.GREETING_TIMEOUT, target.GREETING_NOTE = 3, 1; "
    "from acceptance.__main__ import main; sys.exit(main())",
)


@situation
def not_ragflow(workplace: Workplace) -> Observed:
    runs = []
    for reaction, words in SERVERS.values():
        with StandIn(reaction) as server:
            settings = {**workplace.settings, "RAGFLOW_URL": server.url}
            observed = workplace.observe(ONE, settings=settings, program=IMPATIENT)
            runs.append(refused(observed, words, server.url))
            note = "waiting for the first answer" in observed.finished.out
            assert note is (reaction(None) in (Misconduct.SILENCE, Misconduct.DROPS))
    return alike(runs)


@situation
def no_server(workplace: Workplace) -> Observed:
    with StandIn(lambda _: Reply()) as server:
        pass
    settings = {**workplace.settings, "RAGFLOW_URL": server.url}
    return refused(workplace.observe(ONE, settings=settings), "No RAGFlow answers", "refused", "RAGFLOW_URL")


@situation
def untrusted_certificate(workplace: Workplace) -> Observed:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_of_this_machine(workplace.folder))
    with StandIn(lambda _: Reply(), tls=context) as server:
        observed = workplace.observe(ONE, settings={**workplace.settings, "RAGFLOW_URL": server.url})
    return refused(observed, "certificate is not trusted", "REQUESTS_CA_BUNDLE")


@situation
def dry_run(workplace: Workplace) -> Observed:
    return workplace.observe(ONE, "--dry-run", keeps_stale=True)


@situation
def show_skipped(workplace: Workplace) -> Observed:
    """Scenarios that were not selected appear in no report."""
    observed = workplace.observe(ONE, "--show-skipped")
    assert len(observed.cases) == 1
    return observed


@situation
def another_folder(workplace: Workplace) -> Observed:
    """behave reads its settings from the working directory; a line says which one is needed."""
    elsewhere = workplace.folder / "elsewhere"
    elsewhere.mkdir()
    options = (str(ROOT / "features"), ONE, "--junit", "--no-skipped")
    observed = workplace.observe(*options, root=elsewhere, program=BEHAVE)
    assert str(ROOT) in observed.finished.out.partition("Feature:")[0]
    return observed


def unwritable(finished: Finished) -> Finished:
    """Check that the last line says in one sentence what to do."""
    sentence = finished.err.strip()
    assert re.fullmatch(
        r".*The report folder '.*' is not writable \(.+\); name another one with --junit-directory\.", sentence
    )
    return finished


@situation
def report_folder_is_a_file(workplace: Workplace) -> Mapping[str, Observed]:
    file = workplace.folder / "reports"
    file.touch()
    programs = {"make": ACCEPTANCE, "behave": BEHAVE}
    return {
        name: Observed(unwritable(run(file, ONE, settings=workplace.settings, program=program)))
        for name, program in programs.items()
    }


def with_report_folder(workplace: Workplace, change: Callable[[Path], None]) -> Observed:
    """Change the report folder during the second feature."""
    folder = workplace.folder / "reports-1"

    def react(_: Seen) -> None:
        if (folder / "TESTS-authorization.xml").exists():
            change(folder)

    return workplace.observe_behind(react, "--tags=@AUTH-1 or @CHOICE-1")


@situation
def report_folder_removed(workplace: Workplace) -> Observed:
    observed = with_report_folder(workplace, shutil.rmtree)
    assert {file.name for file in observed.finished.files} >= {"TESTS-authorization.xml", "TESTS-choosing_sessions.xml"}
    (observed.finished.reports / FOREIGN).write_text(FOREIGN_XML, "utf-8")
    return observed


@situation
def report_folder_replaced(workplace: Workplace) -> Observed:
    """The run goes on to its end, cleans up, and prints its summary before the sentence."""

    def replace_by_file(folder: Path) -> None:
        shutil.rmtree(folder)
        folder.touch()

    observed = with_report_folder(workplace, replace_by_file)
    assert "left behind: 0" in observed.finished.out
    assert observed.finished.out.splitlines()[-1].startswith("2 of 2 rules hold;")
    unwritable(observed.finished)
    return observed


@situation
def python_3_10(workplace: Workplace) -> Observed:
    older = next(iter(sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.10.*"))), None)
    if older is None:
        pytest.skip("Python 3.10 is not installed")
    packages = sysconfig.get_paths()["purelib"]
    program = ("env", f"PYTHONPATH={packages}", str(older / "bin" / "python"), "-m", "behave")
    observed = workplace.observe(ONE, program=program, keeps_stale=True)
    assert "Python 3.11 or later is needed." in observed.finished.err + observed.finished.out
    return observed

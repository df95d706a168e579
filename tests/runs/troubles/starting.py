"""Runs that cannot begin, or are begun otherwise than usual."""

import os
import shutil
import ssl
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

from acceptance.paths import ROOT
from tests.runs.troubles.catalogue import Observed, Place, trouble
from tests.support.runs import BEHAVE
from tests.unit.stand_in import Reply, StandIn, json_reply

ONE = "--tags=@CHOICE-1"


def refused(observed: Observed, *words: str) -> Observed:
    """It says in a sentence what is wrong, soon."""
    told = observed.finished.err.strip()
    assert told.startswith("The specification cannot run."), told
    for word in words:
        assert word in told
    assert observed.finished.seconds < 10
    return observed


@trouble
def unknown_setting(place: Place) -> Observed:
    return refused(place.observe(ONE, "-D", "relase=0.27"), "relase", "-D release=...")


@trouble
def unknown_option(place: Place) -> Observed:
    observed = place.observe("--tagz=@CHOICE-1", stale=True)
    assert "--tagz" in observed.finished.err
    return observed


@trouble
def no_scenario(place: Place) -> Observed:
    return refused(place.observe("--tags=@nosuch"), "No scenario is selected.")


@trouble
def old_form_of_tags(place: Place) -> Observed:
    return refused(place.observe("--tags=~@scale"), "write --tags='not @TAG'")


@trouble
def malformed_tags(place: Place) -> Observed:
    return refused(place.observe("--tags=@CHOICE-1 or or", stale=True), "Expected operand after or")


@trouble
def nobody_there(place: Place) -> Observed:
    with StandIn(lambda _: Reply()) as server:
        pass
    settings = {**place.settings, "RAGFLOW_URL": server.url}
    return refused(place.observe(ONE, settings=settings), "No RAGFlow answers", "refused", "RAGFLOW_URL")


@trouble
def wrong_key(place: Place) -> Observed:
    settings = {**place.settings, "RAGFLOW_API_KEY": "ragflow-wrong-key"}
    return refused(place.observe(ONE, settings=settings), "RAGFLOW_API_KEY", "API key is invalid")


@trouble
def wrong_path(place: Place) -> Observed:
    """Every release is asked below an address that is not its own; what it answers there differs."""
    settings = {**place.settings, "RAGFLOW_URL": f"{place.embedded.url}/v1"}
    observed = place.observe(ONE, settings=settings)
    assert "API_KEY" not in observed.finished.err
    return refused(observed, "has no such API", "RAGFLOW_URL")


@trouble
def not_ragflow(place: Place) -> Mapping[str, Observed]:
    answers = {
        "a login page": Reply(200, b"<h1>Sign in</h1>", {"Content-Type": "text/html"}),
        "a gateway": Reply(502, b"<h1>Bad Gateway</h1>"),
        "another program": json_reply({"status": "ok"}),
    }
    observed = {}
    for name, reply in answers.items():
        observed[name] = refused(place.observe_between(lambda _, reply=reply: reply, ONE), "RAGFLOW_URL")
    return observed


@trouble
def untrusted_certificate(place: Place) -> Observed:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl that makes a certificate")
    key, certificate = place.folder / "key.pem", place.folder / "certificate.pem"
    names = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    kind = ("-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "1")
    made = [openssl, "req", *kind, *names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with StandIn(lambda _: Reply(), tls=context) as server:
        observed = place.observe(ONE, settings={**place.settings, "RAGFLOW_URL": server.url})
    return refused(observed, "certificate is not trusted", "REQUESTS_CA_BUNDLE")


@trouble
def dry_run(place: Place) -> Observed:
    """It runs nothing, and so it reports nothing."""
    return place.observe(ONE, "--dry-run", stale=True)


@trouble
def show_skipped(place: Place) -> Observed:
    """What was not selected is in no report."""
    observed = place.observe(ONE, "--show-skipped")
    assert "deviates" not in observed.finished.out
    assert len(observed.cases) == 1
    return observed


@trouble
def another_folder(place: Place) -> Observed:
    """behave looks for its settings only where it is started; a line says where that has to be."""
    elsewhere = place.folder / "elsewhere"
    elsewhere.mkdir()
    # Without its settings behave would also print what it does not run.
    observed = place.observe(str(ROOT / "features"), ONE, "--junit", "--no-skipped", root=elsewhere, program=BEHAVE)
    assert str(ROOT) in observed.finished.out.partition("Feature:")[0]
    return observed


@trouble
def python_3_10(place: Place) -> Observed:
    older = next(iter(sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.10.*"))), None)
    if older is None:
        pytest.skip("there is no Python 3.10")
    packages = sysconfig.get_paths()["purelib"]
    program = ("env", f"PYTHONPATH={packages}", str(older / "bin" / "python"), "-m", "behave")
    observed = place.observe(ONE, program=program, stale=True)
    assert "Python 3.11 or later is needed." in observed.finished.err + observed.finished.out
    return observed

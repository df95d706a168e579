"""Detection of the release of an embedded server. Other tests compare its answers with recordings."""

import re
from collections.abc import Callable

import pytest

from acceptance.contract import contract as contracts
from acceptance.contract.contract import known_releases, read_release
from acceptance.contract.releases import Range, Release
from acceptance.errors import CannotRun
from acceptance.ragflow.client import RAGFlow
from acceptance.running.detection import (
    QUESTIONS,
    ChosenRelease,
    Detection,
    Question,
    Sign,
    choose_release,
    detect_charset,
    detect_release,
)
from acceptance.running.target import Target
from tests.support.servers import Embedded, embedded_server
from tests.unit.proxies import different_at
from tests.unit.sandboxes import sandbox_on, scenario_assistants, tampered_sandbox, temporary_sandbox
from tests.unit.stand_in import Reply, Seen, StandIn, json_reply


def target(ragflow: RAGFlow, release: str | None = None, other: RAGFlow | None = None) -> Target:
    return Target("a RAGFlow", Release.named(release) if release else None, ragflow, other)


def detection(*ranges: str) -> Detection:
    """A detection of signs that these releases show."""
    return Detection([Sign(Question("asked", lambda _: "", {"said": words}), "said") for words in ranges])


# Signs.

# which releases show the signs: (the detected release, in words, the releases that are contradicted)
FOUND: dict[tuple[str, ...], tuple[str | None, str, str]] = {
    ("until-0.22.0", "until-0.24"): ("0.18.0", "0.18.0 to 0.22.0", "0.22.1 0.23 0.25 0.27 0.28"),
    ("only-0.24",): ("0.24.0", "0.24.0", "0.18 0.23.1 0.25 0.27"),
    ("from-0.25 until-0.26", "until-0.25"): ("0.25.6", "0.25.6", "0.24 0.26 0.26.4 0.27"),
    ("from-0.25 until-0.26",): ("0.25.6", "0.25.6 to 0.26.4", "0.24 0.27 0.28"),
    ("from-0.27 not-go",): ("0.27.0", "0.27.0", "0.18 0.26 0.27-go"),
    ("from-0.27", "only-go"): ("0.27.0-go", "0.27.0-go", "0.18 0.26 0.27"),
    ("from-0.26 not-go",): (None, "0.26.4 or 0.27.0", "0.25.6 0.24"),
    ("until-0.22.0", "from-0.24"): (None, "no known release", "0.18 0.24 0.27"),
}


@pytest.mark.parametrize(("shown_by", "release", "likely", "_"), [(signs, *found) for signs, found in FOUND.items()])
def test_signs_together_tell_the_release(shown_by: tuple[str, ...], release: str | None, likely: str, _: str) -> None:
    found = detection(*shown_by)
    assert (found.release and str(found.release), found.likely) == (release, likely)


@pytest.mark.parametrize(("shown_by", "contradicted"), [(signs, words) for signs, (*_, words) in FOUND.items()])
def test_a_release_that_looks_different_is_contradicted(shown_by: tuple[str, ...], contradicted: str) -> None:
    names = [*map(str, known_releases()), "0.18", "0.23", "0.24", "0.25", "0.26", "0.27", "0.28", "0.27-go"]
    found = detection(*shown_by)
    wrong = [name for name in names if found.differences_from(read_release(name))]
    assert set(contradicted.split()) <= set(wrong)
    if found.candidates:
        assert set(wrong) != set(names)
        assert not any(found.differences_from(each) for each in found.candidates)


@pytest.mark.parametrize("release", known_releases(), ids=str)
def test_every_release_gives_one_known_answer_and_signs_distinguish_all_contract_lines(release: Release) -> None:
    shown = []
    for question in QUESTIONS:
        # A gateway may remove the name of a server.
        words = [words for words in question.releases.values() if release in Range(words)]
        assert len(words) == 1 or question.topic == "the server calls itself"
        shown.append(words[-1])
    line = contracts.contract_of(release).line
    assert {contracts.contract_of(each).line for each in detection(*shown).candidates} == {line}


# Another kind of server.


# which releases show the signs: (the detected release, in words)
KINDS: dict[tuple[str, ...], tuple[str | None, str]] = {
    ("from-0.27",): (None, "0.27.0 or 0.27.0-go"),
    ("from-0.27", "only-0.27-go"): ("0.27.0-go", "0.27.0-go"),
    ("from-0.27", "not-0.27-go"): ("0.27.0", "0.27.0"),
    ("from-0.27-go",): ("0.27.0-go", "0.27.0-go"),
}


@pytest.mark.parametrize(("shown_by", "release", "likely"), [(signs, *found) for signs, found in KINDS.items()])
def test_a_sign_may_distinguish_kinds_of_servers(shown_by: tuple[str, ...], release: str | None, likely: str) -> None:
    found = detection(*shown_by)
    assert (found.release and str(found.release), found.likely) == (release, likely)


def test_another_kind_of_server_is_contradicted() -> None:
    found = detection("from-0.27 not-0.27-go")
    different = [name for name in ("0.27", "0.28", "0.27-go", "0.28-go") if found.differences_from(read_release(name))]
    assert different == ["0.27-go", "0.28-go"]


# A build that differs from all known releases.

# which releases show the signs: the release that all of them but one match
NEAREST: dict[tuple[str, ...], str | None] = {
    ("from-0.27 not-go", "from-0.26 not-go", "until-0.25"): "0.27.0",
    ("only-0.24", "from-0.24 not-go", "only-go"): "0.24.0",
    # All match, two differ, and two lines match equally well.
    ("only-0.24", "from-0.24"): None,
    ("only-0.24", "only-0.23", "only-0.22.1"): None,
    ("until-0.23", "until-0.23 not-0.22.1", "only-go"): None,
}


@pytest.mark.parametrize(("shown_by", "nearest"), NEAREST.items())
def test_all_signs_but_one_lead_to_one_contract_line_or_none(shown_by: tuple[str, ...], nearest: str | None) -> None:
    found = detection(*shown_by).nearest
    assert (found and str(found)) == nearest


@pytest.mark.parametrize(("release", "line"), [("0.27", "0.27"), ("0.27-go", "0.27-go"), ("0.24", "0.24")])
def test_a_build_with_one_other_answer_is_run_as_the_nearest_line(
    capsys: pytest.CaptureFixture[str], release: str, line: str
) -> None:
    with embedded_server(release) as server, tampered_sandbox(server, different_at("/nowhere")) as (sandbox, _):
        chosen = choose_release(target(sandbox.ragflow), sandbox)
    difference = f"an unknown address: 410 without a code, but {line} answers: 404 with a code"
    known_by = f"run as {line}, but the server is not {line}"
    assert chosen == ChosenRelease(read_release(release), known_by, (difference,))
    assert f"WARNING: {known_by}: {difference}. RAGFLOW_RELEASE" in capsys.readouterr().out


def test_a_build_with_two_other_answers_is_refused_with_all_signs() -> None:
    with (
        embedded_server("0.27") as server,
        tampered_sandbox(server, different_at("/nowhere", "page_size=101")) as (sandbox, _),
        pytest.raises(CannotRun, match=r"no known release: .*410 without a code; .*; 101 sessions per page: allowed"),
    ):
        choose_release(target(sandbox.ragflow), sandbox)


@pytest.mark.parametrize(
    ("release", "wrong", "right", "server"),
    [("0.27-go", "0.27", "0.27-go", "Go"), ("0.27", "0.27-go", "0.27", "Python"), ("0.27-go", "0.28", "0.27-go", "Go")],
)
def test_one_sentence_names_the_right_kind_of_server(
    capsys: pytest.CaptureFixture[str], release: str, wrong: str, right: str, server: str
) -> None:
    with embedded_server(release) as embedded, temporary_sandbox(embedded.own) as sandbox:
        assert choose_release(target(embedded.own, wrong), sandbox).differences
    [*_, line] = capsys.readouterr().out.splitlines()
    sets = f"set RAGFLOW_RELEASE (or -D release=...) to {right}, not to {Release.named(wrong)}"
    assert line == f"WARNING: this is the {server} server of RAGFlow: {sets}"


# A real server.


def test_the_detected_release_is_printed(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    # Whole runs test the detection of other releases.
    with temporary_sandbox(embedded.own) as sandbox:
        chosen = choose_release(target(embedded.own), sandbox)
    assert chosen == ChosenRelease(Release.named("0.18.0"), "detected: 0.18.0 to 0.22.0")
    assert embedded.assistants() == []
    assert "detected release 0.18.0 to 0.22.0: " in capsys.readouterr().out


# The database.


def create_session_answers(text: str) -> Callable[[Seen], Reply | None]:
    is_creation = re.compile("POST /api/v1/chats/[^/]+/sessions")
    reply = json_reply({"code": 100, "data": None, "message": text})
    return lambda seen: reply if is_creation.match(f"{seen.method} {seen.path}") and b"ud" in seen.body else None


@pytest.mark.parametrize(
    ("charset", "words"), [("utf8mb3", "does not store emoji (RAGFlow's default"), ("utf8mb4", "stores emoji")]
)
def test_a_session_named_with_an_emoji_shows_the_character_set(charset: str, words: str) -> None:
    with embedded_server("0.27", "--charset", charset) as server, temporary_sandbox(server.own) as sandbox:
        found, shown = detect_charset(sandbox)
        assert (found, shown.startswith(words)) == (charset, True)
        assert scenario_assistants(server) == []


@pytest.mark.parametrize(
    ("text", "charset", "words"),
    [
        ('DataError(1366, "Incorrect string value")', "utf8mb3", "does not store emoji"),
        ("OperationalError(1213, 'Deadlock found')", "utf8mb4", "unknown whether it stores emoji, because"),
    ],
)
def test_only_an_error_about_the_character_shows_it(embedded: Embedded, text: str, charset: str, words: str) -> None:
    with tampered_sandbox(embedded, create_session_answers(text)) as (sandbox, _):
        found, shown = detect_charset(sandbox)
    assert (found, shown.startswith(words)) == (charset, True)


def test_nothing_is_asked_of_the_embedded_server(embedded: Embedded) -> None:
    with StandIn(lambda _: Reply(500)) as nobody:
        ragflow = RAGFlow(nobody.url, embedded.own.credentials)
        own = Target("the embedded RAGFlow", Release.named("0.20"), ragflow, None, is_embedded=True)
        chosen = choose_release(own, sandbox_on(ragflow))
    assert chosen == ChosenRelease(Release.named("0.20"), "as the server was started")
    assert nobody.seen == []


# the release that is set: the warnings
WARNINGS = {
    "0.18": [],
    "0.21.1": [],
    "0.22.0": [],
    "0.22.1": ["RAGFLOW_RELEASE (or -D release=...) is 0.22.1, but the server looks like 0.18.0 to 0.22.0"],
    "0.25.6": ["is 0.25.6, but"],
    "0.27": ["is 0.27, but"],
    "0.28": ["0.28 is newer than all known releases. It is compared with the contract of 0.27.", "is 0.28, but"],
}


@pytest.mark.parametrize(("release", "warnings"), WARNINGS.items())
def test_a_release_that_is_set_is_used_with_a_warning_if_it_seems_wrong(
    embedded: Embedded, capsys: pytest.CaptureFixture[str], release: str, warnings: list[str]
) -> None:
    with temporary_sandbox(embedded.own) as sandbox:
        chosen = choose_release(target(embedded.own, release), sandbox)
    doubt = ", but the server looks like 0.18.0 to 0.22.0" if warnings else ""
    assert (chosen.release, chosen.known_by) == (Release.named(release), f"as it was set{doubt}")
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["WARNING"] * len(warnings)
    assert all(words in line for words, line in zip(warnings, lines, strict=True))
    assert embedded.assistants() == []


def test_a_release_that_cannot_be_detected_has_to_be_set(embedded: Embedded) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return json_reply({"code": 404}, 404) if "nowhere" in seen.path else None

    with tampered_sandbox(embedded, tamper) as (sandbox, _):
        with pytest.raises(CannotRun, match="set RAGFLOW_RELEASE"):
            choose_release(target(sandbox.ragflow), sandbox)
        assert detect_release(sandbox.create_assistant(sessions=0)).candidates == []
    assert embedded.assistants() == []


def test_an_unknown_answer_is_shortened(embedded: Embedded) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return json_reply({"code": 102, "message": "odd " * 100}) if "0" * 32 in seen.path else None

    with tampered_sandbox(embedded, tamper) as (sandbox, _):
        found = detect_release(sandbox.create_assistant(sessions=0))
    assert (found.candidates, found.likely) == ([], "no known release")
    assert "an unknown assistant: odd odd" in found.reasons
    assert len(found.reasons) < 500


def test_a_read_only_server_cannot_be_tested(embedded: Embedded) -> None:
    def tamper(seen: Seen) -> Reply | None:
        return json_reply({"code": 100, "data": None, "message": "read only"}) if seen.method == "POST" else None

    with (
        tampered_sandbox(embedded, tamper) as (sandbox, _),
        pytest.raises(CannotRun, match="read only"),
    ):
        choose_release(target(sandbox.ragflow), sandbox)


def test_two_keys_of_one_tenant_are_an_error(embedded: Embedded) -> None:
    with (
        temporary_sandbox(embedded.own) as sandbox,
        pytest.raises(CannotRun, match=r"RAGFLOW_OTHER_API_KEY.*same tenant.*RAGFLOW_API_KEY"),
    ):
        choose_release(target(embedded.own, other=embedded.own), sandbox)
    assert embedded.assistants() == []

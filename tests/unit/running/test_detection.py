"""Finding out the release, on the embedded server: what it answers is held to recordings elsewhere."""

from typing import Any

import pytest

from acceptance.contract import contract as contracts
from acceptance.contract.contract import known_releases, read_release
from acceptance.contract.releases import Range, Release
from acceptance.errors import CannotRun
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Credentials
from acceptance.running.detection import Finding, Sign, check_tenants, choose_release, find_out
from acceptance.running.signs import QUESTIONS
from acceptance.running.target import Target
from tests.support.servers import OWN_KEY, Embedded
from tests.unit.sandboxes import sandbox_on, swept
from tests.unit.stand_in import Reply, Seen, StandIn, forwarded, json_reply


def target(ragflow: RAGFlow, release: str | None = None, other: RAGFlow | None = None) -> Target:
    return Target("a RAGFlow", Release.named(release) if release else None, ragflow, other)


def finding(*ranges: str) -> Finding:
    """What is found where each sign is shown by these releases."""
    return Finding(
        tuple(
            Sign(f"question {number}", "an answer", tuple(each for each in known_releases() if each in Range(words)))
            for number, words in enumerate(ranges, start=1)
        )
    )


# What the signs say.

# which releases show the signs: (the release that it is, in words, the releases that are contradicted)
FOUND: dict[tuple[str, ...], tuple[str | None, str, str]] = {
    ("until-0.22.0", "until-0.24"): ("0.18.0", "0.18.0 to 0.22.0", "0.22.1 0.23 0.25 0.27 0.28"),
    ("only-0.24",): ("0.24.0", "0.24.0", "0.18 0.23.1 0.25 0.27"),
    ("from-0.25 until-0.26", "until-0.25"): ("0.25.6", "0.25.6", "0.24 0.26 0.26.4 0.27"),
    ("from-0.25 until-0.26",): ("0.25.6", "0.25.6 to 0.26.4", "0.24 0.27 0.28"),
    ("from-0.27",): ("0.27.0", "0.27.0", "0.18 0.26"),
    ("from-0.26",): (None, "0.26.4 or 0.27.0", "0.25.6 0.24"),
    ("until-0.22.0", "from-0.24"): (None, "none of the releases known", "0.18 0.24 0.27"),
}


@pytest.mark.parametrize(("shown_by", "release", "likely", "_"), [(signs, *found) for signs, found in FOUND.items()])
def test_the_signs_together_say_which_release_it_is(
    shown_by: tuple[str, ...], release: str | None, likely: str, _: str
) -> None:
    found = finding(*shown_by)
    assert (found.release and str(found.release), found.likely) == (release, likely)
    assert found.reasons == "; ".join(f"question {number}: an answer" for number in range(1, len(shown_by) + 1))


@pytest.mark.parametrize(("shown_by", "contradicted"), [(signs, words) for signs, (*_, words) in FOUND.items()])
def test_a_release_that_looks_otherwise_is_contradicted(shown_by: tuple[str, ...], contradicted: str) -> None:
    names = [*map(str, known_releases()), "0.18", "0.23", "0.24", "0.25", "0.26", "0.27", "0.28"]
    found = finding(*shown_by)
    wrong = [name for name in names if found.contradicts(read_release(name))]
    assert set(contradicted.split()) <= set(wrong)
    if found.candidates:
        assert set(wrong) != set(names)
        assert not any(found.contradicts(each) for each in found.candidates)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
def test_every_known_release_shows_one_of_the_signs(question: Any) -> None:
    for release in known_releases():
        assert len([words for words in question.shown_by.values() if release in Range(words)]) == 1


@pytest.mark.parametrize("release", known_releases(), ids=str)
def test_the_signs_tell_every_line_from_the_others(release: Release) -> None:
    shown = [words for question in QUESTIONS for words in question.shown_by.values() if release in Range(words)]
    line = contracts.contract_of(release).line
    assert finding(*shown).release is not None
    assert {contracts.contract_of(each).line for each in finding(*shown).candidates} == {line}


# A server of another kind.


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract for a release that is served by Go."""
    made_up = {"releases": "only-0.27-go", "last_patches": ["0.27.0-go"], "continues": "0.27", "outcomes": {}}
    files = {**contracts._files(), "0.27-go": made_up}
    monkeypatch.setattr(contracts, "_files", lambda: files)


# which releases show the signs: (the release that it is, in words)
KINDS: dict[tuple[str, ...], tuple[str | None, str]] = {
    ("from-0.27",): (None, "0.27.0 or 0.27.0-go"),
    ("from-0.27", "only-0.27-go"): ("0.27.0-go", "0.27.0-go"),
    ("from-0.27", "not-0.27-go"): ("0.27.0", "0.27.0"),
    ("from-0.27-go",): ("0.27.0-go", "0.27.0-go"),
}


@pytest.mark.usefixtures("go")
@pytest.mark.parametrize(("shown_by", "release", "likely"), [(signs, *found) for signs, found in KINDS.items()])
def test_a_sign_may_tell_one_kind_of_server_from_another(
    shown_by: tuple[str, ...], release: str | None, likely: str
) -> None:
    found = finding(*shown_by)
    assert (found.release and str(found.release), found.likely) == (release, likely)


@pytest.mark.usefixtures("go")
def test_another_kind_of_server_is_contradicted() -> None:
    found = finding("from-0.27 not-0.27-go")
    assert found.contradicts(read_release("0.27-go"))
    assert found.contradicts(read_release("0.28-go"))
    assert not found.contradicts(read_release("0.27"))
    assert not found.contradicts(read_release("0.28"))


# Asking a server.


def test_the_release_that_is_found_out_is_told(embedded: Embedded, capsys: pytest.CaptureFixture[str]) -> None:
    # Which release is found out for which server is a matter of whole runs.
    with swept(embedded.own) as sandbox:
        release, known_by = choose_release(target(embedded.own), sandbox)
    assert (release, known_by) == (Release.named("0.18.0"), "found out: 0.18.0 to 0.22.0")
    assert embedded.assistants() == []
    assert "found out the release 0.18.0 to 0.22.0: " in capsys.readouterr().out


def test_nothing_is_asked_of_the_embedded_server(embedded: Embedded) -> None:
    with StandIn(lambda _: Reply(500)) as nobody:
        ragflow = RAGFlow(nobody.url, embedded.own.credentials)
        own = Target("the embedded RAGFlow", Release.named("0.20"), ragflow, None, is_embedded=True)
        release, known_by = choose_release(own, sandbox_on(ragflow))
    assert (release, known_by) == (Release.named("0.20"), "as the server was started")
    assert nobody.seen == []


# a release that is set: what is said of it
WARNINGS = {
    "0.18": [],
    "0.21.1": [],
    "0.22.0": [],
    "0.22.1": ["RAGFLOW_RELEASE (or -D release=...) says 0.22.1, but the server looks like 0.18.0 to 0.22.0"],
    "0.25.6": ["says 0.25.6, but"],
    "0.27": ["says 0.27, but"],
    "0.28": ["0.28 is newer than every release that is known: it is held to the contract of 0.27", "says 0.28, but"],
}


@pytest.mark.parametrize(("release", "warnings"), WARNINGS.items())
def test_a_release_that_is_set_is_taken_with_a_warning_where_it_seems_wrong(
    embedded: Embedded, capsys: pytest.CaptureFixture[str], release: str, warnings: list[str]
) -> None:
    with swept(embedded.own) as sandbox:
        chosen, known_by = choose_release(target(embedded.own, release), sandbox)
    doubt = ", but the server looks like 0.18.0 to 0.22.0" if warnings else ""
    assert (chosen, known_by) == (Release.named(release), f"as it was set{doubt}")
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["WARNING"] * len(warnings)
    assert all(words in line for words, line in zip(warnings, lines, strict=True))
    assert embedded.assistants() == []


def test_a_release_that_cannot_be_found_out_has_to_be_set(embedded: Embedded) -> None:
    def react(seen: Seen) -> Reply:
        return json_reply({"code": 404}, 404) if "nowhere" in seen.path else forwarded(embedded.url, seen)

    with StandIn(react) as between:
        ragflow = RAGFlow(between.url, Credentials.of("the tenant's API key", OWN_KEY))
        with swept(ragflow) as sandbox:
            with pytest.raises(CannotRun, match="RAGFLOW_RELEASE"):
                choose_release(target(ragflow), sandbox)
            assert find_out(sandbox).candidates == []
    assert embedded.assistants() == []


def test_what_no_release_shows_is_told_in_short(embedded: Embedded) -> None:
    def react(seen: Seen) -> Reply:
        odd = json_reply({"code": 102, "message": "odd " * 100})
        return odd if "0" * 32 in seen.path else forwarded(embedded.url, seen)

    with StandIn(react) as between:
        ragflow = RAGFlow(between.url, Credentials.of("the tenant's API key", OWN_KEY))
        with swept(ragflow) as sandbox:
            found = find_out(sandbox)
    assert (found.candidates, found.likely) == ([], "none of the releases known")
    assert "an unknown assistant: odd odd" in found.reasons
    assert len(found.reasons) < 500


def test_a_server_on_which_nothing_can_be_created_cannot_be_tested(embedded: Embedded) -> None:
    def react(seen: Seen) -> Reply:
        refused = json_reply({"code": 100, "data": None, "message": "read only"})
        return refused if seen.method == "POST" else forwarded(embedded.url, seen)

    with StandIn(react) as between:
        ragflow = RAGFlow(between.url, Credentials.of("the tenant's API key", OWN_KEY))
        with pytest.raises(CannotRun, match="read only"):
            choose_release(target(ragflow), sandbox_on(ragflow))


def test_two_keys_of_one_tenant_are_told(embedded: Embedded) -> None:
    with (
        swept(embedded.own) as sandbox,
        pytest.raises(CannotRun, match=r"RAGFLOW_OTHER_API_KEY.*same tenant.*RAGFLOW_API_KEY"),
    ):
        check_tenants(target(embedded.own, other=embedded.own), sandbox)
    assert embedded.assistants() == []


@pytest.mark.parametrize("has_other", [True, False])
def test_keys_of_two_tenants_are_fine(embedded: Embedded, has_other: bool) -> None:
    with swept(embedded.own) as sandbox:
        check_tenants(target(embedded.own, other=embedded.other if has_other else None), sandbox)
    assert embedded.assistants() == []

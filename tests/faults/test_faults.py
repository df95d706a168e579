"""The specification notices a fault in the server: by the scenarios that are for it, and by nothing else than a rule.

Here stands every eighth, and those at which a known deviation or an id could hide a loss; `make faults` tries all. What
is published of them is held to what happens, to the reason.
"""

from pathlib import Path

import pytest

from acceptance.known_deviations.deviations import read as known_deviations
from tests.faults import matrix, published
from tests.faults.all import FAULTS, trials
from tests.faults.catalogue import BOTH, Fault
from tests.faults.matrix import NOTHING, id_of, noticed
from tests.faults.published import never_red, not_noticed, not_tried, scenarios
from tests.faults.trial import WHOLE, tags_of, try_out

HIDDEN = (
    "unreadable-request-empties-another-assistant",
    "list-in-a-wrong-field-empties-another-assistant",
    "list-in-a-wrong-field-deletes-all-and-is-refused",
    "null-empties-another-assistant",
    "session-in-capitals-is-called-unknown-and-deleted",
    "end-of-a-session-is-enough",
    "end-of-an-assistant-is-enough",
)
ALWAYS = [(FAULTS[name], "0.20") for name in HIDDEN]
ALL = list(trials())
SOME = [*ALWAYS, *(trial for trial in ALL[::8] if trial not in ALWAYS)]
KNOWN = matrix.read()


@pytest.mark.parametrize("release", BOTH)
def test_a_server_without_a_fault_is_found_in_order(tmp_path: Path, release: str) -> None:
    trial = try_out(None, release, tmp_path, WHOLE)
    assert (trial.status, trial.red, trial.left) == (0, {}, []), trial.out


@pytest.mark.parametrize(("fault", "release"), SOME, ids=[f"{fault.name}-{release}" for fault, release in SOME])
def test_a_fault_is_noticed_for_the_reason_that_is_published(tmp_path: Path, fault: Fault, release: str) -> None:
    trial = try_out(fault, release, tmp_path, tags_of(fault))
    assert trial.trouble(fault.noticed_by) == "", trial.out
    # What is told otherwise by chance is kept from what is published. Of a fault that lets a part of an id be enough,
    # chance decides too which of the rows turn red.
    published_before = KNOWN.get((fault.name, release), NOTHING).by
    now = noticed(fault, trial, KNOWN.get((fault.name, release), NOTHING), whole=False).by
    both = now.keys() & published_before.keys()
    assert {id_of(each) for each in both} == {id_of(each) for each in published_before}
    assert {each: now[each] for each in both} == {each: published_before[each] for each in both}, (
        f"renew it with: make faults ARGS={fault.name}"
    )


def test_what_is_published_is_up_to_date() -> None:
    assert published.FILE.read_text("utf-8") == published.document(), "renew it with: make faults ARGS=--report"


def test_every_fault_was_tried() -> None:
    assert not_tried(KNOWN, ALL) == [], "try it with: make faults ARGS=NAME"


def test_every_fault_was_noticed() -> None:
    assert not_noticed(KNOWN, ALL) == {}


def test_every_scenario_has_shown_that_it_can_fail() -> None:
    assert [scenario.called for scenario in never_red(scenarios(KNOWN))] == []


def test_nothing_is_published_of_what_is_no_longer_there() -> None:
    there = {
        (each.called, release)
        for each in scenarios(KNOWN)
        for release in published.releases(KNOWN)
        if each.is_for(release)
    }
    told = {
        (scenario, release) for (_, release), entry in KNOWN.items() for scenario in (*entry.by, *(entry.too or ()))
    }
    assert told - there == set()
    assert KNOWN.keys() - {(fault.name, release) for fault, release in ALL} == set()


def test_every_fault_names_scenarios_that_there_are() -> None:
    assert {id for fault in FAULTS.values() for id in fault.noticed_by} <= {each.id for each in scenarios({})}


@pytest.mark.parametrize("release", ["0.18", "0.22.1", "0.24", *BOTH])
def test_a_scenario_is_told_from_all_others_of_a_release_by_its_id_and_name(release: str) -> None:
    names = [each.called for each in scenarios({}) if each.is_for(release)]
    assert sorted(set(names)) == sorted(names)


def test_the_document_tells_what_is_missing_first_and_by_name() -> None:
    text = published.as_markdown({}, ALL, known_deviations())
    nobody, never, each = (
        text.index(f"\n## {title}") for title in ("Noticed by nobody", "Scenarios that", "Each fault")
    )
    assert nobody < never < each
    assert all(f"`{fault.name}`" in text[nobody:never] for fault in FAULTS.values())
    assert all(str(scenario) in text[never:each] for scenario in scenarios({}))

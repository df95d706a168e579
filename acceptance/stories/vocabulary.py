"""The names, users, keys and requests of the features, and the outcome of each request in a release.

Stories have no list of their own: a request that is added to a feature in the usual form becomes part of the stories.
"""

import re
from typing import NamedTuple

from acceptance.behave_adapter import cells_of, read_scenarios
from acceptance.contract.releases import Range, Release
from acceptance.known_deviations.deviations import Deviations

# A scenario's request fits into a story if the scenario has no other Givens than these.
EMPTIED = "all 5 sessions have been deleted"
USUAL_GIVENS = {"an assistant with 5 sessions", "another assistant with 2 sessions", EMPTIED}

# The steps that send a whole request, and that state its complete outcome: the answer, and what remains of 5 sessions.
REQUEST = re.compile(r"I send( as \S+| with the query \S+)?: ")
UNAUTHORIZED = "I try to delete all 5 sessions, authorized by: "
ANSWER = re.compile(r"the deletion succeeds|there was nothing to delete|the request is (refused|answered): .+")
DELETED = {"all 5 sessions remain": (), "sessions 2, 3, 4 and 5 remain": (1,), "no sessions remain": (1, 2, 3, 4, 5)}

# A character that is repeated 10,000 times or more. Such requests are slow, and a story learns nothing from them.
HUGE = re.compile(r"\{\d{5,}\}")


class Request(NamedTuple):
    """A request of the features: the step that sends it, the step about its answer, and which of 5 sessions it deletes.

    ``is_for_emptied`` says that it is sent to an assistant whose sessions have all been deleted.
    """

    text: str
    answer: str
    deletes: tuple[int, ...]
    is_for_emptied: bool


class Vocabulary:
    """What stories can use in a release, with a character set. Known deviations replace the outcomes that they name.

    ``refusals`` are invalid authorizations, each with the step about its answer. ``hides_repeats``: an answer about
    unknown sessions does not mention repeated ones. ``aborts_at_emoji``: an emoji among the ids ends a deletion.
    ``ignores_users``: a list is not filtered by user.
    """

    def __init__(self, release: Release, charset: str) -> None:
        requests: list[Request] = []
        refusals: list[tuple[str, str]] = []
        rows: list[dict[str, str]] = []
        self.hides_repeats = self.aborts_at_emoji = self.ignores_users = False
        deviations = Deviations(release, charset)
        for scenario in read_scenarios():
            steps, cells = list(scenario.all_steps), cells_of(scenario)
            rows += [cells, *(row.as_dict() for step in steps for row in step.table or ())]
            if release not in Range.from_tags(scenario.effective_tags):
                continue
            kinds = ("given", "when", "then")
            givens, whens, thens = ([step.name for step in steps if step.step_type == kind] for kind in kinds)
            deviation = deviations.of(scenario)
            if deviation:
                thens = list(deviation.for_row(cells).instead)
                self.hides_repeats |= deviation.scenario == "DUPLICATE-4"
                self.aborts_at_emoji |= deviation.scenario == "PARTIAL-6"
                self.ignores_users |= deviation.scenario == "LIST-20"
            is_certain = set(givens) <= USUAL_GIVENS and not (deviation and deviation.at_times)
            answers = [text for text in thens if ANSWER.fullmatch(text)]
            match whens, answers, [DELETED[text] for text in thens if text in DELETED]:
                case [when], _, _ if HUGE.search(when):
                    pass
                case [when], [answer], _ if when.startswith(UNAUTHORIZED):
                    refusals.append((when.removeprefix(UNAUTHORIZED), answer))
                case [when], [answer], [deletes] if REQUEST.match(when) and is_certain:
                    requests.append(Request(when, answer, deletes, EMPTIED in givens))
        self.requests, self.refusals = list(dict.fromkeys(requests)), list(dict.fromkeys(refusals))
        self.names = list(dict.fromkeys(row["name"] for row in rows if "name" in row))
        self.users = list(dict.fromkeys(row["user"] for row in rows if "user" in row))

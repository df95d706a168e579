"""A run as data, for whoever compares it with another one: ``-D record=FILE``."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from behave.reporter.base import Reporter

from acceptance.ragflow.messages import Json
from acceptance.reports.results import Verdict, result_of, selected_scenarios
from acceptance.sandbox.sender import Exchange

# An id of RAGFlow's, or half of one.
ID = re.compile(r"\b[0-9a-f]{16,32}\b")

# More answers than these come from people who act at the same time: what each of them hears is left to chance.
FEW = 2


@dataclass(frozen=True)
class Recorded:
    """One scenario of a run. ``answer`` is the last one, without what is left to chance."""

    feature: str
    rule: str
    id: str
    name: str
    verdict: Verdict
    text: str
    answer: str


class Record(Reporter):  # type: ignore[misc]  # behave has no type information
    """Writes the file when the run has ended."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self._file = Path(config.userdata["record"])
        self._scenarios: list[dict[str, str]] = []

    def feature(self, feature: Any) -> None:
        for scenario, rule in selected_scenarios(feature, self.config):
            result = result_of(scenario, rule)
            self._scenarios.append(
                {
                    "feature": feature.name,
                    "rule": rule,
                    "id": result.id,
                    "name": result.name,
                    "verdict": result.verdict.value,
                    "text": result.text,
                    "answer": _last_answer(getattr(scenario, "exchanges", ())),
                }
            )

    def end(self) -> None:
        self._file.write_text(json.dumps(self._scenarios, indent=1), "utf-8")


def read(file: Path) -> list[Recorded]:
    """What a run has written, in the order of its scenarios."""
    scenarios = json.loads(file.read_text("utf-8"))
    return [Recorded(**{**scenario, "verdict": Verdict(scenario["verdict"])}) for scenario in scenarios]


def _last_answer(exchanges: Sequence[Exchange]) -> str:
    if not 0 < len(exchanges) <= FEW:
        return ""
    answer = exchanges[-1].answer
    body = json.dumps(_in_order(answer.body), ensure_ascii=False, sort_keys=True) if answer.is_json else "no JSON"
    return f"{answer.status} {ID.sub('<id>', body)}"


def _in_order(body: Json) -> Json:
    """The body with what RAGFlow leaves to chance put in order: errors, and the parts of a message."""
    if isinstance(body, dict):
        return {name: _in_order(value) for name, value in body.items()}
    if isinstance(body, list):
        return sorted((_in_order(item) for item in body), key=str)
    return "; ".join(sorted(body.split("; "))) if isinstance(body, str) else body

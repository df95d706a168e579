"""The comparison of two runs as an answer: can we switch? A page for people, and Markdown with one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from acceptance.ragflow.description import shorten
from acceptance.reports.changes import NOT_SENT, WORKS, Change, Changes, Row, Sent, State
from acceptance.reports.rendering import LABELS, code, fill_in, plain, seconds
from acceptance.reports.results import Verdict, plural

UNCERTAIN = {Verdict.FAILED, Verdict.ERROR}
UNUSUAL = {*UNCERTAIN, Verdict.NOT_RUN}


def divided(sent: Sent, change: Change) -> tuple[str, str]:
    """Divide ``I send as text/plain: {}`` into words and what is sent as it stands: for a client, all of it."""
    if change is Change.CLIENT:
        return "", sent.request
    words, colon, text = sent.request.partition(": ")
    if sent.situation:
        return f"{sent.situation}; {words}{colon.strip()}", text
    return "" if words == "I send" else f"{words.removeprefix('I send ')}{colon.strip()}", text


@dataclass(frozen=True)
class Comparison:
    """The comparison of two runs: their names, the changes, and what went wrong in the runs themselves."""

    before: str
    after: str
    changes: Changes
    problems: Sequence[str] = ()

    @property
    def has_failed(self) -> bool:
        return bool(self.problems or self._uncertain_rules)

    @property
    def answer(self) -> tuple[str, str]:
        """Whether to switch, and why: one sentence, divided at its colon."""
        unclear = "The comparison cannot answer"
        if count := self.count(Change.NEW_DANGER) - self._unsent_dangers:
            where = f"after {plural(count, 'request')}, {self.after}"
            return "Do not switch yet", f"{where} deletes sessions that it should keep; {self.before} keeps them."
        if self.problems:
            return unclear, f"{shorten(' '.join(self.problems[0].split()), 300).rstrip('.')}."
        if rules := self._uncertain_rules:
            return unclear, f"there is no clear result for {plural(rules, 'rule')}."
        if not self.changes.keys() - {Change.NOT_COMPARED, Change.ONE_SIDE, Change.TIMES}:
            return unclear, "no request was sent to both."
        return "You can switch", self._reasons

    @property
    def _uncertain_rules(self) -> int:
        rows = (row for rows in self.changes.values() for row in rows)
        return len({(row.feature, row.rule) for row in rows if {row.before.verdict, row.after.verdict} & UNCERTAIN})

    @property
    def _unsent_dangers(self) -> int:
        """The number of new dangers for which no rule says what happened before."""
        return len(
            {sent for row in self.changes.get(Change.NEW_DANGER, ()) if row.before == NOT_SENT for sent in row.sent}
        )

    def count(self, change: Change) -> int:
        """The number of different requests or calls; of rules, if the requests say nothing."""
        rows = self.changes.get(change, ())
        return len({sent for row in rows for sent in row.sent}) + sum(not row.sent for row in rows)

    @property
    def sections(self) -> Changes:
        """The changes in the order of the report."""
        return {change: self.changes[change] for change in Change if change in self.changes}

    @property
    def _reasons(self) -> str:
        exceptions = [f"where {self.before} also does"] * bool(self.count(Change.SAME_DANGER))
        if unsent := self._unsent_dangers:
            exceptions.append(f"after {plural(unsent, 'request')} that {self.before} was not sent")
        broken = sum(len(row.sent) for row in self.changes.get(Change.CLIENT, ()) if row.before == WORKS)
        effects = (
            ("breaks", broken, "client call"),
            ("deletes less than before after", self.count(Change.DELETES_LESS), "request"),
            ("deletes more than before after", self.count(Change.DELETES_MORE), "request"),
        )
        but = " and ".join(f"{what} {plural(count, whom)}" for what, count, whom in effects if count)
        missing = len(self.changes.get(Change.NOT_COMPARED, ()))
        parts = f"{self.after} deletes no session that it should keep"
        parts += f", except {' and '.join(exceptions)}" if exceptions else ""
        parts += f", but it {but}" if but else ""
        return f"{parts}; not compared: {plural(missing, 'rule')}." if missing else f"{parts}."

    def as_markdown(self) -> str:
        lines = [f"**{plain(': '.join(self.answer))}**", ""]
        lines += [f"- {plain(problem)}" for problem in self.problems] + [""] * bool(self.problems)
        lines += [f"| what is sent | {plain(self.before)} | {plain(self.after)} |", "|---|---|---|"]
        for change, rows in self.sections.items():
            if change is not Change.NONE:
                lines.append(f"| **{change.title}** | | |")
                for row in rows:
                    before = _state_as_markdown(row.before, change)
                    after = "the same" if row.after == row.before else _state_as_markdown(row.after, change)
                    lines.append(f"| {_sent_as_markdown(row, change)} | {before} | {after} |")
        same = len(self.changes.get(Change.NONE, ()))
        lines += ["", f"No change: {plural(same, 'rule')}. `docs/rules.md` lists rules and scenarios by their ids."]
        return "\n".join(lines) + "\n"

    def as_html(self) -> str:
        return fill_in("comparison.html", comparison=self, Change=Change, divided=divided, UNUSUAL=UNUSUAL)


def rows_of_times(before: Mapping[str, float], after: Mapping[str, float]) -> list[Row]:
    """Return a row for each call with its seconds on both sides, and the factor between them."""
    return [
        Row(
            State(seconds(before[call])),
            State(f"{seconds(after[call])} ({after[call] / before[call]:.1f} times)"),
            sent={Sent(call): None},
        )
        for call in before
    ]


def _sent_as_markdown(row: Row, change: Change) -> str:
    requests = (divided(each, change) for each in row.sent)
    texts = [" ".join(filter(None, (plain(words), text and code(text)))) for words, text in requests]
    ids = ", ".join(row.ids)
    what = "<br>".join(texts) or plain(row.rule)
    return f"{what} ({ids})" if what and ids else what or ids


def _state_as_markdown(state: State, change: Change) -> str:
    if change is Change.REWORDED:
        return code(state.details)
    label = f"known deviation, {state.severity}" if state.severity else ""
    label = LABELS[state.verdict].text if state.verdict in UNUSUAL else label
    details = f"**{plain(state.details)}**" if state.severity == "high" else plain(state.details)
    return f"{': '.join(filter(None, (label, details)))}{state.why and f'. {plain(state.why)}'}"

"""A run from its first hook to its last, with what behave's hooks do not give: an end with one line."""

import atexit
import io
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from behave.model_type import Status

from acceptance.behave_adapter import features_of, remove_scenarios, scenario_id, scenarios_of
from acceptance.contract.releases import Range, Release
from acceptance.errors import CannotRun, Inconclusive, TenantWiped, UnusableListing
from acceptance.interruption import Interruption
from acceptance.paths import FEATURES, ROOT
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.gate import Gate
from acceptance.ragflow.listings import fetch_assistant_names
from acceptance.reports import reports_of
from acceptance.reports.from_behave import selected_scenarios
from acceptance.reports.results import Target, Verdict, plural
from acceptance.running.ahead import Ahead
from acceptance.sandbox.sandbox import PREFIX, REMOVAL_TIMEOUT, Sandbox
from acceptance.stories.cost import REQUESTS_OF_A_FAILURE, REQUESTS_OF_A_STORY, STEPS, USUAL_REQUESTS
from acceptance.terminal import print_error, print_line

SWEEP = "make sweep (or python -m acceptance.sweep --yes)"

# The tags of what runs on request only.
ON_REQUEST = {"huge", "explore"}

# What a scenario costs on average, without those of scale.
REQUESTS_OF_A_SCENARIO = 14

# Minutes from which on it is said how long a run may take.
WORTH_AN_ESTIMATE = 1

# After so many requests in a row without an answer, of each scenario that runs at a time, the run ends.
UNANSWERED = 3


class Run(ExitStack):
    """Everything that has to be closed when the run ends. Interrupts end the run, but not its closing.

    It is closed by the last hook, and where that is never reached, at the end of the process.
    """

    # What is said of the stories that are told, where some are.
    _exploring: tuple[str, ...] = ()
    _requests_of_stories = 0

    # How many scenarios run at a time, and who runs them where it is more than one.
    _parallel = 1
    _ahead: Ahead | None = None

    def __init__(self, context: Any) -> None:
        super().__init__()
        self.reports = reports_of(context.config)
        self._context = context
        self.interruption = self.enter_context(Interruption(self.end, self._unfinished, self._end_at_once))
        self._sandbox: Sandbox | None = None
        atexit.register(self._close_at_exit)
        sys.excepthook = self._end_with_one_line
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal that knows only ASCII is no reason to stop.
            sys.stdout.reconfigure(errors="backslashreplace")
        context.on_cleanup_error = self._cleanup_failed
        # What is said at the end is for the user, also where behave.ini has not said so.
        context.config.capture_hooks = False
        if context.config.default_format != "specification":
            print_line(
                f"behave reads its settings only where it is started: do that in {ROOT} to have JUnit and the rules"
            )
        self._features = features_of(context)
        self._config = context.config

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """What goes wrong inside ends the run at once, expected or not: behave would go on without a word to JUnit."""
        try:
            yield
        except Exception as trouble:
            raise CannotRun(f"{type(trouble).__name__}: {trouble}") from trouble

    def has_reached(self, target: Target) -> None:
        """Say which RAGFlow it is."""
        self.reports.target = target
        print_line(f"{target.description}, release {target.release}, contract {target.contract}")

    @contextmanager
    def sandbox_on(self, ragflow: RAGFlow) -> Iterator[Sandbox]:
        """What the run creates there; removed again at its end, which says so. LeftBehind where something remains."""
        sandbox = self._sandbox = Sandbox(ragflow, self.interruption.held)
        try:
            yield sandbox
        finally:
            self._clear(sandbox)

    def _clear(self, sandbox: Sandbox) -> None:
        try:
            sandbox.clear_all()
        except (Inconclusive, UnusableListing) as trouble:
            self.reports.ending.left = f"left behind, or nobody can tell: {trouble}"
            print_line(f"\n{self.reports.ending.left}\n  Remove it with: {SWEEP}")
            raise
        finally:
            if sandbox.ragflow.busy:
                print_line(f"\nbusy answers that were waited for: {sandbox.ragflow.busy}")
        kept = "".join(f"\n  kept to be looked at: assistant '{name}'" for name in sandbox.kept)
        print_line(f"\nleft behind: {len(sandbox.kept)}{kept}" + (f"\n  Remove it with: {SWEEP}" if kept else ""))

    def end(self, reason: str, scenario: Any = None) -> None:
        """End the run, in this scenario or the one whose turn it is: no further one is run, everything is removed."""
        scenario = scenario or getattr(self._context, "scenario", None)
        place = f", in {scenario_id(scenario)} {scenario.name}" if scenario else ""
        self.reports.ending.broken_by(f"the run ended: {reason}{place}")
        self._context.abort(reason=f"{reason}{place}")

    def look_around(self, context: Any, step: Any) -> None:
        """Behind a step that failed, see whether it is the tenant that is gone. Then the run ends."""
        if step.status.has_failed():
            try:
                context.sandbox.check_bystander(context.sender.last_request)
            except TenantWiped as gone:
                step.status, step.exception = Status.error, gone
                self.end("all assistants of the tenant are gone", context.scenario)
            except (Inconclusive, UnusableListing):
                # What the step itself says is the news.
                pass

    def clear_behind(self, context: Any) -> None:
        """Remove what a scenario has created; or keep it for looking at, where that is wanted and a step failed."""
        steps = context.scenario.all_steps
        bad = next((step for step in steps if step.status.has_failed() and step.exception), None)
        if bad and context.keep_failed and (kept := context.sandbox.keep()):
            names = ", ".join(f"assistant '{name}'" for name in kept)
            bad.exception.add_note(f"Kept to be looked at: {names}. Remove it with: {SWEEP}")
        if self._ahead:
            self._ahead.leave(context.scenario)
        context.sandbox.clear()

    def mention_leftovers(self, ragflow: RAGFlow) -> None:
        """Say what other runs have left, or are still using."""
        count = sum(name.startswith(f"{PREFIX} ") for name in fetch_assistant_names(ragflow))
        if count:
            print_line(f"assistants of other runs: {count}; where those have ended, remove them with: {SWEEP}")

    def end_where_nobody_answers(self, context: Any) -> None:
        """End the run behind some requests in a row that got no answer."""
        unanswered = context.target.ragflow.unanswered
        if unanswered >= UNANSWERED * self._parallel and not context.aborted:
            self.end(f"no answer to the last {unanswered} requests", context.scenario)

    def _unfinished(self) -> str:
        count = len(self._sandbox.entered) if self._sandbox else 0
        seconds = 2 * REMOVAL_TIMEOUT * max(1, count)
        return (
            f"What the run has created is still being removed (assistants: {count}), which may take up to "
            f"{seconds:.0f} s where the server is silent. Ctrl-C once more ends it at once, and leaves them behind."
        )

    def _end_at_once(self) -> str:
        names = ", ".join(f"'{name}'" for name in self._sandbox.entered) if self._sandbox else ""
        self.reports.ending.left = f"may be left behind: {names}" if names else ""
        self.reports.ending.broken_by("ended by a third Ctrl-C")
        self.reports.tell_ending()
        return f"Ended at once. May be left behind: {names}. Remove it with: {SWEEP}" if names else "Ended at once."

    def command_for(self, scenario: Any) -> str:
        """The command that runs a scenario again, as this run was started, and without keys."""
        target = self.reports.target
        assert target is not None
        url = self._config.userdata.get("url") or os.environ.get("RAGFLOW_URL")
        chosen = [str(scenario.location), "-D", f"release={target.release}", *(["-D", f"url={url}"] if url else [])]
        if ON_REQUEST.intersection(scenario.effective_tags):
            chosen.append(f"--tags=@{scenario_id(scenario)}")
        if "explore" in scenario.effective_tags:
            chosen += self._exploring
        arguments = shlex.join(chosen)
        program = Path(sys.argv[0])
        if program.name == "__main__.py" and program.parent.name == "acceptance":
            return f'make acceptance ARGS="{arguments}"'
        return f"{program if program.name == 'behave' else 'behave'} {arguments}"

    def choose_scenarios(self, release: Release, *, without: str = "", reason: str = "") -> None:
        """Run only what is for this release and was asked for; what has the tag ``without`` cannot run, for a reason.

        CannotRun where nothing is left: behave itself takes a run without a scenario for a success.
        """
        if "~" in self._config.tag_expression.to_string():
            raise CannotRun("Tags are chosen in another form than ~@TAG: write --tags='not @TAG'.")
        self.reports.features_not_named = len(list(FEATURES.glob("*.feature"))) - len(self._features)
        self._leave_out_other_releases(release)
        on_request = self._take_out(self._waits_to_be_asked_for)
        cannot_run = [each for each in self._selected if without in each.effective_tags]
        for scenario in cannot_run:
            # behave's own way to skip it writes to the log.
            scenario.should_skip, scenario.skip_reason = True, f"not run: {reason}"
        if cannot_run:
            print_line(f"not run: {plural(len(cannot_run), 'scenario')} with @{without}, because {reason}")
        self.reports.scenarios = len([each for each in self._selected if not each.should_skip])
        if not self.reports.scenarios:
            raise CannotRun("No scenario is selected. Check the tags, names and paths on the command line.")
        read = sum(len(list(scenarios_of(feature))) for feature in self._features)
        self.reports.not_selected = read - len(self._selected) + len(on_request)

    def _leave_out_other_releases(self, release: Release) -> None:
        selected = {id(each) for each in self._selected if not self._waits_to_be_asked_for(each)}
        others = self._take_out(lambda scenario: release not in Range.of_tags(scenario.effective_tags))
        for scenario, rule in others:
            if id(scenario) in selected:
                releases = Range.of_tags(scenario.effective_tags).in_words
                self.reports.leave_out(scenario, rule, Verdict.NOT_APPLICABLE, f"it is for other releases: {releases}")

    def _waits_to_be_asked_for(self, scenario: Any) -> bool:
        """Whether it runs on request only, and nobody requests it: by its tag or its id."""
        tags = ON_REQUEST.intersection(scenario.effective_tags)
        return bool(tags) and not any(self._asks_for(tag) for tag in (*tags, scenario_id(scenario)))

    def _take_out(self, does: Callable[[Any], bool]) -> list[tuple[Any, str]]:
        """The scenarios that do so, each with the name of its rule; behave does not know of them any more."""
        taken = [each for feature in self._features for each in remove_scenarios(feature, does)]
        self._features[:] = [feature for feature in self._features if feature.run_items]
        return taken

    @property
    def _selected(self) -> list[Any]:
        """The scenarios that the command line asks for."""
        return [scenario for feature in self._features for scenario, _ in selected_scenarios(feature, self._config)]

    def explore(self, stories: int, seed: int) -> None:
        """Say which stories will be told, where that is asked for: how many, by which seed, and at what cost."""
        self._exploring = ("-D", f"stories={stories}", "-D", f"seed={seed}")
        if any("explore" in scenario.effective_tags for scenario in self._selected):
            self._requests_of_stories = some = stories * USUAL_REQUESTS
            most, more = stories * REQUESTS_OF_A_STORY, REQUESTS_OF_A_FAILURE
            cost = f"some {some:,} requests and at most {most:,}, and up to {more:,} more where one fails"
            told = "1 story" if stories == 1 else f"{stories:,} stories"
            print_line(f"exploring: {told} of up to {STEPS} steps, seed {seed}: {cost}")

    def run_side_by_side(self, parallel: int, gate: Gate) -> None:
        """Run so many scenarios at a time. An interrupt waits then until those that run have come to rest."""
        self._parallel = parallel
        if parallel > 1:
            self.enter_context(self.interruption.held())
            scenarios = [scenario for scenario in self._selected if not scenario.should_skip]
            self._ahead = self.enter_context(closing(Ahead(scenarios, parallel, gate)))

    def estimate(self, seconds: float) -> None:
        """Say how long the run may take where an answer takes so many seconds, if that is long."""
        requests = self.reports.scenarios * REQUESTS_OF_A_SCENARIO + self._requests_of_stories
        minutes = requests * seconds / self._parallel / 60
        if minutes > WORTH_AN_ESTIMATE:
            print_line(f"an answer takes {seconds:.2f} s here, so this run may take some {minutes:.0f} minutes")

    def _asks_for(self, tag: str) -> bool:
        """Whether the tag is spoken of on the command line."""
        return tag in self._config.tag_expression.to_string()

    def _cleanup_failed(self, context: Any, cleanup: Callable[[], None], error: Exception) -> None:
        """A cleanup belongs to no scenario that a report could show."""
        self.reports.ending.broken_by(f"cleaning up failed: {type(error).__name__}: {error}")
        context.print_cleanup_error(context, cleanup, error)

    def close(self) -> None:
        try:
            with self.interruption.held():
                super().close()
        finally:
            self.reports.ending.completed()

    def _close_at_exit(self) -> None:
        """Where the run broke off, there is nobody left to take an error: what it says has been told."""
        try:
            self.close()
        except (Inconclusive, UnusableListing, KeyboardInterrupt):
            pass
        finally:
            self.reports.tell_ending()

    def _end_with_one_line(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, CannotRun):
            print_error(f"\nThe specification cannot run. {error}")
            self.reports.ending.broken_by(str(error))
            self.reports.tell_ending()
        else:
            sys.__excepthook__(kind, error, trace)

"""Finding out which release a RAGFlow is, from what it answers; nothing is harmed and nothing left behind."""

from dataclasses import dataclass

from acceptance.contract.contract import contract_of, is_newer, known_releases
from acceptance.contract.releases import Range, Release
from acceptance.errors import CannotRun, Inconclusive, UnusableListing
from acceptance.ragflow.description import shortened
from acceptance.ragflow.listings import find_assistant_ids
from acceptance.running.settings import name_of
from acceptance.running.signs import QUESTIONS
from acceptance.running.target import Target
from acceptance.sandbox.sandbox import Sandbox
from acceptance.terminal import print_line


@dataclass(frozen=True)
class Sign:
    """One thing that a server shows: what was asked, what was seen, and the known releases that show that."""

    asked: str
    seen: str
    shown_by: tuple[Release, ...]


@dataclass(frozen=True)
class Finding:
    """What all signs together say. ``release`` is None where they leave none, or several of different contracts."""

    signs: tuple[Sign, ...]

    @property
    def candidates(self) -> list[Release]:
        """Oldest first."""
        return [release for release in known_releases() if all(release in sign.shown_by for sign in self.signs)]

    @property
    def release(self) -> Release | None:
        lines = {contract_of(release).line for release in self.candidates}
        return self.candidates[0] if len(lines) == 1 else None

    @property
    def likely(self) -> str:
        """The candidates in words: ``0.18.0 to 0.22.0``."""
        if self.release is None:
            return " or ".join(map(str, self.candidates)) or "none of the releases known"
        ends = dict.fromkeys([str(self.candidates[0]), str(self.candidates[-1])])
        return " to ".join(ends)

    @property
    def reasons(self) -> str:
        return "; ".join(f"{sign.asked}: {sign.seen}" for sign in self.signs)

    def contradicts(self, release: Release) -> bool:
        """Whether the server does not look like this release, or like the one whose contract is taken for it."""
        line = contract_of(release).line
        minor = release.version.release[:2]
        alike = [each for each in known_releases() if contract_of(each).line == line]
        same = [each for each in alike if each.version.release[:2] == minor]
        return not set(same or alike).intersection(self.candidates)


def check_tenants(target: Target, sandbox: Sandbox) -> None:
    """CannotRun where both keys are of the same tenant: nothing could be learnt about what belongs to others."""
    if target.other is None:
        return
    assistant = sandbox.create_assistant(sessions=0)
    if find_assistant_ids(assistant.name, target.other):
        raise CannotRun(f"{name_of('other_api_key')} is a key of the same tenant as {name_of('api_key')}.")


def find_out(sandbox: Sandbox) -> Finding:
    """Ask the server for every sign. It needs an assistant for that, which is removed again."""
    assistant = sandbox.create_assistant(sessions=0)
    try:
        signs = []
        for question in QUESTIONS:
            seen = question.look(assistant)
            releases = question.shown_by.get(seen)
            shown_by = [each for each in known_releases() if releases is not None and each in Range(releases)]
            signs.append(Sign(question.asked, shortened(seen, 80), tuple(shown_by)))
        return Finding(tuple(signs))
    finally:
        sandbox.clear()


def choose_release(target: Target, sandbox: Sandbox) -> tuple[Release, str]:
    """The release that is set, or where none is the one that is found out, and how it is known; say which and why.

    Raises CannotRun, which asks for the setting, where the signs do not tell.
    """
    setting = target.release
    if setting is not None and target.is_embedded:
        return setting, "as the server was started"
    try:
        check_tenants(target, sandbox)
        finding = find_out(sandbox)
    except (Inconclusive, UnusableListing) as trouble:
        raise CannotRun(f"This RAGFlow does not let an assistant be created and removed: {trouble}") from None
    if setting is not None:
        _warn(setting, finding)
        doubt = f", but the server looks like {finding.likely}" if finding.contradicts(setting) else ""
        return setting, f"as it was set{doubt}"
    if finding.release is None:
        raise CannotRun(
            f"Which release of RAGFlow this is could not be found out: set {name_of('release')}. "
            f"It looks like {finding.likely}: {finding.reasons}."
        )
    print_line(f"found out the release {finding.likely}: {finding.reasons}")
    return finding.release, f"found out: {finding.likely}"


def _warn(setting: Release, finding: Finding) -> None:
    """Say what is doubtful about the release that is set."""
    if is_newer(setting):
        print_line(
            f"WARNING: {setting} is newer than every release that is known: it is held to the contract of "
            f"{contract_of(setting).line}"
        )
    if finding.contradicts(setting):
        print_line(
            f"WARNING: {name_of('release')} says {setting}, but the server looks like {finding.likely}: "
            f"{finding.reasons}"
        )

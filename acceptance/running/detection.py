"""Finding out which release a RAGFlow is, from what it answers; nothing is harmed and nothing left behind."""

from collections.abc import Callable
from dataclasses import dataclass

from packaging.version import Version

from acceptance.errors import CannotRun, LeftBehind, NoAnswer, PreparationFailed
from acceptance.ragflow.client import JSON_TYPE, NO_KEY, Answer, Content
from acceptance.ragflow.description import shortened
from acceptance.ragflow.listings import UnusableListing, ids_named
from acceptance.running.settings import called
from acceptance.running.target import Target
from acceptance.sandbox.workspace import Assistant, Workspace

# The releases that can be told apart. Each stands for all that follow up to the next one.
OLDEST, LENIENT, STRICT = ("0.18", "0.22.1"), ("0.18", "0.22.1", "0.23"), ("0.24",)
REWRITTEN = ("0.25", "0.26", "0.27")
DISTINCT = (*LENIENT, *STRICT, *REWRITTEN)

NOBODYS_ASSISTANT = "0" * 32


@dataclass(frozen=True)
class Sign:
    """One thing that a release shows: what was asked, what was seen, and which releases show that."""

    asked: str
    seen: str
    shown_by: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What all signs together say. ``release`` is None where they leave none or several."""

    signs: tuple[Sign, ...]

    @property
    def candidates(self) -> list[str]:
        return [release for release in DISTINCT if all(release in sign.shown_by for sign in self.signs)]

    @property
    def release(self) -> Version | None:
        return Version(self.candidates[0]) if len(self.candidates) == 1 else None

    @property
    def reasons(self) -> str:
        return "; ".join(f"{sign.asked}: {sign.seen}" for sign in self.signs)

    def contradicts(self, release: Version) -> bool:
        """Whether the server does not look like this release."""
        nearest = max((name for name in DISTINCT if Version(name) <= release), key=Version)
        return nearest not in self.candidates


def check_tenants(target: Target, workspace: Workspace) -> None:
    """CannotRun where both keys are of the same tenant: nothing could be learnt about what belongs to others."""
    if target.other is None:
        return
    assistant = workspace.create_assistant(sessions=0)
    if ids_named(assistant.name, target.other):
        raise CannotRun(f"{called('other_api_key')} is a key of the same tenant as {called('api_key')}.")


def find_out(workspace: Workspace) -> Finding:
    """Ask the server for every sign. It needs an assistant for that, which the workspace removes again."""
    assistant = workspace.create_assistant(sessions=0)
    try:
        return Finding(tuple(ask(workspace, assistant) for ask in QUESTIONS))
    finally:
        workspace.clear()


def choose_release(target: Target, workspace: Workspace) -> Version:
    """The release that is set, or where none is the one that is found out, and say which and why.

    Raises CannotRun, which asks for the setting, where the signs do not tell.
    """
    setting = target.release
    if setting is not None and target.is_embedded:
        return setting
    try:
        check_tenants(target, workspace)
        finding = find_out(workspace)
    except (PreparationFailed, NoAnswer, LeftBehind, UnusableListing) as trouble:
        raise CannotRun(f"This RAGFlow does not let an assistant be created and removed: {trouble}") from None
    likely = " or ".join(finding.candidates) or "none of the releases known"
    if setting is not None:
        if finding.contradicts(setting):
            print(f"WARNING: {called('release')} says {setting}, but the server looks like {likely}: {finding.reasons}")
        return setting
    if finding.release is None:
        raise CannotRun(
            f"Which release of RAGFlow this is could not be found out: set {called('release')}. "
            f"It looks like {likely}: {finding.reasons}."
        )
    print(f"found out the release {finding.release}: {finding.reasons}")
    return finding.release


def _missing_key(_: Workspace, assistant: Assistant) -> Sign:
    answer = assistant.owner.as_(NO_KEY).list_sessions(assistant.id)
    return _sign("without a key", f"{answer.status}", {"200": (*LENIENT, *STRICT), "401": REWRITTEN})


def _unknown_assistant(_: Workspace, assistant: Assistant) -> Sign:
    seen = str(_field(assistant.owner.list_sessions(NOBODYS_ASSISTANT), "message"))
    return _sign(
        "an unknown assistant",
        seen.replace(f" {NOBODYS_ASSISTANT}", ""),
        {
            "You don't own the assistant.": (*LENIENT, *STRICT),
            "No authorization.": ("0.25", "0.26"),
            "no authorization": ("0.27",),
        },
    )


def _unknown_address(_: Workspace, assistant: Assistant) -> Sign:
    answer = assistant.owner.get("/nowhere")
    return _sign(
        "an unknown address",
        f"{answer.status} {'with' if _field(answer, 'code') is not None else 'without'} a code",
        {"200 with a code": OLDEST, "404 without a code": ("0.23",), "404 with a code": (*STRICT, *REWRITTEN)},
    )


def _form_of_dates(_: Workspace, assistant: Assistant) -> Sign:
    created = assistant.created_at
    return _sign(
        "the date of a fresh assistant",
        "ends in GMT" if created.endswith("GMT") else "is in ISO form" if "T" in created else created,
        {"ends in GMT": LENIENT, "is in ISO form": (*STRICT, *REWRITTEN)},
    )


def _unreadable_deletion(workspace: Workspace, assistant: Assistant) -> Sign:
    """Harmless even where it deletes everything: the assistant has no sessions."""
    deletion = workspace.request_deletion(assistant, [], Content(b"not json", JSON_TYPE))
    return _sign(
        "a deletion that cannot be read, in an empty assistant",
        f"code {_field(deletion.answer, 'code')}",
        {"code 0": ("0.18", "0.23"), "code 100": ("0.22.1", "0.24", "0.25", "0.26"), "code 101": ("0.27",)},
    )


def _large_page(_: Workspace, assistant: Assistant) -> Sign:
    answer = assistant.owner.list_sessions(assistant.id, page_size=101)
    return _sign(
        "101 sessions a page",
        "allowed" if _field(answer, "code") == 0 else "refused",
        {"allowed": (*LENIENT, *STRICT, "0.25"), "refused": ("0.26", "0.27")},
    )


QUESTIONS: tuple[Callable[[Workspace, Assistant], Sign], ...] = (
    _missing_key,
    _unknown_assistant,
    _unknown_address,
    _form_of_dates,
    _unreadable_deletion,
    _large_page,
)


def _sign(asked: str, seen: str, shown_by: dict[str, tuple[str, ...]]) -> Sign:
    return Sign(asked, shortened(seen, 80), shown_by.get(seen, ()))


def _field(answer: Answer, name: str) -> object:
    return answer.body.get(name) if isinstance(answer.body, dict) else None

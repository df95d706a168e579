"""Detection of the release from answers to harmless requests, which RAGFlow's releases answer in different ways."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from acceptance.contract.contract import contract_of, is_newer, known_releases
from acceptance.contract.releases import SERVERS, Range, Release
from acceptance.errors import CannotRun, Inconclusive, UnusableListing
from acceptance.ragflow.charsets import FOUR_BYTES, THREE_BYTES
from acceptance.ragflow.description import describe_exchange, shorten
from acceptance.ragflow.listings import fetch_assistants_by_id, is_success, read_sessions
from acceptance.ragflow.messages import NO_KEY, Answer, Content
from acceptance.running.settings import name_of
from acceptance.running.target import Target
from acceptance.sandbox.inventory import Assistant
from acceptance.sandbox.sandbox import Sandbox
from acceptance.terminal import print_line

IMPOSSIBLE_ASSISTANT_ID = "0" * 32

EMOJI = "🗑️"

# With this header, RAGFlow's Go server names itself in every answer.
SERVER_HEADER = "X-API-Source"

# Errors of MySQL and MariaDB about a character that the connection or the column does not have.
CHARSET_ERROR = re.compile(r"\b(1267|1366|3854)\b")


@dataclass(frozen=True)
class Question:
    """A request about an assistant without sessions. ``ask`` sends it and describes the answer.

    ``releases`` maps each known answer to the releases that give it, like ``from-0.25``.
    """

    topic: str
    ask: Callable[[Assistant], str]
    releases: Mapping[str, str]

    def allows(self, release: Release, answer: str) -> bool:
        """Whether the release gives this answer."""
        return answer in self.releases and release in Range(self.releases[answer])


def _name_of_server(assistant: Assistant) -> str:
    """Return what the server calls itself. A gateway may remove the header."""
    return assistant.owner.list_assistants(page_size=1).headers.get(SERVER_HEADER, "no name")


def _refusal_without_a_key(assistant: Assistant) -> str:
    answer = assistant.owner.acting_as(NO_KEY).list_sessions(assistant.id)
    return f"{answer.status}, {_field(answer, 'message')}"


def _message_about_unknown_assistant(assistant: Assistant) -> str:
    message = str(_field(assistant.owner.list_sessions(IMPOSSIBLE_ASSISTANT_ID), "message"))
    return message.replace(f" {IMPOSSIBLE_ASSISTANT_ID}", "")


def _answer_at_unknown_address(assistant: Assistant) -> str:
    answer = assistant.owner.call("GET", "/nowhere")
    return f"{answer.status} {'with' if _field(answer, 'code') is not None else 'without'} a code"


def _date_format(assistant: Assistant) -> str:
    date = assistant.created_at
    forms = {r".* GMT": "ends in GMT", r"[\d-]+T[\d:]+": "is in ISO form", r"[\d-]+T[\d:]+Z": "ends in Z"}
    return next((form for pattern, form in forms.items() if re.fullmatch(pattern, date)), date)


def _code_of_malformed_deletion(assistant: Assistant) -> str:
    """Harmless even if it deletes everything: the assistant has no sessions."""
    return f"code {_field(assistant.owner.delete_sessions(assistant.id, Content(b'{')), 'code')}"


def _large_page(assistant: Assistant) -> str:
    answer = assistant.owner.list_sessions(assistant.id, page_size=101)
    return "allowed" if _field(answer, "code") == 0 else "refused"


def _field(answer: Answer, name: str) -> object:
    return answer.body.get(name) if isinstance(answer.body, dict) else None


QUESTIONS = [
    Question("the server calls itself", _name_of_server, {"no name": "from-0.18", "go": "only-go"}),
    Question(
        "without a key",
        _refusal_without_a_key,
        {
            "200, `Authorization` can't be empty": "until-0.24",
            "401, <Unauthorized '401: Unauthorized'>": "from-0.25 not-go",
            "401, Missing Authorization header": "only-go",
        },
    ),
    Question(
        "an unknown assistant",
        _message_about_unknown_assistant,
        {
            "You don't own the assistant.": "until-0.24",
            "No authorization.": "from-0.25 until-0.26",
            "no authorization": "from-0.27",
        },
    ),
    Question(
        "an unknown address",
        _answer_at_unknown_address,
        {"200 with a code": "until-0.22.1", "404 without a code": "only-0.23", "404 with a code": "from-0.24"},
    ),
    Question(
        "the date of a new assistant",
        _date_format,
        {"ends in GMT": "until-0.23", "is in ISO form": "from-0.24 not-go", "ends in Z": "only-go"},
    ),
    Question(
        "a malformed deletion in an empty assistant",
        _code_of_malformed_deletion,
        {"code 0": "until-0.23 not-0.22.1", "code 100": "from-0.22.1 until-0.26 not-0.23", "code 101": "from-0.27"},
    ),
    Question("101 sessions per page", _large_page, {"allowed": "until-0.25 or only-go", "refused": "from-0.26 not-go"}),
]


@dataclass(frozen=True)
class Sign:
    """A question, and the answer of the server in words."""

    question: Question
    answer: str

    def is_of(self, release: Release) -> bool:
        return self.question.allows(release, self.answer)

    def difference_from(self, release: Release) -> str:
        """What was asked, the answer, and what the release answers."""
        usual = [answer for answer in self.question.releases if self.question.allows(release, answer)]
        return f"{self}, but {contract_of(release).line} answers: {' or '.join(usual)}"

    def __str__(self) -> str:
        return f"{self.question.topic}: {shorten(self.answer, 80)}"


@dataclass(frozen=True)
class Detection:
    """What the answers say about the release. Every list of releases has the oldest first."""

    signs: list[Sign]

    @property
    def candidates(self) -> list[Release]:
        """The known releases that match all signs."""
        return self._matching_all_but(0)

    @property
    def release(self) -> Release | None:
        """The oldest candidate; None without candidates, or if they have different contracts."""
        return _oldest_of_one_line(self.candidates)

    @property
    def nearest(self) -> Release | None:
        """The oldest release that matches all signs but one; None if such releases have different contracts.

        None also if a release matches all signs.
        """
        return None if self.candidates else _oldest_of_one_line(self._matching_all_but(1))

    @property
    def reasons(self) -> str:
        """All signs in words."""
        return "; ".join(map(str, self.signs))

    @property
    def likely(self) -> str:
        """The candidates in words: ``0.18.0 to 0.22.0``."""
        if self.release is None:
            return " or ".join(map(str, self.candidates)) or "no known release"
        ends = dict.fromkeys([str(self.candidates[0]), str(self.candidates[-1])])
        return " to ".join(ends)

    def differences_from(self, release: Release) -> list[str]:
        """The answers that neither this release gives, nor another with the same contract; empty if one gives all."""
        line = contract_of(release).line
        minor = release.version.release[:2]
        same_line = [each for each in known_releases() if contract_of(each).line == line]
        same_minor = [each for each in same_line if each.version.release[:2] == minor]
        found = ([sign.difference_from(each) for sign in self._against(each)] for each in same_minor or same_line)
        return min(found, key=len)

    def _matching_all_but(self, count: int) -> list[Release]:
        return [each for each in known_releases() if len(self._against(each)) == count]

    def _against(self, release: Release) -> list[Sign]:
        return [sign for sign in self.signs if not sign.is_of(release)]


def _oldest_of_one_line(releases: Sequence[Release]) -> Release | None:
    lines = {contract_of(release).line for release in releases}
    return releases[0] if len(lines) == 1 else None


@dataclass(frozen=True)
class ChosenRelease:
    """The release to compare the server with, and how it is known.

    ``differences`` lists the answers that this release does not give: the server is another one.
    """

    release: Release
    known_by: str
    differences: tuple[str, ...] = ()


def detect_release(assistant: Assistant) -> Detection:
    """Ask the server all questions about an assistant without sessions."""
    return Detection([Sign(question, question.ask(assistant)) for question in QUESTIONS])


def choose_release(target: Target, sandbox: Sandbox) -> ChosenRelease:
    """Return the release that is set, or else detected. Print warnings and reasons.

    Raise CannotRun if the signs are not clear, or if both keys belong to one tenant: rules about other tenants could
    not be checked.
    """
    if target.release is not None and target.is_embedded:
        return ChosenRelease(target.release, "as the server was started")
    try:
        assistant = sandbox.create_assistant(sessions=0)
        if target.other and assistant.id in fetch_assistants_by_id(target.other):
            raise CannotRun(
                f"{name_of('other_api_key')} is a key of the same tenant as {name_of('api_key')}. "
                "Set it to a key of another tenant, or leave it unset."
            )
        found = detect_release(assistant)
        sandbox.clear()
    except (Inconclusive, UnusableListing) as trouble:
        raise CannotRun(f"This RAGFlow does not let the run create and remove an assistant: {trouble}") from None
    return _as_detected(found) if target.release is None else _as_set(target.release, found)


def _as_detected(found: Detection) -> ChosenRelease:
    if found.release:
        print_line(f"detected release {found.likely}: {found.reasons}")
        return ChosenRelease(found.release, f"detected: {found.likely}")
    if found.nearest:
        line = contract_of(found.nearest).line
        known_by = f"run as {line}, but the server is not {line}"
        [difference] = found.differences_from(found.nearest)
        print_line(f"WARNING: {known_by}: {difference}. {name_of('release')} chooses another release.")
        return ChosenRelease(found.nearest, known_by, (difference,))
    raise CannotRun(
        f"The release of this RAGFlow could not be detected: set {name_of('release')}. "
        f"The server looks like {found.likely}: {found.reasons}."
    )


def _as_set(setting: Release, found: Detection) -> ChosenRelease:
    name, looks = name_of("release"), f"the server looks like {found.likely}"
    line = contract_of(setting).line
    if is_newer(setting):
        print_line(f"WARNING: {setting} is newer than all known releases. It is compared with the contract of {line}.")
    differences = tuple(found.differences_from(setting))
    if not differences:
        return ChosenRelease(setting, "as it was set")
    if (best := found.release or found.nearest) and best.variant != setting.variant:
        server = SERVERS.get(best.variant, "the Python server")
        print_line(f"WARNING: this is {server} of RAGFlow: set {name} to {contract_of(best).line}, not to {setting}")
    else:
        print_line(f"WARNING: {name} is {setting}, but {looks}: {'; '.join(differences)}")
    return ChosenRelease(setting, f"as it was set, but {looks}", differences)


def detect_charset(sandbox: Sandbox) -> tuple[str, str]:
    """Return the character set of the database connection, and what it means for a session's name, in words.

    If RAGFlow refuses the name for another reason, all rules must hold. Raise CannotRun without a usable answer.
    """
    try:
        assistant = sandbox.create_assistant(sessions=0)
        answer = assistant.owner.create_session(assistant.id, EMOJI)
        listed = read_sessions(assistant.owner.list_sessions(assistant.id)) if is_success(answer) else []
        sandbox.clear()
    except (Inconclusive, UnusableListing) as trouble:
        raise CannotRun(f"This RAGFlow does not let the run create and remove an assistant: {trouble}") from None
    if any(session.name == EMOJI for session in listed):
        return FOUR_BYTES, "stores emoji"
    if is_success(answer) or CHARSET_ERROR.search(answer.text):
        return THREE_BYTES, f"does not store emoji (RAGFlow's default; charset {FOUR_BYTES} cures it)"
    return FOUR_BYTES, f"unknown whether it stores emoji, because a session was refused:\n{describe_exchange(answer)}"

"""What tells one release of RAGFlow from another: questions that harm nothing, and who answers them how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from acceptance.ragflow.messages import NO_KEY, Answer, Content
from acceptance.sandbox.sandbox import Assistant

IMPOSSIBLE_ASSISTANT_ID = "0" * 32


@dataclass(frozen=True)
class Question:
    """``look`` asks a server about an assistant without sessions, and says what it saw.

    ``shown_by`` says for everything that may be seen which releases show it, as ``from-0.25``.
    """

    asked: str
    look: Callable[[Assistant], str]
    shown_by: Mapping[str, str]


def _status_without_key(assistant: Assistant) -> str:
    return str(assistant.owner.acting_as(NO_KEY).list_sessions(assistant.id).status)


def _message_about_unknown_assistant(assistant: Assistant) -> str:
    message = str(_field(assistant.owner.list_sessions(IMPOSSIBLE_ASSISTANT_ID), "message"))
    return message.replace(f" {IMPOSSIBLE_ASSISTANT_ID}", "")


def _answer_at_unknown_address(assistant: Assistant) -> str:
    answer = assistant.owner.get("/nowhere")
    return f"{answer.status} {'with' if _field(answer, 'code') is not None else 'without'} a code"


def _form_of_dates(assistant: Assistant) -> str:
    date = assistant.created_at
    return "ends in GMT" if date.endswith("GMT") else "is in ISO form" if "T" in date else date


def _code_of_unreadable_deletion(assistant: Assistant) -> str:
    """Harmless even where it deletes everything: the assistant has no sessions."""
    return f"code {_field(assistant.owner.delete_sessions(assistant.id, Content(b'{')), 'code')}"


def _large_page(assistant: Assistant) -> str:
    answer = assistant.owner.list_sessions(assistant.id, page_size=101)
    return "allowed" if _field(answer, "code") == 0 else "refused"


def _field(answer: Answer, name: str) -> object:
    return answer.body.get(name) if isinstance(answer.body, dict) else None


QUESTIONS = [
    Question("without a key", _status_without_key, {"200": "until-0.24", "401": "from-0.25"}),
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
        "the date of a fresh assistant",
        _form_of_dates,
        {"ends in GMT": "until-0.23", "is in ISO form": "from-0.24"},
    ),
    Question(
        "a deletion that cannot be read, in an empty assistant",
        _code_of_unreadable_deletion,
        {
            "code 0": "until-0.23 not-0.22.1",
            "code 100": "from-0.22.1 until-0.26 not-0.23",
            "code 101": "from-0.27",
        },
    ),
    Question("101 sessions a page", _large_page, {"allowed": "until-0.25", "refused": "from-0.26"}),
]

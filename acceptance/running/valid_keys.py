"""A valid key that RAGFlow rejects during a run: does every call reject it now, or one call only?

RAGFlow's Go server answers 401 "Invalid access token" for a valid key while it cannot reach its database.
"""

from collections.abc import Sequence
from textwrap import indent

from acceptance.errors import KeyRejected
from acceptance.ragflow.client import AnswerCheck, RAGFlow
from acceptance.ragflow.messages import Answer


class ValidKeys:
    """Watches the answers to the keys of the run, which were accepted at its start."""

    def __init__(self, owners: Sequence[RAGFlow], check: AnswerCheck) -> None:
        self._owners, self._check = {each.credentials: each for each in owners}, check
        self._last: Answer | None = None

    def check(self, answer: Answer) -> None:
        if answer.request.credentials in self._owners:
            self._last = answer
        self._check(answer)

    def explain(self, failure: BaseException) -> KeyRejected | None:
        """If the last answer rejects a valid key, repeat a call that it was accepted for.

        Return the error if that call rejects it too. Otherwise add a note to the failure. Raise what the call raises.
        """
        if self._last is None or not _is_rejection(self._last):
            return None
        owner = self._owners[self._last.request.credentials]
        name = owner.credentials.name
        if not _is_rejection(owner.list_assistants()):
            failure.add_note(f"Only this call rejects {name}, which is valid: the list of assistants accepts it.")
            return None
        return KeyRejected(
            f"{name} is rejected by every call now, though it was accepted before: it was deleted, or RAGFlow cannot "
            f"reach its database\nThe step failed with:\n{indent(str(failure).strip(), '> ')}"
        )


def _is_rejection(answer: Answer) -> bool:
    return 401 in (answer.status, answer.body.get("code") if isinstance(answer.body, dict) else None)

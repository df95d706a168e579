"""A valid key that RAGFlow rejects during a run: does every call reject it now, or one call only?

RAGFlow's Go server answers 401 "Invalid access token" for a valid key while it cannot reach its database.
"""

from collections.abc import Sequence
from textwrap import indent

from acceptance.contract.contract import Contract
from acceptance.contract.selection import Selection
from acceptance.contract.shapes import check_shape
from acceptance.errors import KeyRejected
from acceptance.ragflow.client import RAGFlow
from acceptance.ragflow.messages import Answer


class ValidKeys:
    """Watches the answers to the keys of the run, which were accepted at its start."""

    def __init__(self, owners: Sequence[RAGFlow], contract: Contract) -> None:
        self._owners, self._schema = {each.credentials: each for each in owners}, contract.schema
        # Up to 0.24, a rejection has status 200 and the code 109, as other refusals have.
        self._body_of_rejection = contract.outcome("the API key is unknown", Selection.of((), ())).body
        self._rejection: Answer | None = None

    def check(self, answer: Answer) -> None:
        if answer.request.credentials in self._owners and self._is_rejection(answer):
            self._rejection = answer
        check_shape(self._schema, answer)

    def forget(self) -> None:
        """Forget what was rejected in a scenario that has ended."""
        self._rejection = None

    def explain(self, failure: BaseException) -> KeyRejected | None:
        """If an answer of this scenario rejects a valid key, repeat a call that it was accepted for.

        Return the error if that call rejects it too. Otherwise add a note to the failure. Raise what the call raises.
        """
        if not (rejection := self._rejection):
            return None
        self.forget()
        owner, request = self._owners[rejection.request.credentials], rejection.request
        name = owner.credentials.name
        if not self._is_rejection(owner.list_assistants()):
            call = f"{request.method} {request.path.partition('?')[0]}"
            failure.add_note(f"{call} rejects {name}, which is valid: the list of assistants accepts it.")
            return None
        return KeyRejected(
            f"{name} is rejected by every call now, though it was accepted before: it was deleted, or RAGFlow cannot "
            f"reach its database\nThe step failed with:\n{indent(str(failure).strip(), '> ')}"
        )

    def _is_rejection(self, answer: Answer) -> bool:
        code = answer.body.get("code") if isinstance(answer.body, dict) else None
        return 401 in (answer.status, code) or answer.body == self._body_of_rejection

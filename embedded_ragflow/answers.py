"""What a call ends in: a success, or a refusal. How they are written down is the release's affair."""

from dataclasses import dataclass
from typing import Final

SUCCESS: Final = 0
EXCEPTION_ERROR: Final = 100
ARGUMENT_ERROR: Final = 101
DATA_ERROR: Final = 102
AUTHENTICATION_ERROR: Final = 109


@dataclass(frozen=True)
class Success:
    """A call that was carried out. `data` is anything that JSON can hold."""

    data: object = None
    message: str = "success"


class Refused(Exception):
    """A call that was not carried out, with RAGFlow's code and message, and a `data` field where there is one."""

    def __init__(self, code: int, message: str, **fields: object) -> None:
        super().__init__(message)
        self.answer = {"code": code, "message": message, **fields}

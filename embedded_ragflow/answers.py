"""What a call ends in: a success, or a refusal. How they are written down is the release's affair (`writing`)."""

from dataclasses import dataclass

SUCCESS = 0
EXCEPTION_ERROR = 100
ARGUMENT_ERROR = 101
DATA_ERROR = 102
OPERATING_ERROR = 103
AUTHENTICATION_ERROR = 109
UNAUTHORIZED = 401
NOT_FOUND = 404


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

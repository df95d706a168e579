"""The results of a call: success or refusal. `writing` turns them into responses, release by release."""

from dataclasses import dataclass

SUCCESS = 0
EXCEPTION_ERROR = 100
ARGUMENT_ERROR = 101
DATA_ERROR = 102
OPERATING_ERROR = 103
AUTHENTICATION_ERROR = 109
BAD_REQUEST = 400
UNAUTHORIZED = 401
NOT_FOUND = 404
SERVER_ERROR = 500


@dataclass(frozen=True)
class Success:
    """A call that succeeded. `data` is any JSON value. A `login_token` becomes the header Authorization."""

    data: object = None
    message: str = "success"
    login_token: str | None = None


class Refused(Exception):
    """A call that was refused, with RAGFlow's code and message, and optional fields such as `data`."""

    def __init__(self, code: int, message: str, **fields: object) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.answer = {"code": code, "message": message, **fields}

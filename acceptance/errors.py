"""The ways in which a run can go wrong that are not a broken rule."""


class CannotRun(BaseException):
    """The run stops at once; its text is one sentence that says what to change.

    A BaseException, because behave takes every Exception of a hook for a failed hook and goes on
    (behave 1.3.3, ``ModelRunner.run_hook``).
    """


class NoAnswer(Exception):
    """The server gave no answer to a request: no connection, or none in time."""


class PreparationFailed(Exception):
    """The server did not let a scenario prepare what it needs, so nothing was learnt about its rule."""


class LeftBehind(Exception):
    """Something that the run created is still on the server."""

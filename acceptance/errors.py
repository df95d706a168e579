"""The ways in which a run can go wrong: the target breaks a rule, nothing was learnt, or there is no run."""


class RuleBroken(AssertionError):
    """The target's own answer is not what it has to be."""


class UnusableListing(RuleBroken):
    """The answer to a listing lists nothing: the rule that is checked by it cannot hold."""


class NotCreated(RuleBroken):
    """What was to be created was not."""


class WrongShape(RuleBroken):
    """An answer has not the shape of its call."""


class Inconclusive(Exception):
    """Something else than a rule failed, so nothing was learnt about it. The text says what."""


class NoAnswer(Inconclusive):
    """There was no answer to a request, or none that could be read: no connection, none in time, one that is cut."""


class NotRAGFlow(Inconclusive):
    """There was an answer, but not RAGFlow's: a gateway's, a login page, another host's."""


class TenantWiped(Inconclusive):
    """All assistants of the tenant are gone, also the one that no scenario touches; nobody can tell who did it."""


class PreparationFailed(Inconclusive):
    """The server did not let a scenario prepare what it needs."""


class LeftBehind(Inconclusive):
    """Something that the run created is still on the server."""


class CannotRun(BaseException):
    """The run stops at once; its text is one sentence that says what to change.

    A BaseException, because behave takes every Exception of a hook for a failed hook and goes on
    (behave 1.3.3, ``ModelRunner.run_hook``).
    """

"""The errors of a run: a rule is broken, a scenario is inconclusive, or the run cannot start."""


class RuleBroken(AssertionError):
    """RAGFlow's own answer breaks a rule."""


class UnusableListing(RuleBroken):
    """The answer to a listing is not a list, so it cannot prove what remains."""


class NotCreated(RuleBroken):
    """RAGFlow refused to create something."""


class WrongShape(RuleBroken):
    """The answer does not match the JSON schema of its call."""


class Inconclusive(Exception):
    """Something other than a rule failed, so the scenario proves nothing. The message says what failed."""


class NoAnswer(Inconclusive):
    """No readable answer arrived: the connection failed, timed out or broke off."""


class NotRAGFlow(Inconclusive):
    """Something else answered: a gateway, a login page or another host."""


class NoAdminServer(NotRAGFlow):
    """RAGFlow's Go server refuses to work, because RAGFlow's admin server is not running."""


class TenantWiped(Inconclusive):
    """All assistants of the tenant are gone, including the bystander. The cause is unknown."""


class KeyRejected(Inconclusive):
    """Every call rejects a key that was accepted before."""


class PreparationFailed(Inconclusive):
    """RAGFlow refused to create what a scenario needs."""


class LeftBehind(Inconclusive):
    """Something that the run created is still on the server."""


class Unverified(Inconclusive):
    """A deletion was not sent, because it might delete more than it names."""


class OthersMissing(Inconclusive):
    """Assistants that the run did not create have disappeared. The cause is unknown."""


class CannotRun(BaseException):
    """The run stops at once. The message is one sentence that says what to change.

    A BaseException, because behave takes every Exception of a hook for a failed hook and goes on
    (behave 1.3.3, ``ModelRunner.run_hook``).
    """

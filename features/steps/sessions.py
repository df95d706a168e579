from behave import then
from hamcrest import assert_that

from acceptance import wording  # noqa: F401  # knows the type Sessions
from acceptance.evidence import evidence
from acceptance.matchers import are_exactly


@then("{these:Sessions} remain")
@then("{these:Sessions} remains")
def sessions_remain(context, these):
    left = context.workspace.sessions_left(context.assistant)
    assert_that(left, are_exactly(these.of(context.assistant.sessions)), evidence(context))

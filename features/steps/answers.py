from behave import then
from hamcrest import assert_that

from acceptance.evidence import evidence
from acceptance.matchers import all_answer, answers


@then("the deletion succeeds")
def deletion_succeeds(context):
    deletion = context.deletions[-1]
    expected = context.contract.outcome("everything named is deleted", deletion.selection)
    assert_that(deletion.answer, answers(expected), evidence(context))


@then("every deletion succeeds")
def every_deletion_succeeds(context):
    expected = [context.contract.deletion(deletion.selection) for deletion in context.deletions]
    assert_that([deletion.answer for deletion in context.deletions], all_answer(expected), evidence(context))


@then("the answer says: {summary}")
def answer_says(context, summary):
    deletion = context.deletions[-1]
    expected = context.contract.summarised(summary, deletion.selection)
    assert_that(deletion.answer, answers(expected), evidence(context))


@then("the request is refused: {reason}")
def request_is_refused(context, reason):
    deletion = context.deletions[-1]
    assert_that(deletion.answer, answers(context.contract.outcome(reason, deletion.selection)), evidence(context))

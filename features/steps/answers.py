from behave import then
from hamcrest import assert_that

from acceptance.judging import matchers
from acceptance.judging.evidence import evidence


@then("the deletion succeeds")
def deletion_succeeds(context):
    outcome_is(context, "everything named is deleted")


@then("there was nothing to delete")
def nothing_to_delete(context):
    outcome_is(context, "there was nothing to delete")


@then("the request is passed on to an assistant by the name of sessions")
def request_is_passed_on(context):
    outcome_is(context, "the request is passed on")


@then("the request is refused: {outcome}")
def outcome_is(context, outcome):
    exchange = context.exchanges[-1]
    expected = context.contract.outcome(outcome, exchange.selection)
    assert_that(exchange.answer, matchers.answers(expected), evidence(context))


@then("the request is refused as unauthorized")
def refused_as_unauthorized(context):
    assert_that(context.exchanges[-1].answer, matchers.has_status(401), evidence(context))


@then("the list is refused")
def list_is_refused(context):
    assert_that(context.exchanges[-1].answer, matchers.is_refused(), evidence(context))


@then("the answer says: {summary}")
def answer_says(context, summary):
    exchange = context.exchanges[-1]
    expected = context.contract.summarised(summary, exchange.selection)
    assert_that(exchange.answer, matchers.answers(expected), evidence(context))


@then("the answer says no more than: {summary}")
def answer_says_no_more_than(context, summary):
    exchange = context.exchanges[-1]
    expected = context.contract.summarised(summary, exchange.selection.each_named_once)
    assert_that(exchange.answer, matchers.answers(expected), evidence(context))


@then("the answer reports no deletion")
def answer_reports_no_deletion(context):
    assert_that(context.exchanges[-1], matchers.reports_no_deletion(context.contract), evidence(context))


@then("the answer shows nothing of the inside of RAGFlow")
def answer_shows_no_inside(context):
    assert_that(context.exchanges[-1].answer, matchers.shows_no_inside(), evidence(context))


@then("every deletion succeeds")
def every_deletion_succeeds(context):
    assert_that(context.exchanges, matchers.all_answer(context.contract), evidence(context))


@then("every answer tells what was deleted and what was unknown")
def answers_are_true_together(context):
    assert_that(context.exchanges, matchers.are_true_together(context.contract), evidence(context))


@then("every answer says that the session is deleted, or that it is unknown")
def each_is_deleted_or_unknown(context):
    assert_that(context.rounds, matchers.tell_deleted_or_unknown(context.contract), evidence(context))


@then("in each round one of them is told that it succeeded")
def one_succeeds_in_each_round(context):
    assert_that(context.rounds, matchers.succeed_once_a_round(context.contract), evidence(context))

from behave import then
from hamcrest import assert_that

from acceptance.matchers import answers, races


@then("the deletion succeeds")
def deletion_succeeds(context):
    outcome_is(context, "everything listed is deleted")


@then("there was nothing to delete")
def nothing_to_delete(context):
    outcome_is(context, "there was nothing to delete")


@then("the request is refused: {outcome}")
@then("the request is answered: {outcome}")
def outcome_is(context, outcome):
    exchange = context.sender.last
    expected = context.contract.outcome(outcome, exchange.selection, exchange.values)
    assert_that(exchange.answer, answers.has_outcome(expected))


@then("the request is refused as unauthorized")
def refused_as_unauthorized(context):
    assert_that(context.sender.last.answer, answers.has_status(401))


@then("the answer redirects to the address without the slash")
def redirected_without_slash(context):
    answer = context.sender.last.answer
    assert_that(answer, answers.redirects_to(answer.request.path.rstrip("/")))


@then("the answer says: {summary}")
def answer_says(context, summary):
    exchange = context.sender.last
    assert_that(exchange.answer, answers.has_outcome(context.contract.summarized_deletion(summary, exchange.selection)))


@then("the answer says only: {summary}")
def answer_says_only(context, summary):
    exchange = context.sender.last
    expected = context.contract.summarized_deletion(summary, exchange.selection.each_listed_once)
    assert_that(exchange.answer, answers.has_outcome(expected))


@then("the answer reports no deletion")
def answer_reports_no_deletion(context):
    assert_that(context.sender.last, answers.reports_no_deletion(context.contract))


@then("the request causes no unexpected error")
def causes_no_unexpected_error(context):
    assert_that(context.sender.last.answer, answers.is_no_unexpected_error())


@then("the answer shows no internal details")
def answer_shows_no_internal_details(context):
    assert_that(context.sender.last.answer, answers.shows_no_internal_details(context.contract))


@then("the answer carries no cookie, no key and no internal details")
def answer_carries_nothing_else(context):
    assert_that(context.sender.last.answer, answers.has_no_extras(context.contract))


@then("every deletion succeeds")
def every_deletion_succeeds(context):
    assert_that(context.sender.latest, races.all_succeed(context.contract))


@then("every answer reports what was deleted and what was unknown")
def answers_report_every_deletion(context):
    assert_that(context.sender.latest, races.report_every_deletion(context.contract))


@then("every answer reports the session as deleted or as unknown")
def answers_report_deleted_or_unknown(context):
    assert_that(context.rounds, races.report_deleted_or_unknown(context.contract))


@then("in each round exactly one of them succeeds")
def one_succeeds_in_each_round(context):
    assert_that(context.rounds, races.have_one_success_per_round(context.contract))


@then("in each round at least one of them succeeds")
def at_least_one_succeeds_in_each_round(context):
    assert_that(context.rounds, races.have_a_success_per_round(context.contract))


@then("at least {count:d} of the lists are answered before the deletion is")
def lists_are_answered_during_the_deletion(context, count):
    assert_that(context.race, races.answers_at_least(count))


@then("at most {count:d} of the lists is answered before the deletion is")
def lists_wait_for_the_deletion(context, count):
    assert_that(context.race, races.answers_at_most(count))

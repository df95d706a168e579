from behave import given, then, when
from hamcrest import assert_that, empty

from acceptance.judging.matchers import are_at_least, are_exactly, is_as, is_refused
from acceptance.ragflow.listings import listed_sessions
from acceptance.sandbox.view import sessions_found, sessions_of, snapshot


@given("everything has been noted down")
def note_down(context):
    context.assistants = [context.assistant, *([context.other_assistant] if "other_assistant" in context else [])]
    context.noted = snapshot(context.assistants)


@given("another session named {name}")
@when("I create a session named {name}")
def create_session(context, name):
    context.created = [context.sandbox.create_session(context.assistant, name)]


@then("{these:Sessions} remain")
def sessions_remain(context, these):
    assert_that(sessions_of(context.assistant), are_exactly(these.of(context.assistant.sessions)))


@then("{these:Sessions} remain, whatever becomes of {others:Sessions}")
def at_least_sessions_remain(context, these, others):
    assert_that(sessions_of(context.assistant), are_at_least(these.of(context.assistant.sessions)))


@then("{these:Sessions} of the other assistant remain")
def sessions_of_other_assistant_remain(context, these):
    assert_that(sessions_of(context.other_assistant), are_exactly(these.of(context.other_assistant.sessions)))


@then("{these:Sessions} remain, for somebody who looks for the first time")
def sessions_remain_for_newcomer(context, these):
    left = sessions_of(context.assistant.seen_afresh())
    assert_that(left, are_exactly(these.of(context.assistant.sessions)))


@then("{these:Sessions} and the new one remain")
def sessions_and_created_one_remain(context, these):
    expected = [*these.of(context.assistant.sessions), *context.created]
    assert_that(sessions_of(context.assistant), are_exactly(expected))


@then("exactly the new sessions are there")
@then("it is the only session of the assistant")
def only_created_sessions_are_there(context):
    assert_that(sessions_of(context.assistant), are_exactly(context.created))


@then("it is not one of those that were there before")
def created_session_is_new(context):
    earlier = set(context.assistant.session_ids)
    assert_that(earlier.intersection(session.id for session in context.created), empty())


@then("the list shows {these:Sessions}")
def list_shows(context, these):
    assert_that(listed_sessions(context.sender.last.answer), are_exactly(these.of(context.assistant.sessions)))


@then("the assistants and the other sessions are as they were noted down")
def nothing_else_changed(context):
    expected = context.noted.without(context.sender.last.selection.deleted)
    assert_that(snapshot(context.assistants), is_as(expected))


@then("{this:Sessions} is found neither by id nor by name")
def session_is_not_found(context, this):
    assert_that(sessions_found(context.assistant, *this.of(context.assistant.sessions)), empty())


@then("{this:Sessions} cannot be renamed")
def session_cannot_be_renamed(context, this):
    exchange = context.sender.rename(context.assistant, *this.of(context.assistant.sessions))
    assert_that(exchange.answer, is_refused())

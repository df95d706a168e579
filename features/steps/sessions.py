from behave import given, then, when
from hamcrest import assert_that, empty

from acceptance.matchers.matchers import (
    are_at_least,
    are_exactly,
    are_in_the_lists_of_their_users,
    is_as,
    is_in_no_list,
    is_refused,
    is_refused_without,
)
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.listings import listed_sessions
from acceptance.sandbox.actions import action, assistants_in
from acceptance.sandbox.view import by_user, lists_with, sessions_of, snapshot


@given("everything has been recorded")
def record_everything(context):
    context.assistants = assistants_in(context)
    context.recorded = snapshot(context.assistants)


@action("session {number:d} is created for {user}, named: {name}")
@action("I try to create session {number:d} for {user}, named: {name}")
def create_numbered_session(context, number, user, name):
    context.assistant = context.sender.create(context.assistant, number, SessionSpec.of(name, user))


@action("session {number:d} of the other assistant is created for {user}, named: {name}")
def create_numbered_session_in_other_assistant(context, number, user, name):
    context.other_assistant = context.sender.create(context.other_assistant, number, SessionSpec.of(name, user))


@given("another session named {name}")
@when("I create a session named {name}")
def create_session(context, name):
    context.created = [context.sandbox.create_session(context.assistant, name)]


@then("{these:Sessions} remain")
@then("{these:Sessions} remains")
def sessions_remain(context, these):
    assert_that(sessions_of(context.assistant), are_exactly(these.of(context.assistant.sessions)))


@then("{these:Sessions} remain, and each in the list of its user")
@then("{these:Sessions} remains, and is in the list of its user")
def sessions_remain_with_their_users(context, these):
    expected = these.of(context.assistant.sessions)
    assert_that(sessions_of(context.assistant), are_exactly(expected))
    assert_that(by_user(context.assistant), are_in_the_lists_of_their_users(expected))


@action("{this:Sessions} is renamed to {name}")
@action("I try to rename {this:Sessions} to {name}")
def rename_session(context, this, name):
    context.assistant = context.sender.rename(context.assistant, *this.of(context.assistant.sessions), name)


@action("{this:Sessions} of the other assistant is renamed to {name}")
def rename_session_of_other_assistant(context, this, name):
    assistant = context.other_assistant
    context.other_assistant = context.sender.rename(assistant, *this.of(assistant.sessions), name)


@then("{these:Sessions} remain; {others:Sessions} may be deleted")
def at_least_sessions_remain(context, these, others):
    assert_that(sessions_of(context.assistant), are_at_least(these.of(context.assistant.sessions)))


@then("{these:Sessions} of the other assistant remain")
@then("{these:Sessions} of the other assistant remains")
def sessions_of_other_assistant_remain(context, these):
    assert_that(sessions_of(context.other_assistant), are_exactly(these.of(context.other_assistant.sessions)))


@then("a new client finds exactly {these:Sessions}")
def new_client_finds(context, these):
    left = sessions_of(context.assistant.over_fresh_connection())
    assert_that(left, are_exactly(these.of(context.assistant.sessions)))


@then("{these:Sessions} and the new one remain")
def sessions_and_created_one_remain(context, these):
    expected = [*these.of(context.assistant.sessions), *context.created]
    assert_that(sessions_of(context.assistant), are_exactly(expected))


@then("exactly the new sessions remain")
@then("it is the only session of the assistant")
def only_created_sessions_are_there(context):
    assert_that(sessions_of(context.assistant), are_exactly(context.created))


@then("its id is new")
def created_session_is_new(context):
    earlier = set(context.assistant.session_ids)
    assert_that(earlier.intersection(session.id for session in context.created), empty())


@then("the list shows {these:Sessions}")
def list_shows(context, these):
    assert_that(listed_sessions(context.sender.last.answer), are_exactly(these.of(context.assistant.sessions)))


@then("the assistants and the other sessions are as recorded")
def nothing_else_changed(context):
    expected = context.recorded.without(context.sender.last.selection.deleted)
    assert_that(snapshot(context.assistants), is_as(expected))


@then("everything is as recorded")
def nothing_changed(context):
    assert_that(snapshot(context.assistants), is_as(context.recorded))


@then("only the sessions of the assistant have changed")
def only_sessions_changed(context):
    assert_that(snapshot(context.assistants), is_as(context.recorded.without(context.assistant.session_ids)))


@then("no list shows {this:Sessions}, whatever the query")
def session_is_in_no_list(context, this):
    assert_that(lists_with(context.assistant, *this.of(context.assistant.sessions)), is_in_no_list())


@then("the answer is a refusal, and shows no session")
def nothing_is_shown(context):
    assert_that(context.sender.last.answer, is_refused_without(context.assistant.sessions))


@then("{this:Sessions} cannot be renamed")
def session_cannot_be_renamed(context, this):
    context.sender.rename(context.assistant, *this.of(context.assistant.sessions), "another name")
    assert_that(context.sender.last.answer, is_refused())

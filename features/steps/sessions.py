from dataclasses import replace

from behave import given, then, when
from hamcrest import assert_that, empty

from acceptance.matchers.answers import is_refusal, is_refusal_without, lists_as_created
from acceptance.matchers.sessions import (
    are_exactly,
    are_listed_per_user,
    include,
    is_found_by_no_query,
    is_unchanged_since,
)
from acceptance.notation.placeholders import expand_text
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.listings import read_sessions
from acceptance.sandbox.actions import action, assistants_in
from acceptance.sandbox.view import lists_containing, sessions_by_user, sessions_of, take_snapshot


@given("everything has been recorded")
def record_everything(context):
    context.assistants = assistants_in(context)
    context.recorded = take_snapshot(context.assistants)


@action("session {number:d} is created for {user}, named: {name}")
@action("I try to create session {number:d} for {user}, named: {name}")
def create_numbered_session(context, number, user, name):
    context.assistant = context.sender.create(context.assistant, number, SessionSpec.from_words(name, user))


@action("session {number:d} of the other assistant is created for {user}, named: {name}")
def create_numbered_session_in_other_assistant(context, number, user, name):
    context.other_assistant = context.sender.create(context.other_assistant, number, SessionSpec.from_words(name, user))


@given("another session named {name}")
@when("I create a session named {name}")
def create_session(context, name):
    context.created = [context.sandbox.create_session(context.assistant, name)]


@then("{these:Sessions} remain")
@then("{these:Sessions} remains")
def sessions_remain(context, these):
    assert_that(sessions_of(context.assistant), are_exactly(these.select(context.assistant.sessions)))


@then("{these:Sessions} remain, and each in the list of its user")
@then("{these:Sessions} remains, and is in the list of its user")
def sessions_remain_with_their_users(context, these):
    expected = these.select(context.assistant.sessions)
    assert_that(sessions_of(context.assistant), are_exactly(expected))
    assert_that(sessions_by_user(context.assistant), are_listed_per_user(expected))


@action("{this:Sessions} is renamed to {name}")
@action("I try to rename {this:Sessions} to {name}")
def rename_session(context, this, name):
    context.assistant = context.sender.rename(context.assistant, *this.select(context.assistant.sessions), name)


@action("{this:Sessions} of the other assistant is renamed to {name}")
def rename_session_of_other_assistant(context, this, name):
    assistant = context.other_assistant
    context.other_assistant = context.sender.rename(assistant, *this.select(assistant.sessions), name)


@then("{these:Sessions} remain; {others:Sessions} may be deleted")
@then("{these:Sessions} remains; {others:Sessions} may be deleted")
def at_least_sessions_remain(context, these, others):
    sessions = context.assistant.sessions
    assert_that(sessions_of(context.assistant), include(these.select(sessions), others.select(sessions)))


@then("{this:Sessions} is called {name}")
def session_is_called(context, this, name):
    (session,) = this.select(context.assistant.sessions)
    listed = [each for each in sessions_of(context.assistant) if each.id == session.id]
    assert_that(listed, are_exactly([replace(session, name=expand_text(name, context.sandbox.names))]))


@then("{these:Sessions} of the other assistant remain")
@then("{these:Sessions} of the other assistant remains")
def sessions_of_other_assistant_remain(context, these):
    assert_that(sessions_of(context.other_assistant), are_exactly(these.select(context.other_assistant.sessions)))


@then("a new client finds exactly {these:Sessions}")
def new_client_finds(context, these):
    left = sessions_of(context.assistant.over_fresh_connection())
    assert_that(left, are_exactly(these.select(context.assistant.sessions)))


@then("{these:Sessions} and the new one remain")
def sessions_and_created_one_remain(context, these):
    expected = [*these.select(context.assistant.sessions), *context.created]
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
    assert_that(read_sessions(context.sender.last.answer), are_exactly(these.select(context.assistant.sessions)))


@then("the list shows the new session as it was created")
def list_shows_as_created(context):
    created, listed = context.sender.exchanges[-2:]
    assert_that(listed.answer, lists_as_created(created.answer))


@then("the list shows the new session as it was created, but calls {field} {name} and {other_field} {other_name}")
def list_shows_under_other_names(context, field, name, other_field, other_name):
    created, listed = context.sender.exchanges[-2:]
    assert_that(listed.answer, lists_as_created(created.answer, {field: name, other_field: other_name}))


@then("the assistants and the other sessions are as recorded")
def nothing_else_changed(context):
    expected = context.recorded.without(context.sender.last.selection.deleted)
    assert_that(take_snapshot(context.assistants), is_unchanged_since(expected))


@then("everything is as recorded")
def nothing_changed(context):
    assert_that(take_snapshot(context.assistants), is_unchanged_since(context.recorded))


@then("only the sessions of the assistant have changed")
def only_sessions_changed(context):
    assert_that(
        take_snapshot(context.assistants), is_unchanged_since(context.recorded.without(context.assistant.session_ids))
    )


@then("no list shows {this:Sessions}, whatever the query")
def session_is_found_by_no_query(context, this):
    assert_that(lists_containing(context.assistant, *this.select(context.assistant.sessions)), is_found_by_no_query())


@then("the answer is a refusal, and shows no session")
def nothing_is_shown(context):
    assert_that(context.sender.last.answer, is_refusal_without(context.assistant.sessions))


@then("{this:Sessions} cannot be renamed")
def session_cannot_be_renamed(context, this):
    context.sender.rename(context.assistant, *this.select(context.assistant.sessions), "another name")
    assert_that(context.sender.last.answer, is_refusal())

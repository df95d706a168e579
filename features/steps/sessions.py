from behave import given, then, when
from hamcrest import assert_that, empty

from acceptance.judging.evidence import evidence
from acceptance.judging.matchers import are_at_least, are_exactly, is_as, is_refused
from acceptance.ragflow.listings import listed_sessions


@given("everything has been noted down")
def note_down(context):
    context.assistants = [context.assistant, *([context.other_assistant] if "other_assistant" in context else [])]
    context.noted = context.workspace.snapshot(context.assistants)


@given("another session named {name}")
@when("a session named {name} is created")
def create_session(context, name):
    context.created = [context.workspace.create_session(context.assistant, name)]


@then("{these:Sessions} remain")
def sessions_remain(context, these):
    left = context.workspace.sessions_left(context.assistant)
    assert_that(left, are_exactly(these.of(context.assistant.sessions)), evidence(context))


@then("the list shows {these:Sessions}")
def list_shows(context, these):
    listed = listed_sessions(context.exchanges[-1].answer)
    assert_that(listed, are_exactly(these.of(context.assistant.sessions)), evidence(context))


@then("at least {these:Sessions} remain")
def at_least_sessions_remain(context, these):
    left = context.workspace.sessions_left(context.assistant)
    assert_that(left, are_at_least(these.of(context.assistant.sessions)), evidence(context))


@then("{these:Sessions} of the other assistant remain")
def sessions_of_other_assistant_remain(context, these):
    left = context.workspace.sessions_left(context.other_assistant)
    assert_that(left, are_exactly(these.of(context.other_assistant.sessions)), evidence(context))


@then("{these:Sessions} remain, for somebody who looks for the first time")
def sessions_remain_for_newcomer(context, these):
    left = context.workspace.sessions_left(context.assistant.seen_afresh())
    assert_that(left, are_exactly(these.of(context.assistant.sessions)), evidence(context))


@then("{these:Sessions} and the other one remain")
def sessions_and_created_one_remain(context, these):
    left = context.workspace.sessions_left(context.assistant)
    assert_that(left, are_exactly([*these.of(context.assistant.sessions), *context.created]), evidence(context))


@then("exactly the new sessions are there")
@then("it is the only session of the assistant")
def only_created_sessions_are_there(context):
    left = context.workspace.sessions_left(context.assistant)
    assert_that(left, are_exactly(context.created), evidence(context))


@then("it is not one of those that were there before")
def created_session_is_new(context):
    earlier = set(context.assistant.session_ids)
    assert_that(earlier.intersection(session.id for session in context.created), empty(), evidence(context))


@then("the assistants and the other sessions are as they were noted down")
def nothing_else_changed(context):
    now = context.workspace.snapshot(context.assistants)
    assert_that(now, is_as(context.noted.without(context.exchanges[-1].selection.deleted)), evidence(context))


@then("{this:Sessions} is found neither by what identifies it nor by its name")
def session_is_not_found(context, this):
    found = context.workspace.search(context.assistant, *this.of(context.assistant.sessions))
    assert_that(found, empty(), evidence(context))


@then("{this:Sessions} cannot be renamed")
def session_cannot_be_renamed(context, this):
    context.exchanges += [context.workspace.rename(context.assistant, *this.of(context.assistant.sessions))]
    assert_that(context.exchanges[-1].answer, is_refused(), evidence(context))

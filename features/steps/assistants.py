from behave import given, then
from hamcrest import assert_that

from acceptance.matchers.answers import has_outcome
from acceptance.notation.sessions import SessionSpec
from acceptance.sandbox.actions import action


@given("an assistant with {count:n} sessions")
def create_assistant(context, count):
    context.assistant = context.sandbox.create_assistant(sessions=count)


@given("an assistant with {count:n} sessions, created one after the other")
def create_assistant_in_order(context, count):
    context.assistant = context.sandbox.create_assistant(SessionSpec.numbered(count))


@given("an assistant with these sessions")
def create_assistant_with(context):
    context.assistant = context.sandbox.create_assistant(SessionSpec.from_table(context.table))


@given("another assistant with these sessions")
def create_other_assistant_with(context):
    context.other_assistant = context.sandbox.create_assistant(SessionSpec.from_table(context.table), other=True)


@given("another assistant with {count:n} sessions")
def create_other_assistant(context, count):
    context.other_assistant = context.sandbox.create_assistant(sessions=count, other=True)


@given("an assistant of another tenant with {count:n} sessions")
def create_assistant_of_other_tenant(context, count):
    owner = context.target.other
    context.other_assistant = context.sandbox.create_assistant(sessions=count, owner=owner, other=True)


@given("an assistant of another tenant, of the same name, with {count:n} sessions")
def create_namesake_of_other_tenant(context, count):
    owner, name = context.target.other, context.assistant.name
    context.other_assistant = context.sandbox.create_assistant(sessions=count, owner=owner, name=name, other=True)


@action("the assistant is deleted")
def delete_assistant(context):
    context.sender.remove(context.assistant)


@action("the other assistant is deleted")
def delete_other_assistant(context):
    context.sender.remove(context.other_assistant)


@then("the assistant is gone")
def assistant_is_gone(context):
    assert_unlistable(context, context.assistant)


@then("the other assistant is gone")
def other_assistant_is_gone(context):
    assert_unlistable(context, context.other_assistant)


def assert_unlistable(context, assistant):
    exchange = context.sender.read_list(assistant)
    refusal = "an unknown assistant lists no sessions"
    expected = context.contract.outcome(refusal, exchange.selection, exchange.values)
    assert_that(exchange.answer, has_outcome(expected))

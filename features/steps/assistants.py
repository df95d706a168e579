from behave import given, then, when
from hamcrest import assert_that

from acceptance.matchers.answers import has_outcome, lists_all_of, lists_first_one_of
from acceptance.notation.sessions import SessionSpec
from acceptance.ragflow.listings import read_items
from acceptance.sandbox.actions import action, assistants_in


@given("an assistant with {count:n} session")
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


@when("I look up assistants with the query {query}")
def look_up_assistants(context, query):
    context.sender.read_assistants(context.assistant, query)


@when("I send to the first of them: {request}")
def send_to_first_listed(context, request):
    assert_that(context.sender.last.answer, lists_first_one_of(assistants_in(context)))
    (first, *_) = read_items(context.sender.last.answer)
    assistant = next(each for each in assistants_in(context) if each.id == first["id"])
    context.sender.delete(assistant, context.sender.content(request))


@then("both assistants are listed")
def both_are_listed(context):
    assert_that(context.sender.last.answer, lists_all_of(assistants_in(context)))


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

from behave import given

from acceptance.language.sessions import Wanted


@given("an assistant with {count:n} sessions")
def create_assistant(context, count):
    context.assistant = context.sandbox.create_assistant(sessions=count)


@given("an assistant with these sessions")
def create_assistant_with(context):
    context.assistant = context.sandbox.create_assistant(Wanted.of_table(context.table))


@given("another assistant with these sessions")
def create_other_assistant_with(context):
    context.other_assistant = context.sandbox.create_assistant(Wanted.of_table(context.table), other=True)


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


@given("the assistant has been deleted")
def remove_assistant(context):
    context.sandbox.remove(context.assistant)


@given("the other assistant has been deleted")
def remove_other_assistant(context):
    context.sandbox.remove(context.other_assistant)

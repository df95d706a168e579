from behave import given


@given("an assistant with {count:n} sessions")
def create_assistant(context, count):
    context.assistant = context.sandbox.create_assistant(sessions=count)


@given("another assistant with {count:n} sessions")
def create_other_assistant(context, count):
    context.other_assistant = context.sandbox.create_assistant(sessions=count, other=True)


@given("an assistant of another tenant with {count:n} sessions")
def create_assistant_of_other_tenant(context, count):
    owner = context.target.other
    context.other_assistant = context.sandbox.create_assistant(sessions=count, owner=owner, other=True)


@given("the assistant has been deleted")
def remove_assistant(context):
    context.sandbox.remove(context.assistant)


@given("the other assistant has been deleted")
def remove_other_assistant(context):
    context.sandbox.remove(context.other_assistant)

from behave import given


@given("an assistant with {count:n} sessions")
def create_assistant(context, count):
    context.assistant = context.workspace.create_assistant(sessions=count)

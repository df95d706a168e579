from behave import given


@given("another tenant is {who} of my team")
def admit(context, who):
    context.sandbox.team.admit(who)

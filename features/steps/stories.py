from behave import then, when


@when("the requested number of random stories is run, each up to 20 steps long")
def tell_wanted_stories(context):
    tell(context, context.stories, context.seed)


@when("{count:d} random stories are run with seed {seed:d}, each up to 20 steps long")
def tell_same_stories(context, count, seed):
    tell(context, count, seed)


def tell(context, count, seed):
    # Whoever tells no stories does not wait until Hypothesis is loaded.
    from acceptance.stories.explorer import explorer_in

    context.found = explorer_in(context).explore(count, seed)
    context.sender.exchanges.extend(context.found.exchanges if context.found else ())


@then("every answer is correct")
def answers_follow_from_the_rules(context):
    if context.found and context.found.is_about_an_answer:
        raise AssertionError(context.found.text)


@then("after every step each assistant has exactly the sessions it should have")
def sessions_are_there(context):
    if context.found and not context.found.is_about_an_answer:
        raise AssertionError(context.found.text)

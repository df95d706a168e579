from behave import then, when


@when("the requested number of random stories is run, each up to 20 steps long")
def run_requested_stories(context):
    run_stories(context, context.stories, context.seed)


@when("{count:d} random stories are run with seed {seed:d}, each up to 20 steps long")
def run_stories(context, count, seed):
    # Imported here, because loading Hypothesis takes longer than most scenarios.
    from acceptance.stories.explorer import explorer_for

    story = context.failing_story = explorer_for(context).explore(count, seed, context.shrink)
    if story:
        context.sender.exchanges.extend(story.exchanges)
        context.scenario.display_names = story.display_names


@then("every answer is correct")
def answers_are_correct(context):
    if context.failing_story and context.failing_story.has_wrong_answer:
        raise AssertionError(context.failing_story.text)


@then("after every step each assistant has exactly the sessions it should have")
def sessions_are_correct(context):
    if context.failing_story and not context.failing_story.has_wrong_answer:
        raise AssertionError(context.failing_story.text)

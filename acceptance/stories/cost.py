"""What exploring costs at most, for whoever has to say so before Hypothesis is there."""

# Steps of a story, and stories that are told to find a shorter one that fails.
STEPS, ATTEMPTS = 20, 300

# Of the shortest that fail, so many are told once more, until one fails again.
SHORTEST = 5

# Requests of a story: two assistants with 6 sessions each; in each step a new one of them, or 4 requests and two lists
# of two pages; the lists once more; and the removal of everything.
REQUESTS_OF_A_STORY = 2 * 7 + STEPS * 8 + 4 + (2 + STEPS) * 3

# Requests that are added where a story fails; one asks whether the tenant is still there.
REQUESTS_OF_A_FAILURE = (ATTEMPTS + SHORTEST) * REQUESTS_OF_A_STORY + 1

# Requests that a story takes on average.
USUAL_REQUESTS = 90

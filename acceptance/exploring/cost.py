"""What exploring costs at most, for whoever has to say so before Hypothesis is there."""

# Steps of a story, and stories that are told to find a shorter one that fails.
STEPS, ATTEMPTS = 20, 300

# Requests of a story: two assistants with 6 sessions each; in each step a new one of them, or 4 requests and two lists
# of two pages; and the removal of everything.
REQUESTS_OF_A_STORY = 2 * 7 + STEPS * 8 + (2 + STEPS) * 3

# Requests that a story takes on average.
USUAL_REQUESTS = 90

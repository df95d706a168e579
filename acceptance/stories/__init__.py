"""Stories: random sequences of requests, checked after each step, shrunk on failure and shown as a scenario.

A run announces their cost from these limits before it loads Hypothesis.
"""

# The most steps of a story, and short failing stories that are repeated until one fails again.
MAX_STEPS, MAX_REPEATS = 20, 5

# The most requests of one story. It creates two assistants with 6 sessions each. Each step creates another such
# assistant or takes 4 requests and two lists of two pages, or 2 requests and four such lists.
# The end takes the lists again and removes everything.
MAX_STORY_REQUESTS = 2 * 7 + MAX_STEPS * 10 + 4 + (2 + MAX_STEPS) * 3
TYPICAL_STORY_REQUESTS = 90

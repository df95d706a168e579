"""Stories: random sequences of requests, checked after each step, shrunk on failure and shown as a scenario.

A run announces their cost from these limits before it loads Hypothesis.
"""

# The most steps of a story, stories run to shorten one that fails, and short ones repeated until one fails again.
MAX_STEPS, MAX_ATTEMPTS, MAX_REPEATS = 20, 300, 5

# The most requests of one story. It creates two assistants with 6 sessions each. Each step creates another such
# assistant or takes 4 requests and two lists of two pages. The end takes the lists again and removes everything.
MAX_STORY_REQUESTS = 2 * 7 + MAX_STEPS * 8 + 4 + (2 + MAX_STEPS) * 3
TYPICAL_STORY_REQUESTS = 90

# The most requests that one failure adds. The last one checks whether the tenant's assistants still exist.
MAX_FAILURE_REQUESTS = (MAX_ATTEMPTS + MAX_REPEATS) * MAX_STORY_REQUESTS + 1

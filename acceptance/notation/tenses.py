"""Two tenses of an action: ``When I send: …`` and ``Given I have sent: …``."""

import re

# Each form of the present, and its perfect. The first match in an action is its verb.
PERFECTS = (
    (r"^I try\b", "I have tried"),
    (r"^I (delete|send|read)\b", "I have {0}"),
    (r"\b(another tenant|its owner) tries\b", "{0} has tried"),
    (r"\b(another tenant|its owner) (deletes|sends)\b", "{0} has {1}"),
    (r" is (created|deleted|renamed)\b", " has been {0}"),
    (r" are (created|deleted)\b", " have been {0}"),
)
PARTICIPLES = {"delete": "deleted", "deletes": "deleted", "send": "sent", "sends": "sent"}


def past(text: str) -> str:
    """Put an action into the past. Raise ValueError if it has no known verb."""
    for present, perfect in PERFECTS:
        if found := re.search(present, text):
            words = (PARTICIPLES.get(word, word) for word in found.groups())
            return text[: found.start()] + perfect.format(*words) + text[found.end() :]
    raise ValueError(f"'{text}' has no verb of an action")

"""How a failure is told: the rule, how to repeat it, what was sent and what came back."""

from typing import Any

from acceptance.ragflow.description import describe_exchange

# Requests that are shown where there are several.
SHOWN = 2


def evidence(context: Any) -> str:
    """What a failing step says before it says what differs, from behave's context."""
    rule = getattr(context, "rule", None) or context.feature
    return "\n".join(
        [
            f"{rule.keyword}:     {rule.name}",
            f"Repeat:   behave {context.scenario.location}",
            *(describe_exchange(exchange.answer) for exchange in context.exchanges[-SHOWN:]),
        ]
    )

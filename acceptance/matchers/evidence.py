"""How a failure is told: what was sent, what came back, and everything by the name that people know it by."""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from acceptance.ragflow.description import as_curl, describe_exchange
from acceptance.sandbox.sender import Exchange

# Exchanges that are shown where there were more.
LAST_EXCHANGES = 2

# Ids that are shown where more are spoken of.
FIRST_IDS = 6


def replace_ids_by_names(text: str, display_names: Mapping[str, str]) -> str:
    """The text with names in the place of ids: ``session 3``, ``the other assistant``.

    An id in an address stays, as it may be copied from there.
    """
    if not display_names:
        return text
    shortest = max(1, min(map(len, display_names)))

    def named(found: re.Match[str]) -> str:
        is_in_address = text[found.start() - 1 : found.start()] == "/"
        return found[0] if is_in_address else display_names.get(found[0], found[0])

    return re.sub(rf"[0-9A-Za-z]{{{shortest},}}", named, text)


def evidence(exchanges: Sequence[Exchange], display_names: Mapping[str, str]) -> str:
    """The last exchanges of a scenario, and the ids that stand behind the names in them."""
    last = [exchange.answer for exchange in exchanges[-LAST_EXCHANGES:]]
    lines = [describe_exchange(answer, partial(replace_ids_by_names, display_names=display_names)) for answer in last]
    if last and (command := as_curl(last[-1].request)):
        lines.append(f"Curl:     {command}")
    asked = "\n".join(describe_exchange(answer) for answer in last)
    ids = list(dict.fromkeys(id for id in re.findall(r"\w+", asked) if id in display_names))
    if ids:
        more = f" and {len(ids) - FIRST_IDS} more" if len(ids) > FIRST_IDS else ""
        lines.append("Ids:      " + ", ".join(f"{display_names[id]} {id}" for id in ids[:FIRST_IDS]) + more)
    return "\n".join(lines)

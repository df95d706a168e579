"""The details of a failure: the last requests and answers, with names instead of ids."""

import re
from collections.abc import Mapping, Sequence
from functools import partial

from acceptance.ragflow.description import curl_command, describe_exchange
from acceptance.sandbox.sender import Exchange

# What is shown at most.
MAX_EXCHANGES = 2
MAX_IDS = 6


def replace_ids_by_names(text: str, display_names: Mapping[str, str]) -> str:
    """Replace ids by names: ``session 3``, ``the other assistant``. Ids in a path stay, so that it can be copied."""

    def name_of(found: re.Match[str]) -> str:
        is_in_path = text[found.start() - 1 : found.start()] == "/"
        return found[0] if is_in_path else display_names.get(found[0], found[0])

    return re.sub("[0-9A-Za-z]+", name_of, text)


def failure_details(exchanges: Sequence[Exchange], display_names: Mapping[str, str]) -> str:
    """Describe the last exchanges of a scenario, the last request as a curl command, and the ids of the names."""
    answers = [exchange.answer for exchange in exchanges[-MAX_EXCHANGES:]]
    reword = partial(replace_ids_by_names, display_names=display_names)
    lines = [describe_exchange(answer, reword) for answer in answers]
    if answers and (command := curl_command(answers[-1].request)):
        lines.append(f"Curl:     {command}")
        if start := answers[-1].request.address.start_command:
            lines.append(f"Start:    {start}  # the server of this run ends with it")
    original = "\n".join(describe_exchange(answer) for answer in answers)
    # The name of what an earlier scenario created contains the id.
    ids = list(dict.fromkeys(id for id in re.findall(r"\w+", original) if id not in display_names.get(id, id)))
    if ids:
        more = f" and {len(ids) - MAX_IDS} more" if len(ids) > MAX_IDS else ""
        lines.append("Ids:      " + ", ".join(f"{display_names[id]} {id}" for id in ids[:MAX_IDS]) + more)
    return "\n".join(lines)

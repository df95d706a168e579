"""``docs/findings.md``: the known deviations that matter, each as an issue that RAGFlow's maintainers can act on.

Most of a section comes from the scenario and the contract. ``[deviation.report]`` in ``known-deviations.toml`` has a
``title``, and optionally the ``cause``, the ``shell`` lines that send the requests, what is ``expected``, and the
``actual`` output.
"""

import json
import re
from collections.abc import Iterable
from functools import partial
from itertools import groupby
from typing import Any

from acceptance.behave_adapter import cells_of, read_scenarios
from acceptance.contract.contract import contract_of, known_releases
from acceptance.contract.releases import SERVERS, Release
from acceptance.contract.selection import Selection
from acceptance.known_deviations.deviations import Deviation
from acceptance.notation.placeholders import expand_content, expand_header, expand_text
from acceptance.ragflow.description import curl_command
from acceptance.ragflow.messages import JSON_TYPE, Address, Credentials, Request
from acceptance.sandbox.inventory import PREFIX

START = """\
call() { curl -sS -H "Authorization: Bearer $RAGFLOW_API_KEY" -H 'Content-Type: application/json' "$@"; }
read_id() { python3 -c 'import json, sys; print(json.load(sys.stdin)["data"]["id"])'; }
ASSISTANT=$(call -d '{"name": "<name> '$(date +%s)'", "dataset_ids": []}' "$RAGFLOW_URL/api/v1/chats" | read_id)
SESSIONS=$RAGFLOW_URL/api/v1/chats/$ASSISTANT/sessions
create() { call -d '{"name": "'"$1"'"}' "$SESSIONS"; }
remaining() { echo remaining: $(call "$SESSIONS" | grep -o 'session [0-9]' | sort); }
"""
# The functions that only some requests need.
OPTIONAL = ("create", "remaining")
CREATE = """\
SESSION_1=$(create 'session 1' | read_id)
for number in 2 3 4 5; do create "session $number"; done > /dev/null
"""
END = """call -X DELETE -d '{"ids": ["'$ASSISTANT'"]}' "$RAGFLOW_URL/api/v1/chats" > /dev/null"""

# Placeholders of the features, and their shell variables. The brackets make curl_command quote the text around them.
VARIABLES = {"SESSION-1": "<SESSION_1>"}


def findings(deviations: Iterable[Deviation]) -> str:
    """Return a section in Markdown for each deviation with a report."""
    return "\n".join(_section(each) for each in deviations if each.report)


def first_and_last(deviation: Deviation) -> list[Release]:
    """Return the first and the last known release of a deviation, and the last one of another server."""
    covered = [each for each in known_releases() if deviation.covers_release(each)]
    python, others = ([each for each in covered if bool(each.variant) is is_other] for is_other in (False, True))
    return list(dict.fromkeys([*python[:1], *python[-1:], *others[-1:]]))


def commands(deviation: Deviation) -> str:
    """Return the shell commands that show the deviation in its first scenario or row, and remove what they created."""
    requests = deviation.report.get("shell") or f"{CREATE}{_request(cells_of(_scenario(deviation)))}\nremaining\n"
    functions = [
        line for line in START.splitlines() if (name := line.partition("() {")[0]) not in OPTIONAL or name in requests
    ]
    start = "\n".join(functions).replace("<name>", f"{PREFIX} {deviation.finding}")
    return f"{start}\n\n{requests.strip()}\n\n{END}"


def actual(deviation: Deviation, release: Release) -> str:
    """Return what the commands print: the answer, as the contract states it, and the sessions that remain."""
    if "actual" in deviation.report:
        return deviation.report["actual"].strip()
    lines = []
    for step in _of_the_assistant(deviation.instead):
        if step.endswith(" remain"):
            numbers = "12345" if step.startswith("all") else re.findall(r"\d", step)
            lines.append(" ".join(["remaining:", *(f"session {number}" for number in numbers)]))
        else:
            name = re.sub("^the deletion succeeds$|^the request is .*?: ", "", step) or "everything listed is deleted"
            outcome = contract_of(release).outcome(name, Selection((), frozenset()))
            lines += [json.dumps(outcome.body, separators=(",", ":"), sort_keys=True), f"HTTP {outcome.status}"]
    return "\n".join(lines)


def _section(deviation: Deviation) -> str:
    shell, report = commands(deviation), deviation.report
    steps = [step.name for step in _scenario(deviation).steps if step.step_type == "then"]
    keys = "`RAGFLOW_API_KEY`, the API key of a dedicated tenant"
    keys += ", and `RAGFLOW_OTHER_API_KEY`, that of another one" if "RAGFLOW_OTHER_API_KEY" in shell else ""
    parts = [
        f'<a id="{deviation.finding}"></a>\n\n## {report["title"]}',
        f"Releases: {_in_words(deviation)}.",
        f"Set `RAGFLOW_URL`, like `http://localhost:9380`, and {keys}. In bash:\n\n```bash\n{shell}\n```",
        f"Expected: {report.get('expected') or '; '.join(_of_the_assistant(steps))}.",
    ]
    for output, releases in groupby(first_and_last(deviation), partial(actual, deviation)):
        parts.append(f"Actual ({' and '.join(map(str, releases))}):\n\n```\n{output}\n```")
    parts += [f"Cause: {report.get('cause', deviation.why)}", f"Seen: {deviation.seen}."]
    return "\n\n".join([*parts, f"RAGFlow's issue or pull request: {deviation.issue or 'none found'}\n"])


def _request(cells: dict[str, str]) -> str:
    """Return the curl command that sends the request of a row; without one, the deletion of session 1."""
    key = "$RAGFLOW_API_KEY"
    authorization = expand_header(cells["authorization"], {"KEY": key}) if "authorization" in cells else f"Bearer {key}"
    query = f"?{expand_text(cells['query'], VARIABLES)}" if "query" in cells else ""
    body = cells.get("request") or json.dumps({"ids": list(VARIABLES)})
    content = expand_content(body, VARIABLES, cells.get("declared as", JSON_TYPE))
    credentials = Credentials("", authorization, (), authorization)
    command = curl_command(Request("DELETE", query, credentials, content, Address("<SESSIONS>")))
    # The quotation ends around a variable. What is empty then can go.
    command = re.sub(r"<([A-Z_1]+)>", r"'$\1'", command).replace("''", "").replace(" --data", " \\\n  --data")
    return command.replace("curl -g", r"curl -sSg -w '\nHTTP %{http_code}\n'")


def _in_words(deviation: Deviation) -> str:
    """Return the releases: ``0.18 to 0.23, but not 0.22.1``, ``0.25 to 0.27, and 0.27-go``."""
    words = [word.partition("-")[::2] for word in deviation.releases.partition(" or ")[0].split()]
    python, others = ([each for each in first_and_last(deviation) if bool(each.variant) is it] for it in (False, True))
    parts = [f"{_minor(each)}-{each.variant}" for each in others]
    if python:
        bounds = {"from": _minor(known_releases()[0]), "until": _minor(python[-1]), **dict(words)}
        span = f"{bounds['only']} only" if "only" in bounds else f"{bounds['from']} to {bounds['until']}"
        exceptions = (name for word, name in words if word == "not" and name not in SERVERS)
        parts = [", but not ".join([span, *exceptions]), *parts]
    return ", and ".join(parts)


def _scenario(deviation: Deviation) -> Any:
    return next(filter(deviation.covers_scenario, read_scenarios()))


def _of_the_assistant(steps: Iterable[str]) -> list[str]:
    return [step for step in steps if "other assistant" not in step]


def _minor(release: Release) -> str:
    return ".".join(map(str, release.version.release[:2]))

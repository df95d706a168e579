"""No run shows an API key: not on the terminal, and in no report."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.runs import Finished, run
from tests.support.servers import OTHER_KEY, OWN_KEY, Embedded
from tests.unit.stand_in import Misconduct, Reply, Seen, StandIn, forwarded, json_reply, spare_bystanders

SELECTED = "--tags=@CHOICE-1 or @ISOLATION-2 or @AUTH-1 or @INSIDE-6"

React = Callable[[Seen], Reply | Misconduct | None]


def forms(key: str) -> list[str]:
    """The key as a server might return it: as it is, in capitals, escaped as in URLs and JSON, and in base64."""
    in_base64 = [b64encode(f"{before}{key}{{}}".encode()).decode() for before in ("", "a", "ab")]
    escaped = ["".join(form.format(ord(each)) for each in key) for form in ("%{:02X}", "%{:02x}", "\\u{:04x}")]
    return [key, key.upper(), f"{escaped[0][:30]}{key[10:]}", *escaped, *in_base64]


def check(finished: Finished) -> None:
    """Check that neither half of a key appears in any output, in any form."""
    everything = finished.everything.replace("\\\\", "\\").lower()
    for key in (OWN_KEY, OTHER_KEY):
        for form in forms(key):
            # Without what a form has in common with other texts: the prefix, and the last characters in base64.
            secret = form[len(form) * 8 // len(key) + 4 : -4].lower()
            assert secret[: len(secret) // 2] not in everything
            assert secret[len(secret) // 2 :] not in everything


@pytest.mark.parametrize("source", ["environment", "command line"])
def test_a_green_run_shows_no_key(tmp_path: Path, embedded: Embedded, source: str) -> None:
    defines = ("-D", f"api_key={OWN_KEY}", "-D", f"other_api_key={OTHER_KEY}", "-D", f"url={embedded.url}/api/v1/")
    options = defines if source == "command line" else ("--no-capture", "--logging-level=DEBUG")
    settings = {"RAGFLOW_URL": "http://127.0.0.1:1"} if source == "command line" else embedded.settings
    finished = run(tmp_path, SELECTED, "-v", *options, settings=settings)
    assert finished.status == 0, finished.err
    assert f"RAGFlow at {embedded.url}" in finished.out
    check(finished)


def header(seen: Seen) -> str:
    return seen.headers.get("Authorization", "")


def on_deletion(make: Callable[[Seen], Reply | Misconduct]) -> React:
    return lambda seen: make(seen) if seen.call.startswith("DELETE ") and seen.call.endswith("/sessions") else None


def on_list(make: Callable[[Seen], Reply | Misconduct]) -> React:
    return lambda seen: make(seen) if seen.call.startswith("GET ") and seen.call.endswith("/sessions") else None


def session_named_by(seen: Seen) -> Reply:
    item = {"id": header(seen), "name": header(seen)}
    return json_reply({"code": 0, "data": [item] if "page=1&" in seen.path else []})


def every_form(key: str) -> Callable[[Seen], Reply]:
    """Return the key in every form: in the body, as it is and escaped once more, and in headers."""
    raw = f'{{"code": 0, "data": [], "message": "{" ".join(forms(key))}"}}'
    headers = {"X-Key": " ".join(forms(key)), "Location": f"/{key.upper()}", "Set-Cookie": f"AWSALB={forms(key)[3]}"}
    return lambda _: Reply(200, raw.encode(), {"Content-Type": "application/json", **headers})


REACTIONS: dict[str, React] = {
    "another tenant's key in every form": on_deletion(every_form(OTHER_KEY)),
    "the own key in every form": lambda seen: every_form(OWN_KEY)(seen) if seen.call.endswith("/sessions") else None,
    "another tenant's key in the first answer": lambda _: json_reply(
        {"code": 109, "message": " ".join(forms(OTHER_KEY))}
    ),
    "another tenant's key in a list, to the own request": on_list(
        lambda seen: json_reply({"code": 0, "data": []}, link=OTHER_KEY) if OWN_KEY in header(seen) else Reply(502)
    ),
    "an error": on_deletion(lambda _: json_reply({"code": 100, "data": None, "message": "OperationalError(2003)"})),
    "no answer": on_deletion(lambda _: Misconduct.BREAK_OFF),
    "the key in a message": on_deletion(lambda seen: json_reply({"code": 0, "message": header(seen)})),
    "the key in a page": on_deletion(lambda seen: Reply(500, f"<p>{header(seen)}</p>".encode())),
    "the key in a long message": on_deletion(
        lambda seen: json_reply({"code": 0, "message": "x" * 265 + header(seen) + "y" * 1000})
    ),
    "the key as the name of a session": on_list(session_named_by),
    "the key instead of a list": on_list(lambda seen: json_reply({"code": 0, "data": header(seen)})),
    "the key in a refused creation": lambda seen: (
        json_reply({"code": 100, "message": header(seen)}) if seen.call == "POST /api/v1/chats" else None
    ),
    "the key in the first answer, a page": lambda seen: Reply(200, f"<p>{header(seen)}</p>".encode()),
    "the key in the first answer, a refusal": lambda seen: Reply(
        200, json.dumps({"code": 109, "message": "x" * 90 + header(seen) + "y" * 200}).encode()
    ),
    "the key in a redirect": lambda seen: Reply(302, headers={"Location": f"/login?{header(seen)}"}),
}


CASES = {
    **{name: (name, ()) for name in REACTIONS},
    "workers": ("another tenant's key in every form", ("-D", "parallel=2")),
}


@pytest.mark.parametrize(("name", "options"), CASES.values(), ids=CASES)
def test_a_failing_run_shows_no_key(tmp_path: Path, embedded: Embedded, name: str, options: tuple[str, ...]) -> None:
    tamper = spare_bystanders(REACTIONS[name])
    with StandIn(lambda seen: tamper(seen) or forwarded(embedded.url, seen)) as gateway:
        settings = {**embedded.settings, "RAGFLOW_URL": gateway.url}
        finished = run(tmp_path, SELECTED, "-v", *options, settings=settings)
    assert embedded.assistants() == []
    assert finished.status != 0
    assert not {case.verdict for case in finished.cases if case.id in ("CHOICE-1", "ISOLATION-2")} & {
        "passed",
        "skipped",
    }
    check(finished)


def test_a_key_of_any_tenant_in_an_answer_breaks_a_rule(tmp_path: Path, embedded: Embedded) -> None:
    def react(seen: Seen) -> Reply:
        reply = forwarded(embedded.url, seen)
        return replace(reply, headers={**reply.headers, "X-Trace": b64encode(OTHER_KEY.upper().encode()).decode()})

    with StandIn(react) as gateway:
        settings = {**embedded.settings, "RAGFLOW_URL": gateway.url}
        finished = run(tmp_path, "--tags=@INSIDE-3 or @INSIDE-5 or @INSIDE-6", settings=settings)
    assert {(case.id, case.verdict) for case in finished.cases} == {(f"INSIDE-{each}", "failure") for each in (3, 5, 6)}
    assert "a header contains an API key" in finished.out
    check(finished)

"""The recorded answers of real servers. ``tests/recordings/README.md`` explains their format."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acceptance.contract.releases import Range, Release
from acceptance.ragflow.messages import NO_KEY, Answer, Content, Json, Request

RECORDINGS = Path(__file__).parents[1] / "recordings"
FILES = sorted(RECORDINGS.glob("ragflow-*.jsonl"))
RELEASES = [file.stem.removeprefix("ragflow-") for file in FILES]
# Unusual requests, each to a server on MariaDB and to one on MySQL. Only the replay uses them.
MORE = sorted((RECORDINGS / "more").glob("ragflow-*.jsonl"))


def recorded() -> Iterator[Any]:
    """Return the 121 common cases of every release, release by release."""
    for file in FILES:
        yield from cases_in(file)


def cases_in(file: Path) -> list[Any]:
    # Not splitlines(): a text may contain other line breaks than that of a line.
    return [json.loads(line) for line in file.read_text("utf-8").strip().split("\n")]


def release_of(case: Any) -> Release:
    return Release.named(case["release"])


def content_of(case: Any) -> Content:
    """Return the body of the request, with placeholders for ids."""
    body = case["request"]["body"]
    return Content(None if body is None else body.encode(), case["request"]["content_type"])


def answer(case: Any) -> Answer:
    """Return the recorded response as an answer of the client."""
    request, response = case["request"], case["response"]
    body = _as_sent(response["body"])
    return Answer(
        Request(request["method"], request["path"].partition("?")[0], NO_KEY),
        status=response["status"],
        text=json.dumps(body),
        seconds=0.0,
        body=body,
        location=response.get("location"),
    )


def filled_in(case: Any) -> Answer:
    """Return the recorded response with realistic ids and times instead of placeholders."""
    iso = release_of(case) in Range("from-0.24")
    date = "2026-11-22T12:04:42" if iso else "Sun, 22 Nov 2026 12:04:42 GMT"
    date += "Z" * (release_of(case).variant == "go")
    text = json.dumps({**case, "response": {**case["response"]}})
    text = re.sub(r'(_date": )"<time>"', rf'\1"{date}"', text)
    text = re.sub(r'(_time": )"<time>"', r"\g<1>1795348800000", text)
    text = re.sub(r"<(chat|other|gone|chat_b|new_id|[sodbx]\d+)>", "0123456789abcdef" * 2, text)
    return answer(json.loads(text))


def _as_sent(body: Json) -> Json:
    """Restore RAGFlow's order: recordings are sorted, but RAGFlow lists duplicate ids last."""
    if isinstance(body, dict):
        return {name: _as_sent(value) for name, value in body.items()}
    if isinstance(body, list):
        return sorted((_as_sent(item) for item in body), key=lambda item: str(item).startswith("Duplicate"))
    if isinstance(body, str):
        return "; ".join(sorted(body.split("; "), key=lambda part: part.startswith("Duplicate")))
    return body

"""A new contract line needs only data: a contract file, a detection question, an embedded release and a deviation.

The example is a second server of release 0.27.0, named 0.27.0-rust, with different answers.
"""

from pathlib import Path

import pytest

from tests.support import servers
from tests.support.runs import copy_project, patch, run
from tests.support.servers import embedded_server

LINE = """
releases = "only-0.27-rust"
last_patches = ["0.27.0-rust"]
continues = "0.27"

[outcomes."the assistant is unknown"]
status = 200
body = '{"code": 109, "data": false, "message": "this assistant is not yours"}'
"""

QUESTION = """
    Question(
        "a deletion in an unknown assistant",
        lambda assistant: str(_field(assistant.owner.delete_sessions('0' * 32, Content(b"{}")), "message")),
        {
            "this assistant is not yours": "only-0.27-rust",
            "no authorization": "from-0.27 not-0.27-rust",
            "No authorization.": "from-0.25 until-0.26",
            "You don't own the chat": "until-0.24",
        },
    ),
]
"""

# It words refusals differently, except for lists of an unknown assistant, and accepts 1 as true.
RELEASE = """

V0_27_RUST = replace(
    V0_27,
    variant="rust",
    calls={
        **V0_27.calls,
        "GET /chats/<chat_id>/sessions": lambda _, *caller, **path: sessions.list_all(V0_27, *caller, **path),
    },
    not_owned=lambda _: Refused(AUTHENTICATION_ERROR, "this assistant is not yours", data=False),
    choose_ids=lambda payload, all_ids: payload.get("ids") or (all_ids() if payload.get("delete_all") == 1 else None),
)

RELEASES = (*RELEASES, V0_27_RUST)
"""

DEVIATION = """
[[deviation]]
scenario = "CHOICE-13"
releases = "only-0.27-rust"
rows = { request = ['{"delete_all": 1}'] }
instead = ["the deletion succeeds", "no sessions remain"]
why = "The server accepts 1 as true."
seen = "nowhere"
severity = "high"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that knows the new line."""
    project = copy_project(tmp_path / "project")
    (project / "acceptance" / "contract" / "lines" / "0.27-rust.toml").write_text(LINE, "utf-8")
    patch(project / "acceptance" / "running" / "detection.py", "\n]\n", QUESTION)
    history = project / "embedded_ragflow" / "history.py"
    patch(history, "import Success\n", "import AUTHENTICATION_ERROR, Refused, Success\n")
    history.write_text(history.read_text("utf-8") + RELEASE, "utf-8")
    return project


def test_the_embedded_server_runs_as_the_new_line(project: Path) -> None:
    tags = "--tags=@smoke or @ASSISTANT-2 or @CHOICE-5 or @CHOICE-12"
    finished = run(project / "reports", tags, "-D", "release=0.27-rust", root=project)
    assert finished.status == 0, finished.out
    assert "the embedded RAGFlow, release 0.27.0-rust, contract 0.27-rust\n" in finished.out
    assert {case.verdict for case in finished.cases} == {"passed"}
    # Rules from 0.25 on include it, rules up to 0.24 do not.
    ids = {case.id for case in finished.cases}
    assert {"ASSISTANT-2", "CHOICE-12"} < ids
    assert "CHOICE-5" not in ids


@pytest.mark.parametrize(
    ("release", "line", "expected"),
    [
        ("0.27-rust", "0.27-rust", ["ASSISTANT-2 passed", "CHOICE-13 passed", "CHOICE-13 skipped", "CHOICE-13 passed"]),
        ("0.27", "0.27", ["ASSISTANT-2 passed", "CHOICE-4 passed", *["CHOICE-13 passed"] * 3]),
    ],
)
def test_the_new_line_is_detected_and_can_be_named(
    project: Path, release: str, line: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tag excludes a scenario only for this line, and a deviation is excused only for it."""
    patch(project / "features" / "choosing_sessions.feature", "@CHOICE-4\n", "@CHOICE-4 @not-0.27-rust\n")
    with (project / "features" / "known-deviations.toml").open("a", encoding="utf-8") as file:
        file.write(DEVIATION)
    monkeypatch.setattr(servers, "ROOT", project)
    tags = "--tags=@ASSISTANT-2 or @CHOICE-4 or @CHOICE-13"
    with embedded_server(release) as server:
        finished = run(project / "reports", tags, settings=server.settings, root=project)
        assert server.assistants() == []
    assert finished.status == 0, finished.out
    name = line.replace("0.27", "0.27.0")
    assert f"detected release {name}: " in finished.out
    assert f"release {name}, contract {line}\n" in finished.out
    assert sorted(f"{case.id} {case.verdict}" for case in finished.cases) == sorted(expected)
    assert any("Seen: nowhere." in case.text for case in finished.cases) is ("rust" in release)

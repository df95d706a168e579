"""A server that nobody knows yet: what has to be added for it, and that this is enough.

Here it is one that answers otherwise than 0.27.0, and is released beside it as 0.27.0-go.
"""

from pathlib import Path

import pytest

from tests.support import servers
from tests.support.runs import copy_project, patch, run
from tests.support.servers import running

LINE = """
releases = "only-0.27-go"
last_patches = ["0.27.0-go"]
continues = "0.27"

[outcomes."the assistant is unknown"]
status = 200
body = '{"code": 109, "data": false, "message": "this assistant is not yours"}'
"""

QUESTION = """
    Question(
        "a deletion in an unknown assistant",
        lambda assistant: str(_field(assistant.owner.delete_sessions(IMPOSSIBLE_ASSISTANT_ID, Content(b"{}")), "message")),
        {
            "this assistant is not yours": "only-0.27-go",
            "no authorization": "from-0.27 not-0.27-go",
            "No authorization.": "from-0.25 until-0.26",
            "You don't own the chat": "until-0.24",
        },
    ),
]
"""

# It refuses in other words, but not the listing of an unknown assistant; and takes 1 for true.
RELEASE = """

V0_27_GO = replace(
    V0_27,
    variant="go",
    calls={
        **V0_27.calls,
        "GET /chats/<chat_id>/sessions": lambda _, *caller, **path: sessions.list_all(V0_27, *caller, **path),
    },
    not_owned=lambda _: Refused(AUTHENTICATION_ERROR, "this assistant is not yours", data=False),
    choose_ids=lambda payload, all_ids: payload.get("ids") or (all_ids() if payload.get("delete_all") == 1 else None),
)

RELEASES = (*RELEASES, V0_27_GO)
"""

DEVIATION = """
[[deviation]]
scenario = "CHOICE-13"
releases = "only-0.27-go"
rows = { request = ['{"delete_all": 1}'] }
instead = ["the deletion succeeds", "no sessions remain"]
why = "One is taken for true."
seen = "nowhere"
severity = "high"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that knows the other server."""
    project = copy_project(tmp_path / "project")
    (project / "acceptance" / "contract" / "lines" / "0.27-go.toml").write_text(LINE, "utf-8")
    patch(project / "acceptance" / "running" / "signs.py", "\n]\n", QUESTION)
    history = project / "embedded_ragflow" / "history.py"
    patch(history, "import Success\n", "import AUTHENTICATION_ERROR, Refused, Success\n")
    history.write_text(history.read_text("utf-8") + RELEASE, "utf-8")
    return project


def test_the_embedded_server_is_held_to_the_new_line(project: Path) -> None:
    tags = "--tags=@smoke or @ASSISTANT-2 or @CHOICE-5 or @CHOICE-12"
    finished = run(project / "reports", tags, "-D", "release=0.27-go", root=project)
    assert finished.status == 0, finished.out
    assert "the embedded RAGFlow, release 0.27.0-go, contract 0.27-go\n" in finished.out
    assert {case.verdict for case in finished.cases} == {"passed"}
    # What is said of 0.25 and later is said of it, and what is said of the earlier ones is not.
    ids = {case.id for case in finished.cases}
    assert {"ASSISTANT-2", "CHOICE-12"} < ids
    assert "CHOICE-5" not in ids


@pytest.mark.parametrize(
    ("release", "line", "expected"),
    [
        ("0.27-go", "0.27-go", ["ASSISTANT-2 passed", "CHOICE-13 passed", "CHOICE-13 skipped", "CHOICE-13 passed"]),
        ("0.27", "0.27", ["ASSISTANT-2 passed", "CHOICE-4 passed", *["CHOICE-13 passed"] * 3]),
    ],
)
def test_the_server_is_found_out_and_may_be_spoken_of(
    project: Path, release: str, line: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tag leaves a scenario out for it alone, and a deviation is excused in it alone."""
    patch(project / "features" / "choosing_sessions.feature", "@CHOICE-4\n", "@CHOICE-4 @not-0.27-go\n")
    with (project / "features" / "known-deviations.toml").open("a", encoding="utf-8") as file:
        file.write(DEVIATION)
    monkeypatch.setattr(servers, "ROOT", project)
    tags = "--tags=@ASSISTANT-2 or @CHOICE-4 or @CHOICE-13"
    with running(release) as server:
        finished = run(project / "reports", tags, settings=server.settings, root=project)
        assert server.assistants() == []
    assert finished.status == 0, finished.out
    name = line.replace("0.27", "0.27.0")
    assert f"found out the release {name}: " in finished.out
    assert f"release {name}, contract {line}\n" in finished.out
    assert sorted(f"{case.id} {case.verdict}" for case in finished.cases) == sorted(expected)
    assert any("Seen: nowhere." in case.text for case in finished.cases) is ("go" in release)

"""The workflow of this project and the recipes for others: what a CI would make of them."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from ruamel.yaml import YAML

from acceptance.paths import ROOT
from acceptance.running.settings import SOURCES
from tests.support.runs import environment

WORKFLOW = ROOT / ".github/workflows/specification.yml"
GITHUB = ROOT / "docs/ci/github-actions.yml"
GITLAB = ROOT / "docs/ci/gitlab-ci.yml"
JENKINS = ROOT / "docs/ci/Jenkinsfile"
PAGE = ROOT / "docs/ci.md"

NEEDED = {"RAGFLOW_URL", "RAGFLOW_API_KEY", "RAGFLOW_OTHER_API_KEY"}
KEYS = {"RAGFLOW_API_KEY": "ragflow-of-the-one", "RAGFLOW_OTHER_API_KEY": "ragflow-of-the-other"}
REPOSITORY = "https://git.example/session-deletion.git"
AIMED = {"RAGFLOW_URL": "http://ragflow.example:9380", **KEYS}


def text_of(file: Path) -> str:
    return file.read_text("utf-8")


def yaml_of(file: Path) -> Any:
    return YAML(typ="safe", pure=True).load(text_of(file))


def steps_of(file: Path) -> list[dict[str, Any]]:
    """All steps of a workflow of GitHub's."""
    return [step for job in yaml_of(file)["jobs"].values() for step in job["steps"]]


def commands_of(file: Path) -> list[str]:
    """What a CI hands to a shell, each with a shell of its own; of the page, what it shows as code."""
    if file == GITLAB:
        return ["\n".join(yaml_of(file)["session-deletion"]["script"])]
    if file == JENKINS:
        return re.findall(r"\bsh '''(.*?)'''", text_of(file), re.DOTALL)
    if file == PAGE:
        return [code.strip("`") for code in re.findall(r"```.*?```|`.*?`", text_of(file), re.DOTALL)]
    return [step["run"] for step in steps_of(file) if "run" in step]


@dataclass(frozen=True)
class Played:
    """How a recipe went with a git and a make that do nothing. ``traced`` is each command line, as it was run."""

    status: int
    traced: str
    started: str
    pids: tuple[int, int]
    environment: dict[str, str]


def play(recipe: Path, folder: Path, settings: Mapping[str, str]) -> Played:
    """Run the commands of the recipe as its CI does: what fails ends it."""
    (folder / "bin").mkdir()
    for program in ("git", "make"):
        stand_in = folder / "bin" / program
        stand_in.write_text(
            f'#!/bin/sh\necho "{program} $*" >> started\nenv > {program}.env\necho $$ > {program}.pid\n'
        )
        stand_in.chmod(0o755)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    status, traced, pid = 0, "", 0
    for number, script in enumerate(commands_of(recipe)):
        file = folder / f"{number}.sh"
        file.write_text(script, "utf-8")
        shell = subprocess.Popen(
            ["sh" if recipe == JENKINS else "bash", "-ex", str(file)],
            cwd=folder,
            env={**environment(settings), "SPECIFICATION_REPOSITORY": REPOSITORY, "PATH": path},
            stderr=subprocess.PIPE,
            text=True,
        )
        traced += shell.communicate()[1]
        status, pid = shell.returncode, shell.pid
        if status:
            break
    started = folder / "started"
    of_make = folder / "make.env"
    lines = text_of(of_make).splitlines() if of_make.exists() else []
    return Played(
        status,
        traced,
        text_of(started) if started.exists() else "",
        (pid, int(text_of(folder / "make.pid")) if lines else 0),
        dict(line.split("=", 1) for line in lines if line.startswith("RAGFLOW_")),
    )


every_recipe = pytest.mark.parametrize("recipe", [GITHUB, GITLAB, JENKINS], ids=["GitHub", "GitLab", "Jenkins"])


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (WORKFLOW, "vendor.github-workflows"),
        (WORKFLOW, "custom.github-workflows-require-timeout"),
        (GITHUB, "vendor.github-workflows"),
        (GITHUB, "custom.github-workflows-require-timeout"),
        (GITLAB, "vendor.gitlab-ci"),
    ],
    ids=lambda each: each.name if isinstance(each, Path) else each,
)
def test_it_is_of_the_form_that_the_ci_reads(file: Path, schema: str) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("file", [GITHUB, GITLAB, JENKINS, PAGE], ids=lambda file: file.name)
def test_it_names_settings_that_there_are(file: Path) -> None:
    named = set(re.findall(r"\bRAGFLOW_[A-Z_]+", text_of(file)))
    assert named <= {variable for variable, _ in SOURCES.values()}
    assert named >= NEEDED


def test_the_workflow_of_this_project_aims_at_the_embedded_server() -> None:
    assert "RAGFLOW_" not in text_of(WORKFLOW)
    assert "secrets" not in text_of(WORKFLOW)


@pytest.mark.parametrize("file", [WORKFLOW, GITHUB, GITLAB, JENKINS, PAGE], ids=lambda file: file.name)
def test_it_calls_targets_that_there_are(file: Path) -> None:
    [targets] = re.findall(r"^\.PHONY: (.*)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    call = re.compile(r"\bmake(?: -C \S+| [A-Z]+=\S+)* ([\w-]+)")
    called = [target for commands in commands_of(file) for target in call.findall(commands)]
    assert "acceptance" in called
    assert set(called) <= set(targets.split())


@every_recipe
def test_a_recipe_clones_the_specification_and_runs_it_with_the_keys(recipe: Path, tmp_path: Path) -> None:
    played = play(recipe, tmp_path, AIMED)
    assert played.status == 0
    assert played.started.splitlines() == [
        f"git clone --depth 1 {REPOSITORY} specification",
        "make -C specification acceptance",
    ]
    assert played.environment == AIMED
    assert re.search(rf"SPECIFICATION_REPOSITORY\W+{REPOSITORY}", text_of(recipe))


@every_recipe
def test_a_recipe_puts_no_key_on_a_command_line(recipe: Path, tmp_path: Path) -> None:
    played = play(recipe, tmp_path, AIMED)
    assert "acceptance" in played.traced
    assert [key for key in KEYS.values() if key in played.traced] == []


@every_recipe
def test_a_recipe_without_an_address_does_not_test_the_embedded_server(recipe: Path, tmp_path: Path) -> None:
    played = play(recipe, tmp_path, {"RAGFLOW_URL": ""})
    assert played.status != 0
    assert "RAGFLOW_URL" in played.traced
    assert "make" not in played.started


def test_whoever_cancels_the_job_of_github_reaches_make(tmp_path: Path) -> None:
    # GitHub sends its signals to the shell alone, and that hands none on.
    shell, make = play(GITHUB, tmp_path, AIMED).pids
    assert shell == make


@pytest.mark.parametrize("file", [WORKFLOW, GITHUB], ids=lambda file: file.name)
def test_nothing_is_filled_into_a_command_of_github(file: Path) -> None:
    assert [commands for commands in commands_of(file) if "${{" in commands] == []


def test_nothing_is_filled_into_a_command_of_jenkins() -> None:
    shells = re.findall(r"\bsh\b\W*", text_of(JENKINS))
    assert len(shells) == len(commands_of(JENKINS)) == 1


def test_the_keys_come_from_the_secrets() -> None:
    [of_github] = [step["env"] for step in steps_of(GITHUB) if "env" in step]
    assert {name: of_github[name] for name in KEYS} == {name: f"${{{{ secrets.{name} }}}}" for name in KEYS}
    assert not NEEDED & yaml_of(GITLAB)["session-deletion"]["variables"].keys()
    of_jenkins = dict(re.findall(r"^ *(\w+) = (credentials\('.*'\))$", text_of(JENKINS), re.MULTILINE))
    assert of_jenkins.keys() == KEYS.keys()
    for credentials in re.findall(r"credentials\('(.*)'\)", text_of(JENKINS)):
        assert f"`{credentials}`" in text_of(PAGE)


@pytest.mark.parametrize(("file", "kept"), [(WORKFLOW, "reports/"), (GITHUB, "specification/reports/")])
def test_github_keeps_the_reports_whatever_happens(file: Path, kept: str) -> None:
    jobs = yaml_of(file)["jobs"].values()
    uploads = [step for step in steps_of(file) if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert len(uploads) == len(jobs)
    assert {(upload["if"], upload["with"]["path"]) for upload in uploads} == {("always()", kept)}


def test_gitlab_keeps_the_reports_whatever_happens_and_shows_junit() -> None:
    artifacts = yaml_of(GITLAB)["session-deletion"]["artifacts"]
    assert artifacts["when"] == "always"
    assert artifacts["paths"] == ["specification/reports/"]
    assert artifacts["reports"] == {"junit": "specification/reports/TESTS-*.xml"}


def test_jenkins_keeps_the_reports_whatever_happens_and_shows_junit() -> None:
    [always] = re.findall(r"post \{\s*always \{(.*?)\}", text_of(JENKINS), re.DOTALL)
    assert "archiveArtifacts artifacts: 'specification/reports/*'" in always
    assert "junit 'specification/reports/TESTS-*.xml'" in always


@pytest.mark.parametrize("file", [WORKFLOW, GITHUB], ids=lambda file: file.name)
def test_a_job_of_github_may_do_no_more_than_it_has_to(file: Path) -> None:
    assert yaml_of(file)["permissions"] == ({"contents": "read"} if file == WORKFLOW else {})
    for step in steps_of(file):
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_the_workflow_runs_both_commands_with_every_python_that_is_supported() -> None:
    job = yaml_of(WORKFLOW)["jobs"]["linux"]
    assert job["strategy"]["fail-fast"] is False
    versions = job["strategy"]["matrix"]["python"]
    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    supported = SpecifierSet(tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["requires-python"])
    assert [version for version in ("3.10", *versions) if version in supported] == versions
    run = [step["run"] for step in job["steps"] if "run" in step]
    assert [command for command in run if command.startswith("make ")] == [
        "make acceptance PYTHON=python",
        "make test PYTHON=python",
    ]


def test_the_page_is_short_and_leads_to_every_recipe() -> None:
    assert len(text_of(PAGE).splitlines()) < 80
    linked = re.findall(r"\]\(([^)]*)\)", text_of(PAGE))
    assert {(PAGE.parent / link).resolve() for link in linked} == {GITHUB, GITLAB, JENKINS}

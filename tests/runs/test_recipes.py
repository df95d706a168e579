"""The CI recipes of docs/ci/, and the workflow of this project."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from acceptance.paths import ROOT
from acceptance.running.settings import VARIABLES
from tests.support.environment import clean_environment

WORKFLOW = ROOT / ".github/workflows/specification.yml"
GITHUB = ROOT / "docs/ci/github-actions.yml"
GITLAB = ROOT / "docs/ci/gitlab-ci.yml"
JENKINS = ROOT / "docs/ci/Jenkinsfile"
PAGE = ROOT / "docs/ci.md"

KEYS = {"RAGFLOW_API_KEY": "ragflow-first", "RAGFLOW_OTHER_API_KEY": "ragflow-second"}
SETTINGS = {"RAGFLOW_URL": "http://ragflow.example:9380", **KEYS}
REPOSITORY = "https://git.example/session-deletion.git"

every_recipe = pytest.mark.parametrize("recipe", [GITHUB, GITLAB, JENKINS], ids=lambda file: file.name)
every_file = pytest.mark.parametrize("file", [WORKFLOW, GITHUB, GITLAB, JENKINS, PAGE], ids=lambda file: file.name)


def yaml_of(file: Path) -> Any:
    return YAML(typ="safe", pure=True).load(file.read_text("utf-8"))


def steps_of(file: Path) -> list[dict[str, Any]]:
    """All steps of a GitHub workflow."""
    return [step for job in yaml_of(file)["jobs"].values() for step in job["steps"]]


def commands_of(file: Path) -> list[str]:
    """The scripts that a CI system passes to a shell; of the page, the code it shows."""
    text = file.read_text("utf-8")
    if file == GITLAB:
        return ["\n".join(yaml_of(file)["session-deletion"]["script"])]
    if file == JENKINS:
        return re.findall(r"\bsh '''(.*?)'''", text, re.DOTALL)
    if file == PAGE:
        return [code.strip("`") for code in re.findall(r"```.*?```|`.*?`", text, re.DOTALL)]
    return [step["run"] for step in steps_of(file) if "run" in step]


@dataclass(frozen=True)
class Job:
    """A finished job. ``trace`` has each command line, ``programs`` the calls of git and make."""

    status: int
    trace: str
    programs: list[str]
    settings: dict[str, str]
    is_make_the_shell: bool


def run_job(recipe: Path, folder: Path, settings: Mapping[str, str]) -> Job:
    """Run the scripts of a recipe with a git and a make that only record their calls."""
    (folder / "bin").mkdir()
    for program in ("git", "make"):
        fake = folder / "bin" / program
        fake.write_text(f'#!/bin/sh\necho "{program} $*" >> calls\nenv > {program}.env\necho $$ > {program}.pid\n')
        fake.chmod(0o755)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    status, trace, pid = 0, "", 0
    for number, script in enumerate(commands_of(recipe)):
        file = folder / f"{number}.sh"
        file.write_text(script, "utf-8")
        shell = subprocess.Popen(
            ["sh" if recipe == JENKINS else "bash", "-ex", str(file)],
            cwd=folder,
            env={**clean_environment(settings), "SPECIFICATION_REPOSITORY": REPOSITORY, "PATH": path},
            stderr=subprocess.PIPE,
            text=True,
        )
        trace += shell.communicate()[1]
        status, pid = shell.returncode, shell.pid
        if status:
            break
    calls, variables, make = folder / "calls", folder / "make.env", folder / "make.pid"
    lines = variables.read_text("utf-8").splitlines() if variables.exists() else []
    return Job(
        status,
        trace,
        calls.read_text("utf-8").splitlines() if calls.exists() else [],
        dict(line.split("=", 1) for line in lines if line.startswith("RAGFLOW_")),
        make.exists() and int(make.read_text("utf-8")) == pid,
    )


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (WORKFLOW, "vendor.github-workflows"),
        (GITHUB, "vendor.github-workflows"),
        (GITHUB, "custom.github-workflows-require-timeout"),
        (GITLAB, "vendor.gitlab-ci"),
    ],
    ids=lambda each: each.name if isinstance(each, Path) else each,
)
def test_a_file_has_the_form_that_the_ci_system_reads(file: Path, schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@every_file
def test_a_file_names_existing_settings_and_make_targets(file: Path) -> None:
    named = set(re.findall(r"\bRAGFLOW_[A-Z_]+", file.read_text("utf-8")))
    assert named <= set(VARIABLES.values())
    assert (named >= SETTINGS.keys()) is (file != WORKFLOW)
    [targets] = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    call = re.compile(r"\bmake(?: -C \S+| [A-Z]+=\S+)* ([\w-]+)")
    called = {target for commands in commands_of(file) for target in call.findall(commands)}
    assert {"acceptance"} <= called <= set(targets.split())


@every_recipe
def test_a_recipe_runs_the_specification_and_hides_the_keys(recipe: Path, tmp_path: Path) -> None:
    job = run_job(recipe, tmp_path, SETTINGS)
    assert job.status == 0
    assert job.programs == [f"git clone --depth 1 {REPOSITORY} specification", "make -C specification acceptance"]
    assert job.settings == SETTINGS
    assert [key for key in KEYS.values() if key in job.trace] == []
    # GitHub sends signals only to the shell, so make has to replace it.
    assert job.is_make_the_shell or recipe != GITHUB


@every_recipe
def test_a_recipe_stops_without_an_address(recipe: Path, tmp_path: Path) -> None:
    job = run_job(recipe, tmp_path, {"RAGFLOW_URL": ""})
    assert job.status != 0
    assert "RAGFLOW_URL" in job.trace
    assert not any(call.startswith("make") for call in job.programs)


def test_github_workflows_do_not_expand_expressions_in_scripts_and_need_few_permissions() -> None:
    for file in (WORKFLOW, GITHUB):
        assert [commands for commands in commands_of(file) if "${{" in commands] == []
        assert yaml_of(file)["permissions"] == ({"contents": "read"} if file == WORKFLOW else {})
    [env] = [step["env"] for step in steps_of(GITHUB) if "env" in step]
    assert {name: env[name] for name in KEYS} == {name: f"${{{{ secrets.{name} }}}}" for name in KEYS}


def test_every_recipe_keeps_the_reports_of_failed_runs() -> None:
    uploads = [step for step in steps_of(GITHUB) if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert [(step["if"], step["with"]["path"]) for step in uploads] == [("always()", "specification/reports/")]
    artifacts = yaml_of(GITLAB)["session-deletion"]["artifacts"]
    assert (artifacts["when"], artifacts["paths"]) == ("always", ["specification/reports/"])
    assert artifacts["reports"] == {"junit": "specification/reports/TESTS-*.xml"}
    [always] = re.findall(r"post \{\s*always \{(.*?)\}", JENKINS.read_text("utf-8"), re.DOTALL)
    assert "archiveArtifacts artifacts: 'specification/reports/*'" in always
    assert "junit 'specification/reports/TESTS-*.xml'" in always


def test_the_workflow_runs_both_commands_with_every_supported_python() -> None:
    job = yaml_of(WORKFLOW)["jobs"]["linux"]
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    commands = [step["run"] for step in job["steps"] if step.get("run", "").startswith("make ")]
    assert commands == ["make acceptance PYTHON=python", "make test PYTHON=python"]

"""The GitHub workflows: linted, pinned, with few rights, and the script of the one that runs opscheck run for real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.running import EmbeddedService
from tests.parts.find import require_tool

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def read(path: Path) -> dict[Any, Any]:
    """A workflow; YAML 1.1 takes the key `on` for true."""
    document: dict[Any, Any] = yaml.safe_load(path.read_text())
    return document


def used(node: Any) -> list[str]:  # noqa: ANN401 - any part of a workflow
    """Every action and workflow that is used anywhere below."""
    if isinstance(node, list):
        return [one for part in node for one in used(part)]
    if not isinstance(node, dict):
        return []
    return [*([node["uses"]] if "uses" in node else []), *(one for part in node.values() for one in used(part))]


def test_actionlint_has_nothing_to_say() -> None:
    """Expressions, contexts, inputs, outputs and shell scripts are right."""
    done = subprocess.run([require_tool("actionlint"), *WORKFLOWS], capture_output=True, text=True, check=False)

    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_actionlint_can_fail(tmp_path: Path) -> None:
    """An output that no step has is found."""
    text = (ROOT / ".github/workflows/opscheck.yml").read_text()
    broken = tmp_path / "broken.yml"
    broken.write_text(text.replace("steps.run.outputs", "steps.runs.outputs"))
    done = subprocess.run([require_tool("actionlint"), broken], capture_output=True, text=True, check=False)

    assert 'property "runs" is not defined' in done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_and_rights_are_least(path: Path) -> None:
    """By commit, with the release beside it; nothing may write."""
    document = read(path)
    foreign = [one for one in used(document["jobs"]) if not one.startswith("./")]

    assert [one for one in foreign if not PINNED.fullmatch(one)] == []
    for one in foreign:
        assert re.search(re.escape(one) + r" # v[0-9]+\.[0-9]+\.[0-9]+$", path.read_text(), re.MULTILINE), one
    assert document["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in document["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_expression_becomes_text_of_a_script(path: Path) -> None:
    """A host named `$(curl evil)` stays a name."""
    steps = [step for job in read(path)["jobs"].values() for step in job.get("steps", [])]

    assert [step["run"] for step in steps if "${{" in step.get("run", "") and "matrix." not in step["run"]] == []


@pytest.mark.parametrize("name", ["smoke", "maintenance", "legacy-gate", "release"])
def test_usable_from_another_repository(name: str) -> None:
    """Each can be called, takes a host and hands the exit code on; its inputs are those that it passes."""
    document = read(ROOT / ".github" / "workflows" / f"{name}.yml")
    call = document[True]["workflow_call"]

    assert call["inputs"]["host"]["required"] is True
    assert "exit-code" in call["outputs"]
    assert set(document[True]["workflow_dispatch"]["inputs"]) <= set(call["inputs"])


def run_step(tmp_path: Path, **settings: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """What the script of the workflow's main step does here, and the step's outputs."""
    steps = read(ROOT / ".github/workflows/opscheck.yml")["jobs"]["opscheck"]["steps"]
    script = next(step["run"] for step in steps if step.get("id") == "run")
    output = tmp_path / "output"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given = {"FAIL_ON_LEGACY": "false", "GIVEN_SECRETS": "", "HOST": "embedded", **settings}
    files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    env = {**os.environ, "PATH": path, "GITHUB_ACTIONS": "true", "OPSCHECK_HISTORY": "off", **files, **given}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # as the runner starts it
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    told = dict(line.split("=", 1) for line in output.read_text().splitlines()) if output.exists() else {}
    return done, told


def test_the_step_runs_the_suites(tmp_path: Path) -> None:
    """Markers with spaces stay one word, the reports are there, the exit code is handed on."""
    done, told = run_step(tmp_path, ARGUMENTS="run\n-q\n-m\nsmoke and not readiness\n-k\nliveness or chat\n")

    assert done.returncode == 0, done.stdout + done.stderr
    assert told["exit-code"] == "0"
    assert {path.suffix for path in (tmp_path / "reports").iterdir()} == {".html", ".json", ".md", ".prom"}


def arguments(workflow: str, job: str, inputs: dict[str, str]) -> str:
    """What a workflow hands to the one that runs opscheck, its expressions worked out as GitHub does."""
    words: str = read(ROOT / ".github" / "workflows" / f"{workflow}.yml")["jobs"][job]["with"]["arguments"]
    values = {f"inputs.{name}": value for name, value in inputs.items()} | {"github.actor": "somebody"}
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: values[match[1]], words)


def test_the_step_takes_several_commands_and_tells_the_gravest(tmp_path: Path) -> None:
    """One after the other; one that fails does not keep the next from running."""
    commands = "run\n-q\n-m\nnothing_of_that_name\n---\nchecks\nliveness\n---\n---\n"
    done, told = run_step(tmp_path, ARGUMENTS=commands)

    assert "liveness-not-found" in done.stdout
    assert told["exit-code"] == str(done.returncode) != "0"
    assert told["first-exit-code"] == told["exit-code"]  # the second ended with 0


def test_a_release_is_decided(tmp_path: Path) -> None:
    """Nothing of it is there, so it is NO-GO; the checklist is in the step's summary."""
    inputs = {"plan": "release", "host": "embedded", "range": ""}
    done, told = run_step(tmp_path, ARGUMENTS=arguments("release", "release", inputs))

    assert told["exit-code"] == "1", done.stdout + done.stderr
    assert {path.suffix for path in (tmp_path / "reports").iterdir()} == {".html", ".json", ".md"}
    assert "NO-GO" in (tmp_path / "summary.md").read_text()


def test_a_maintenance_window_from_its_opening_to_its_report(tmp_path: Path) -> None:
    """The jobs before and after, in one folder as the artifact carries it from one to the other."""
    inputs = {
        "host": "prod",
        "window": "w1",
        "announced": "#ops",
        "communicated": "#ops",
        "rollback": "go back",
        "incident": "INC-1",
    }
    inputs |= {"markers": "readiness", "owner": "Ada", "backup": "Grace", "snapshot": "opscheck.toml"}
    with EmbeddedService() as service:
        (tmp_path / "opscheck.toml").write_text(
            f'[hosts.prod]\nsystem = "reference"\nurls = {{ agent = "{service.agent_url}" }}\n'
        )
        before, told = run_step(tmp_path, HOST="prod", ARGUMENTS=arguments("maintenance", "before", inputs))
        assert told["exit-code"] == "0", before.stdout + before.stderr
        after, told = run_step(tmp_path, HOST="prod", ARGUMENTS=arguments("maintenance", "after", inputs))

    assert (tmp_path / "reports" / "maintenance.html").is_file(), after.stdout + after.stderr
    assert told["exit-code"] in {"0", "10"}, after.stdout + after.stderr


def test_the_step_fails_as_opscheck_does(tmp_path: Path) -> None:
    """A host that cannot be reached is 30, and the report is there all the same."""
    done, told = run_step(tmp_path, HOST="http://127.0.0.1:9", ARGUMENTS="run\n-q\n-m\nsmoke")

    assert (done.returncode, told["exit-code"]) == (30, "30")
    report = json.loads((tmp_path / "reports" / "opscheck.json").read_text())
    assert report["summary"]["decision"] == "UNMEASURED"


def test_the_step_hands_secrets_to_the_command_alone(tmp_path: Path) -> None:
    """Each value is masked before anything can print it; a name that is none is left out."""
    program = tmp_path / "bin" / "opscheck"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nimport json, os, sys\nprint(json.dumps([sys.argv, dict(os.environ)]))\n")
    program.chmod(0o755)
    done, told = run_step(
        tmp_path,
        PATH=f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        HOST="$(touch injected)",
        ARGUMENTS="release\n--plan\n$(touch injected)\n",
        GIVEN_SECRETS="A_TOKEN=s3cr=et value\nEMPTY=\nB;touch injected=1\n\nC=$(touch injected)\n",
    )
    masks, started = done.stdout.splitlines()[:-1], json.loads(done.stdout.splitlines()[-1])

    assert masks == ["::add-mask::s3cr=et value", "::add-mask::$(touch injected)"]
    assert started[0][1:] == ["release", "--plan", "$(touch injected)"]
    assert (started[1]["A_TOKEN"], started[1]["EMPTY"], started[1]["C"]) == ("s3cr=et value", "", "$(touch injected)")
    assert not any("GIVEN_SECRETS" in name or "touch" in name for name in started[1])
    assert not (tmp_path / "injected").exists()
    assert told["exit-code"] == "0"

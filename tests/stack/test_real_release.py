"""The item `stack` of the release checklist, run by `opscheck release` itself on a real engine."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.stack.command import ROOT, StackCommand
from tests.stack.engine import Engine, ids_of, project

CORE = ("agent", "edge", "webfetch")
SHIPPED = tomllib.loads((ROOT / "fixtures" / "checklists" / "release.toml").read_text())["items"]
UP, *_, AGAIN = SHIPPED["stack"]["steps"]


def alone(folder: Path, *steps: Mapping[str, object]) -> list[str]:
    """A checklist of one item: that of the shipped one, or with other steps."""
    text = "".join(f'[items.{name}]\nskip = "not of this test"\n' for name in SHIPPED if name != "stack")
    told = [", ".join(f"{key} = {json.dumps(value)}" for key, value in step.items()) for step in steps]
    text += f"[items.stack]\nsteps = [{', '.join(f'{{ {one} }}' for one in told)}]\n" if steps else ""
    (folder / "own.toml").write_text(text)
    return ["--checklist", "own.toml"]


def released(command: StackCommand, *words: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, the finding of `stack`, and what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "opscheck", "release", "-q", "--report", "r.json", *words],
        cwd=command.folder,
        env=command.whole_env({}),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    told = json.loads((command.folder / "r.json").read_text())
    return done.returncode, next(one for one in told["findings"] if one["id"] == "stack"), done.stdout + done.stderr


def test_up_down_up_and_nothing_to_change(images: Engine, tmp_path: Path) -> None:
    """The shipped item as it is: only where changes are allowed, and then GO; the stack is up behind it."""
    with project(images, tmp_path, AGENT_PRIMARY_POLL_INTERVAL_S="1") as command:
        code, found, printed = released(command, *alone(tmp_path))
        assert (code, found["state"]) == (1, "not measured")
        assert "--allow-changes" in found["remedy"]
        assert not any(ids_of(images, command, CORE).values())

        code, found, printed = released(command, *alone(tmp_path), "--allow-changes")

        assert (code, found["state"], found["reason"]) == (0, "met", "all of 4 steps succeeded"), printed
        steps = [line.partition("  (")[0] for line in found["evidence"]]
        up, down = "$ opscheck stack up --wait", "$ opscheck stack down"
        assert steps == [up, down, up, up]
        assert all(ids_of(images, command, CORE).values())


def test_a_second_up_that_changes_something(images: Engine, tmp_path: Path) -> None:
    """Containers that went or stopped meanwhile, then a setting that changed: NO-GO, and what `up` did is told."""
    with project(images, tmp_path, AGENT_PRIMARY_POLL_INTERVAL_S="1") as command:
        name = command.env["STACK_PROJECT_NAME"]
        stop = {"run": [images.docker, "stop", "-t", "0", f"{name}-webfetch-1"]}
        gone = {"run": [images.docker, "rm", "-f", f"{name}-edge-1"]}
        code, found, printed = released(command, *alone(tmp_path, UP, stop, gone, AGAIN), "--allow-changes")
        assert (code, found["state"]) == (1, "not met"), printed
        changed = "a second up changed something: new: "
        assert found["reason"] == f"step 4 of 4, opscheck stack up --wait: {changed}edge; started: webfetch"

        (tmp_path / ".env").write_text("AGENT_LLM_MODEL=other\n")
        code, found, printed = released(command, *alone(tmp_path, AGAIN), "--allow-changes")
        assert (code, found["state"]) == (1, "not met"), printed
        assert found["reason"].startswith(f"{changed}agent"), found
        assert printed.count("NO-GO: 1 of 10 items stands in the way: 1 not met") == 1

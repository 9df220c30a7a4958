"""Inside a GitHub workflow: where each result stands in the repository, the annotations, the step's summary."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opscheck.errors import OpscheckError, SecretLeak
from opscheck.plugin.options import INVENTORY
from opscheck.plugin.redaction import leaked, redactor_of
from opscheck.report.github import Place, workflow_commands
from opscheck.report.write import append_step_summary

if TYPE_CHECKING:
    from opscheck.report.run import Result, RunReport


def summarize(config: pytest.Config, report: RunReport) -> str:
    """Append to the step's summary, where the step has one; a line for the terminal where that fails."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return ""
    try:
        append_step_summary(report, Path(path), redactor_of(config))
    except SecretLeak as error:
        leaked(config, "the step's summary", [str(error)])
    except OpscheckError as error:
        return f"no step summary: {error}"
    return ""


def annotation_lines(config: pytest.Config, report: RunReport, lines: dict[str, int]) -> list[str]:
    """The workflow commands of the run.

    Args:
        lines: by the result's id, the line of its test from 1 on.
    """
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or config.rootpath).resolve()
    hosts = _host_places(config, workspace)
    masked = report.masked(redactor_of(config))
    places = {}
    for result, shown in zip(report.results, masked.results, strict=True):
        found = _test_place(config, result, lines, workspace) or hosts.get(result.host)
        if found is not None:
            places[shown.id] = found
    return workflow_commands(masked, places)


def _test_place(config: pytest.Config, result: Result, lines: dict[str, int], workspace: Path) -> Place | None:
    """The test's own line, where the test is the repository's; a suite that was installed is nobody's to edit there."""
    file = (config.rootpath / result.id.split("::", 1)[0]).resolve()
    if not file.is_relative_to(workspace) or {"site-packages", ".venv"} & set(file.parts):
        return None
    return Place(file.relative_to(workspace).as_posix(), lines.get(result.id, 0))


def _host_places(config: pytest.Config, workspace: Path) -> dict[str, Place]:
    """The line of each host in the host file, where that is the repository's."""
    inventory = config.stash.get(INVENTORY, None)
    path = inventory.path.resolve() if inventory is not None and inventory.path is not None else None
    if path is None or not path.is_relative_to(workspace) or not path.is_file():
        return {}
    name = path.relative_to(workspace).as_posix()
    table = re.compile(r"""\s*\[\s*hosts\s*\.\s*["']?([^"'\]\s]+)["']?\s*\]""")
    found = ((number, table.match(line)) for number, line in enumerate(path.read_text("utf-8").splitlines(), 1))
    return {match[1]: Place(name, number) for number, match in found if match}

"""Runs of programs that judge files, with what they really write."""

from __future__ import annotations

from typing import Final

from opscheck.model import Kind, Unmeasured
from opscheck.model.tools import ToolRun
from tests.checks.answers import NOW


def ran(code: int, output: str, *command: str) -> ToolRun:
    """One run."""
    return ToolRun(command or ("promtool", "check", "rules", "rules.yml"), code, output, NOW)


ABSENT: Final = Unmeasured(Kind.TOOL_MISSING, "promtool is not installed", "promtool", NOW, remedy="install it")
NO_FILE: Final = ran(1, "promtool: error: path '/rules.yml' does not exist, try --help\n")

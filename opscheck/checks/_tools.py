"""What the checks share that let a program judge files."""

from __future__ import annotations

import re
from typing import Final

from opscheck.checks._words import failed, passed, shown, unclear
from opscheck.model import Verdict
from opscheck.model.tools import ToolRun

_NO_FILE: Final = ("does not exist", "no such file")
_SAYS_LITTLE: Final = r"(checking|unit testing:)\b.*|failed:?|success.*|\S+: error: failed to validate .*"
_NOT_TOLD: Final = re.compile(_SAYS_LITTLE, re.IGNORECASE)
_BEFORE: Final = re.compile(r"checking\b.*?\bfailed:\s*(?=\S)", re.IGNORECASE)


def judged_tool(run: ToolRun, *, good: str, bad: str, expected: str) -> Verdict:
    """The verdict on a run: its own first words where it is not content, no verdict where a file is not there."""
    observed = f"{run.command[0]} exited with {run.code}: {shown(run.lines[-1] if run.lines else 'no output')}"
    if run.code == 0:
        return passed(good, expected=expected, observed=observed)
    missing = next((line for line in run.lines if any(word in line.casefold() for word in _NO_FILE)), "")
    if missing:
        remedy = "correct the name in the host file; it is relative to it"
        return unclear(f"a file is not there: {shown(missing)}", expected=expected, observed=observed, remedy=remedy)
    lines = [_BEFORE.sub("", line, count=1) for line in run.lines]
    telling = [line for line in lines if not _NOT_TOLD.fullmatch(line)] or lines
    return failed(f"{bad}: {shown(' '.join(telling[:4]), 160)}", expected=expected, observed=observed)

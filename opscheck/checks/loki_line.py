"""A line that is given to the log store is found in it."""

from __future__ import annotations

from typing import Final

from opscheck.checks._words import error_text, failed, passed, seconds_text, status_line, unseen
from opscheck.model import Unmeasured, Verdict
from opscheck.model.logs import LogLine
from opscheck.registry import check

_EXPECTED: Final = "a line of ours is taken, and found by its mark"


@check(
    "loki-line",
    promise="A line that is given to Loki is found in it within its budget.",
    concern="observability",
    faults={
        "log-line-refused": "Loki does not take lines: whatever happens now leaves no trace",
        "log-line-lost": "the line is taken and never found",
        "logs-unsearchable": "lines are taken, and a query is answered with an error",
    },
    remedy="look at Loki's own log and /ring; compare tenant, limits_config and the ingesters' state",
)
def loki_line(line: LogLine, *, seconds: float) -> Verdict:
    """Judge a line that was pushed and looked for until it was found or the budget was spent."""
    observed = f"push {status_line(line.pushed)}"
    if not 200 <= line.pushed.status < 300:
        reason = f"the line is refused ({line.pushed.status}): {error_text(line.pushed)}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    if isinstance(line.asked, Unmeasured):
        return unseen(line.asked)
    if line.asked is None or line.asked.status != 200:
        code = line.asked.status if line.asked is not None else "nothing"
        told = f": {error_text(line.asked)}" if line.asked is not None else ""
        return failed(f"a query is answered with {code}{told}", expected=_EXPECTED, observed=observed)
    observed += f", query {status_line(line.asked)}"
    if not line.found:
        reason = f"the line was taken, and not found within {seconds_text(seconds)}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    return passed(f"found {seconds_text(line.seconds)} after it was given", expected=_EXPECTED, observed=observed)

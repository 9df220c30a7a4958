"""What a GitHub workflow shows: annotations at file and line, and the step's summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from opscheck.model import Outcome
from opscheck.report.causes import RootCause, root_causes, unmeasured_alone
from opscheck.report.markdown import render
from opscheck.report.run import Result, RunReport
from opscheck.report.visible import counted, visible

SHOWN_OF_A_KIND: Final = 10  # annotations of one kind that GitHub shows of a step; it drops the others
SUMMARY_BYTES: Final = 1024 * 1024  # of a step's summary; GitHub refuses a longer one as a whole
_WIDTH: Final = 400
_CUT: Final = "\n\nCut here: a step's summary may have no more. The JSON report has all of it.\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an annotation points: a file of the repository, and a line of it from 1 on; 0 where none is known."""

    file: str
    line: int = 0


def workflow_commands(report: RunReport, places: Mapping[str, Place]) -> list[str]:
    """Workflow commands, one line each: an error for each root cause and each failure, a warning for what is degraded.

    Args:
        places: by the result's id; a result without one is shown without file and line.
    """
    causes = [_of_cause(cause, places) for cause in root_causes(report.results)]
    failed = [result for result in report.results if result.outcome is Outcome.FAIL]
    alone = unmeasured_alone(report.results)
    errors = [*causes, *(_of_result("error", result, places) for result in (*failed, *alone))]
    weak = [result for result in report.results if result.outcome is Outcome.DEGRADED]
    kind = "error" if report.strict else "warning"
    told = [_of_result(kind, result, places) for result in weak]
    if report.strict:
        return _bounded("error", [*errors, *told])
    return [*_bounded("error", errors), *_bounded("warning", told)]


def step_summary(report: RunReport, taken: int = 0) -> str:
    """The Markdown report within the bytes that a step's summary may have, `taken` of them by others before."""
    text = render(report)
    left = SUMMARY_BYTES - taken
    if len(text.encode()) <= left:
        return text
    kept = text.encode()[: max(left - len(_CUT.encode()), 0)].decode("utf-8", "ignore")
    return kept.rpartition("\n")[0] + _CUT if kept else ""


def _bounded(kind: str, lines: Sequence[str]) -> list[str]:
    if len(lines) <= SHOWN_OF_A_KIND:
        return list(lines)
    left = len(lines) - SHOWN_OF_A_KIND + 1
    more = _command(kind, None, "opscheck", f"{left:,} more of this kind: see the step's summary or the report")
    return [*lines[: SHOWN_OF_A_KIND - 1], more]


def _of_cause(cause: RootCause, places: Mapping[str, Place]) -> str:
    first = (*cause.roots, *cause.blocked)[0]
    behind = f"{counted(len(cause.blocked), 'check')} blocked behind it" if cause.blocked else ""
    return _command("error", places.get(first.id), cause.id, _lines(cause.reason, behind, cause.remedy))


def _of_result(kind: str, result: Result, places: Mapping[str, Place]) -> str:
    facts = (
        result.reason,
        f"expected: {visible(result.expected, _WIDTH)}" if result.expected else "",
        f"got: {visible(result.observed, _WIDTH)}" if result.observed else "",
        result.remedy,
    )
    return _command(kind, places.get(result.id), f"{result.check} on {result.host}", _lines(*facts))


def _lines(*texts: str) -> str:
    return "\n".join(visible(text, _WIDTH) for text in texts if text)


def _command(kind: str, place: Place | None, title: str, message: str) -> str:
    at = {"file": place.file, "line": str(place.line or 1)} if place else {}
    properties = {**at, "title": f"opscheck: {visible(title, 120)}"}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

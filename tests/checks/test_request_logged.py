"""A request is found in the log by its id and its trace."""

from __future__ import annotations

import pytest

from opscheck.checks.request_logged import request_logged
from opscheck.model import Outcome, Verdict
from opscheck.model.logs import FoundLines, RequestLog
from tests.checks.answers import NOW, http, refused
from tests.checks.proofs import is_complete, red

ID = "request-logged"
LINE = '{"request_id": "mark-1", "trace_id": "t-1"}'


def log(*lines: str, problem: str = "", told: str = "") -> RequestLog:
    """A request known as mark-1, in the trace t-1, and what was found."""
    headers = [("x-request-id", told)] if told else []
    found = FoundLines("/var/log/a.log", lines, "100 bytes searched", NOW, problem)
    return RequestLog("mark-1", "t-1", http({}, headers=headers), found)


def judged(seen: RequestLog, *, trace: bool = True) -> Verdict:
    """With a budget of a second."""
    return request_logged(seen, seconds=1, trace=trace)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen", [log(LINE), log("another", "t-1 alone", LINE), log("id=own-7 trace=t-1", told="own-7")]
)
def test_a_request_that_is_found_passes(seen: RequestLog) -> None:
    """By our id, or by the one that its answer tells."""
    assert judged(seen).outcome is Outcome.PASS


def test_a_trace_is_asked_for_only_where_it_is_promised() -> None:
    """A service without traces is found by its ids."""
    assert judged(log("mark-1"), trace=False).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "request-unlogged", log(), "no line has the id of the request within 1 s"),
        red(ID, "request-unlogged", log("only the trace t-1"), "no line has the id", name="trace-alone"),
        red(ID, "trace-lost", log('{"request_id": "mark-1"}'), "does not tell the trace"),
        red(ID, "trace-lost", log("mark-1", "t-1 in another line"), "does not tell the trace", name="two-lines"),
    ],
)
def test_a_fault_is_found(seen: RequestLog, reason: str) -> None:
    """The line that joins them has to have both."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_could_not_be_read_is_unmeasured() -> None:
    """Neither a refused connection nor a log of another machine is a missing line."""
    assert judged(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    verdict = judged(log(problem="no such file or directory"))
    assert verdict.outcome is Outcome.UNMEASURED
    assert verdict.remedy


def test_what_a_log_holds_is_harmless() -> None:
    """Control characters of a line do not reach the verdict."""
    verdict = judged(log("mark-1 \x1b[31m\n\x07"))

    assert verdict.observed.isprintable()

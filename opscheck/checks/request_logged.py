"""A request can be found in the log: by its id, and by the trace that it belongs to."""

from __future__ import annotations

from opscheck.checks._words import failed, passed, seconds_text, shown, status_line, unclear
from opscheck.model import Verdict
from opscheck.model.logs import RequestLog
from opscheck.registry import check


@check(
    "request-logged",
    promise="A request leaves a line in the log that is found by its id; where traces are kept, its trace is in it.",
    concern="observability",
    faults={
        "request-unlogged": "a request is answered, and no line of the log has its id",
        "trace-lost": "the line of a request that came with a trace does not tell the trace",
    },
    remedy="log the request id (and the trace id of traceparent) with every request; compare where the log is written",
)
def request_logged(log: RequestLog, *, seconds: float, trace: bool = False) -> Verdict:
    """Judge a request whose id was looked for until it was found or the budget was spent."""
    expected = "a line with the id of the request" + (" and of its trace" if trace else "")
    observed = f"{status_line(log.answer)}, id {shown(log.known_as, 60)}; {log.found.searched}"
    if log.found.problem:
        remedy = "correct expect.logs: the files have to be of this machine"
        reason = f"the log cannot be read: {shown(log.found.problem)}"
        return unclear(reason, expected=expected, observed=observed, remedy=remedy)
    own = [line for line in log.found.lines if log.known_as in line or log.request_id in line]
    if not own:
        reason = f"no line has the id of the request within {seconds_text(seconds)}"
        return failed(reason, expected=expected, observed=observed)
    joined = any(log.trace_id in line for line in own)
    if trace and not joined:
        reason = "the line of the request does not tell the trace that it came with"
        return failed(reason, expected=expected, observed=f"{observed}; {shown(own[0])}")
    told = "by its id and its trace" if joined else "by its id"
    return passed(f"found {told}, in {len(log.found.lines)} lines", expected=expected, observed=observed)

"""From a finished test to the result that reports tell; crosses worker borders as plain data on the test report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from opscheck.model import Cost, Outcome, Verdict
from opscheck.plugin.markers import MARKERS
from opscheck.plugin.session import KEYS, OpsSession, host_of
from opscheck.plugin.verdicts import VERDICTS, CheckFailed, CouldNotMeasure, SuiteBroken
from opscheck.plugin.waiving import WAIVED
from opscheck.report.curl import curl_line
from opscheck.report.junit import properties
from opscheck.report.run import Result

if TYPE_CHECKING:
    from opscheck.model import Json

_OURS = (CheckFailed, CouldNotMeasure, SuiteBroken)


def attach(item: pytest.Item, session: OpsSession, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Shorten the failures that are ours, and hang the result on the report of the phase that decides."""
    if call.excinfo is not None and isinstance(call.excinfo.value, _OURS):
        report.longrepr = call.excinfo.getrepr(style="value")
    decides = report.when == "call" or (report.when == "setup" and not report.passed)
    if not decides or host_of(item, session.hosts) is None:
        return
    result = result_of(item, session, verdicts_of(item, call, report), report.duration)
    told = result.as_dict()
    if session.worker is not None:
        told = json.loads(json.dumps(told, default=str))  # only plain values cross to the controller
    report.opscheck = told  # type: ignore[attr-defined] # xdist carries a report's plain attributes along
    # On the item: pytest writes a JUnit test case from the report of its teardown.
    item.user_properties.extend(properties(result, run_id=session.run_id))


def verdicts_of(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> list[Verdict]:
    """What the test's verdicts were; for a test without any, what pytest saw of it."""
    verdicts = [*item.stash.setdefault(VERDICTS, [])]
    if report.failed and not any(verdict.outcome in (Outcome.FAIL, Outcome.UNMEASURED) for verdict in verdicts):
        error = str(call.excinfo.value).strip() if call.excinfo else "failed"
        asserted = call.excinfo is None or isinstance(call.excinfo.value, AssertionError | pytest.fail.Exception)
        broken = report.when == "setup" or not asserted
        strict = call.excinfo is not None and isinstance(call.excinfo.value, CheckFailed)
        outcome = Outcome.UNMEASURED if broken else Outcome.FAIL
        first = error.splitlines()[0] if error else type(call.excinfo.value).__name__ if call.excinfo else "failed"
        if strict and not broken:
            return verdicts
        return [*verdicts, Verdict("", outcome, first)]
    if report.skipped and not verdicts:
        return [Verdict("", Outcome.UNMEASURED, "skipped by the suite")]
    return verdicts or [Verdict("", Outcome.PASS, "passed")]


def result_of(item: pytest.Item, session: OpsSession, verdicts: Sequence[Verdict], duration: float) -> Result:
    """The result of a test: the gravest of its verdicts, the evidence of all."""
    verdict = min(verdicts, key=lambda one: one.outcome.gravity)
    host = host_of(item, session.hosts)
    evidence: list[Json] = [part.as_dict() for one in verdicts for part in one.evidence]
    request = next((part["request"] for part in evidence if "request" in part), None)
    keys = item.stash.get(KEYS, {}).values()
    cost = sum((session.plan.planned[key].cost for key in keys), Cost())
    return Result(
        id=item.nodeid,
        check=verdict.check or getattr(item, "originalname", item.name),
        markers=sorted({marker.name for marker in item.iter_markers()} & set(MARKERS)),
        host=host.name if host else "",
        outcome=verdict.outcome,
        reason=verdict.reason,
        expected=verdict.expected,
        observed=verdict.observed,
        likely_cause=verdict.likely_cause,
        remedy=verdict.remedy,
        evidence=evidence,
        duration_s=duration,
        attempts=verdict.attempts,
        cause=verdict.cause,
        cost=cost,
        promise=_promise(item),
        curl=curl_line(request) if request and verdict.outcome is not Outcome.PASS else "",
        waivers=list(item.stash.get(WAIVED, {}).values()),
    )


def _promise(item: pytest.Item) -> str:
    doc = getattr(getattr(item, "function", None), "__doc__", None)
    return doc.strip().partition("\n")[0] if doc else ""

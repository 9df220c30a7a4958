"""Findings and reports to decide on and to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from opscheck.release.words import Finding, ReleaseReport, State, StepTold

AT = datetime(2026, 3, 4, 22, 15, tzinfo=UTC)


def finding(state: State = State.MET, name: str = "smoke", **more: Any) -> Finding:  # noqa: ANN401 - fields of it
    """One item and what became of it."""
    fields: dict[str, Any] = {
        "title": f"What {name} promises",
        "kind": "command",
        "reason": "it holds" if state is State.MET else f"{name} does not hold",
        **more,
    }
    return Finding(id=name, state=state, **fields)


def report(*findings: Finding, **more: Any) -> ReleaseReport:  # noqa: ANN401 - fields of it
    """A checklist that was gone through."""
    fields: dict[str, Any] = {
        "plan": "release",
        "title": "Release",
        "release": "4f1c2aa0" * 5,
        "hosts": ("prod",),
        "started": AT,
        "finished": AT + timedelta(seconds=84),
        "version": "0.1.0",
        "range": "v1..HEAD",
        "checklists": ("release.toml",),
        "argv": ("opscheck", "release", "--host", "prod"),
        **more,
    }
    return ReleaseReport(findings=findings, **fields)


def every_state() -> ReleaseReport:
    """One item of each state, a playbook, and all that a report can hold."""
    findings = [
        finding(
            state,
            state.value.replace(" ", "-"),
            evidence=tuple(f"line {number} of what was seen at https://ops.example.org/ready" for number in range(4)),
            remedy="" if state.lets_go else "look at https://ops.example.org/runbook#it",
            waiver="upgrade is planned (ops, until 2026-10-31)" if state is State.WAIVED else "",
            how="attested" if state is State.UNATTESTED else "automatic",
            seconds=12.3,
        )
        for state in State
    ]
    told = finding(State.NOT_MET, "told", counts=False, evidence=tuple(f"line {n}" for n in range(30)))
    steps = (
        StepTold(1, "See that nobody asks", "done", "quiet: 0 hits of /status/ in 24 h"),
        StepTold(2, "Let CI fail", "next", "ci: CI has handed over no results", "set FAIL_ON_LEGACY=true"),
        StepTold(3, "Take it out", "later", "removed: it still answers"),
    )
    return report(*findings, told, playbook=steps, notes=("the working tree differs from HEAD",))

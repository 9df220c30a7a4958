"""The steps of a cutover: what is done, what is next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opscheck.release.checklist import Step
from opscheck.release.words import Finding, State, StepTold

DONE = (State.MET, State.WAIVED, State.NOT_APPLICABLE)


def told(steps: Sequence[Step], findings: Sequence[Finding]) -> tuple[StepTold, ...]:
    """Each step with its standing: done where all that it rests on is met, the first other one is next."""
    by_id = {finding.id: finding for finding in findings}
    lines: list[StepTold] = []
    next_is_told = False
    for number, step in enumerate(steps, 1):
        done = all(name in by_id and by_id[name].state in DONE for name in step.done_when)
        standing = "done" if done else "later" if next_is_told else "next"
        next_is_told |= not done
        lines.append(StepTold(number, step.title, standing, _why(step, by_id, done=done), step.do))
    return tuple(lines)


def _why(step: Step, by_id: Mapping[str, Finding], *, done: bool) -> str:
    mine = [by_id[name] for name in step.done_when if name in by_id]
    shown = mine if done else [one for one in mine if one.state not in DONE]
    return "; ".join(f"{one.id}: {one.reason}" for one in shown)

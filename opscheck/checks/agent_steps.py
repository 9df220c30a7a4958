"""An answer's steps show memory, then tools, then completion."""

from __future__ import annotations

from typing import Any, Final

from opscheck.checks._json import objects
from opscheck.checks._words import error_text, failed, judged_json, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_ORDER: Final = {"memory_retrieval": 0, "memory": 0, "tool": 1, "completion": 2}


@check(
    "agent-steps",
    promise="The steps of an answer are memory, then tools, then completion, and memory was available.",
    concern="smoke",
    faults={
        "steps-out-of-order": "a step stands before one that has to precede it",
        "steps-without-completion": "no completion closes the steps",
        "memory-silent-off": "memory is off and no step says so",
        "memory-unavailable": "the memory's store could not be asked",
    },
    remedy="look at the agent's log from its start on: a store that was away then may stay away until a restart",
)
def agent_steps(answer: HttpExchange, *, tools: bool) -> Verdict:
    """Judge the steps of an answer; with `tools` at least one tool step is expected."""
    expected = "memory, tools, completion" if tools else "memory, completion"
    if answer.status != 200:
        reason = f"the agent answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=expected, observed=status_line(answer))

    def judge(document: dict[str, Any]) -> Verdict:
        steps = objects(document.get("steps"))
        kinds = [step["type"] if isinstance(step.get("type"), str) else "" for step in steps]
        observed = ", ".join(shown(kind, 30)[1:-1] or "(no type)" for kind in kinds[:12]) or "no steps"
        wrong = _defect(steps, kinds, tools=tools)
        if wrong:
            return failed(wrong, expected=expected, observed=observed)
        return passed("memory, tools and completion in order", expected=expected, observed=observed)

    return judged_json(answer, judge, expected=expected)


def _defect(steps: list[dict[str, Any]], kinds: list[str], *, tools: bool) -> str:
    if "completion" not in kinds:
        return "no completion step closes the answer"
    places = [_ORDER[kind] for kind in kinds if kind in _ORDER]
    if places != sorted(places) or kinds[-1] != "completion":
        return "the steps are not in the order memory, tools, completion"
    memory = [step for step, kind in zip(steps, kinds, strict=True) if _ORDER.get(kind) == 0]
    if not memory:
        return "no memory step: memory is off and the answer does not say so"
    status = memory[0].get("status", "ok")
    if status != "ok":
        return f"memory is {shown(status, 40)}"
    return "no tool step, although a tool was asked for" if tools and 1 not in places else ""

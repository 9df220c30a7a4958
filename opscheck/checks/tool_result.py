"""A tool that was asked for has run, and says so."""

from __future__ import annotations

from typing import Any

from opscheck.checks._json import objects
from opscheck.checks._words import error_text, failed, judged_json, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "tool-result",
    promise="A tool that the request asks for runs and its status is ok.",
    concern="smoke",
    faults={
        "tool-missing": "the tool is not registered, and the answer is 200 all the same",
        "tool-skipped": "the tool is not allowed, and the answer is 200 all the same",
        "tool-error": "the tool failed, and the answer is 200 all the same",
        "tool-not-run": "the answer says nothing of the tool",
    },
    remedy="look at the tool's configuration and at what it calls; the agent's answer alone does not show it",
)
def tool_result(answer: HttpExchange, *, tool: str) -> Verdict:
    """Judge what an answer says of a tool that its request named."""
    expected = f"200 with {tool} ok"
    if answer.status != 200:
        reason = f"the agent answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=expected, observed=status_line(answer))

    def judge(document: dict[str, Any]) -> Verdict:
        results = _results(document, tool)
        observed = "; ".join(_told(one) for one in results) or f"{status_line(answer)}, no word of {tool}"
        bad = [one for one in results if one.get("status") != "ok"]
        if bad:
            causes = {"missing": "the tool's configuration is not in the image, or not where it is read from"}
            cause = causes.get(str(bad[0].get("status")), "")
            return failed(
                f"the tool {tool} is {_told(bad[0])}", expected=expected, observed=observed, likely_cause=cause
            )
        if not results:
            return failed(f"the tool {tool} was not run", expected=expected, observed=observed)
        return passed(f"the tool {tool} ran", expected=expected, observed=observed)

    return judged_json(answer, judge, expected=expected)


def _results(document: dict[str, Any], tool: str) -> list[dict[str, Any]]:
    metadata = document.get("metadata")
    told = objects(metadata.get("tool_results")) if isinstance(metadata, dict) else []
    steps = [step for step in objects(document.get("steps")) if step.get("type") == "tool"]
    return [one for one in (*steps, *told) if one.get("name") == tool]


def _told(result: dict[str, Any]) -> str:
    status = result.get("status")
    text = status if isinstance(status, str) and status.isidentifier() and len(status) < 30 else shown(status, 40)
    why = result.get("error") or result.get("reason")
    return f"{text} ({shown(why, 80)})" if why else text

"""The agent answers a prompt, under a conversation, with the prompt in its messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from opscheck.checks._conversation import conversation_id, holds
from opscheck.checks._timing import clock_off, instant, took
from opscheck.checks._words import (
    error_text,
    failed,
    hangs,
    judged_json,
    passed,
    seconds_text,
    shown,
    status_line,
    unseen,
)
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.registry import check


@check(
    "agent-reply",
    promise="The agent answers with a conversation id, a response, the prompt among its messages, and the time.",
    concern="smoke",
    faults={
        "agent-error": "the agent answers an error to a plain prompt",
        "agent-no-conversation-id": "the answer names no conversation",
        "agent-prompt-missing": "the prompt is not among the answer's messages",
        "agent-empty-response": "the answer is there and says nothing",
        "agent-clock-off": "created_at has no zone or is far from now",
        "agent-hangs": "the answer does not come within the budget",
    },
    remedy="look at the agent's log under the conversation id or request id, then at its language model",
    sees_unmeasured=True,
)
def agent_reply(
    answer: HttpExchange | Unmeasured, *, prompt: str, seconds: float, now: datetime | None = None
) -> Verdict:
    """Judge one answer of the agent to a prompt."""
    expected = (
        f"200 with conversation_id, response, the prompt in messages and created_at, within {seconds_text(seconds)}"
    )
    if isinstance(answer, Unmeasured):
        if not hangs(answer, seconds):
            return unseen(answer)
        cause = "the language model's side hangs and is waited for without a limit"
        return failed("the agent hangs", expected=expected, observed=answer.detail, likely_cause=cause)
    observed = f"{status_line(answer)} after {seconds_text(took(answer))}"
    if answer.status != 200:
        reason = f"the agent answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=expected, observed=observed)
    if took(answer) > seconds:
        return failed(f"the agent took {seconds_text(took(answer))}", expected=expected, observed=observed)

    def judge(document: dict[str, Any]) -> Verdict:
        wrong = _defect(document, prompt, now or answer.at)
        if wrong:
            return failed(wrong, expected=expected, observed=observed)
        return passed("the agent answers", expected=expected, observed=observed)

    return judged_json(answer, judge, expected=expected)


def _defect(document: dict[str, Any], prompt: str, now: datetime) -> str:
    if not conversation_id(document).strip():
        return f"conversation_id is {shown(document.get('conversation_id'), 60)}"
    response = document.get("response")
    if not isinstance(response, str) or not response.strip():
        return f"the response is {shown(response, 60)}"
    if not holds(document.get("messages"), prompt):
        return f"the prompt is not among the messages: {shown(document.get('messages'), 80)}"
    created = document.get("created_at")
    moment = instant(created)
    if moment is None:
        return f"created_at is {shown(created, 60)}, which is no unambiguous instant (its zone is missing)"
    off = clock_off(moment, now)
    return f"created_at lies {off}" if off else ""

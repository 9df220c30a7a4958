"""A second turn of a conversation knows the first."""

from __future__ import annotations

from typing import Any, Final

from opscheck.checks._conversation import asked, conversation_id, holds, last_user
from opscheck.checks._json import NotJson, read_object
from opscheck.checks._words import error_text, failed, judged_json, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "the same conversation id, and the first prompt among the second answer's messages"


@check(
    "conversation-memory",
    promise="The second turn of a conversation keeps its id and knows what was said in the first.",
    concern="smoke",
    faults={
        "conversation-forgotten": "the second answer's messages do not hold the first prompt",
        "conversation-split": "the second answer belongs to another conversation",
    },
    remedy="look at where the conversations are stored: a volume, replicas without a shared store, write errors",
)
def conversation_memory(first: HttpExchange, second: HttpExchange) -> Verdict:
    """Judge two turns of one conversation, the second asked with the id that the first gave."""
    for turn, answer in (("first", first), ("second", second)):
        if answer.status != 200:
            reason = f"the {turn} turn answers {answer.status}: {error_text(answer)}"
            return failed(reason, expected=_EXPECTED, observed=status_line(answer))
    try:
        opening = read_object(first.body)
    except NotJson as error:
        return failed(f"the first turn: {error}", expected=_EXPECTED, observed=status_line(first))
    prompt = asked(first.request) or last_user(opening.get("messages"))
    if not prompt:
        return unclear("what the first turn asked is not known", expected=_EXPECTED, observed=status_line(first))

    def judge(document: dict[str, Any]) -> Verdict:
        before, after = conversation_id(opening), conversation_id(document)
        observed = f"conversation {shown(before, 50)}, then {shown(after, 50)}"
        if not before or before != after:
            reason = "the second answer belongs to another conversation"
            return failed(reason, expected=_EXPECTED, observed=observed)
        if not holds(document.get("messages"), prompt):
            reason = "the second answer's messages do not hold the first prompt"
            return failed(reason, expected=_EXPECTED, observed=observed)
        return passed("the second turn knows the first", expected=_EXPECTED, observed=observed)

    return judged_json(second, judge, expected=_EXPECTED)

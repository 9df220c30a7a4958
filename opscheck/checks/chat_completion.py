"""Chat completions have the shape that OpenAI's clients read, and say something."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from opscheck.checks._chat import NoAnswer, Shape, read_completion
from opscheck.checks._words import degraded, failed, passed, seconds_text, shown, status_line, unclear
from opscheck.model import HttpExchange, Samples, Unmeasured, Verdict
from opscheck.registry import check

_EXPECTED: Final = "a chat.completion with id, object, created, model and choices"


@check(
    "chat-completion",
    promise="Chat completions keep the shape that OpenAI's clients read, and enough of the answers say something.",
    concern="smoke",
    faults={
        "chat-error": "completions are answered by an error",
        "chat-empty": "the answers have the right shape and say nothing",
        "chat-no-conversation-id": "the answer names no conversation",
        "chat-prompt-missing": "the prompt is not among the answer's messages",
        "chat-clock-off": "created is far from now",
        "chat-not-json": "the answer is 200 and no JSON",
        "chat-wrong-shape": "a required field is missing or of a wrong type",
    },
    remedy="ask the model gateway directly; then look at the service's log under the conversation id",
)
def chat_completion(
    samples: Samples | HttpExchange, *, prompt: str, needed: int, conversation: bool, now: datetime | None = None
) -> Verdict:
    """Judge answers to the same prompt: the shape of each, and how many of them say something.

    With `conversation` each answer also has to name its conversation and hold the prompt among its messages.
    """
    taken = samples.taken if isinstance(samples, Samples) else (samples,)
    expected = f"{_EXPECTED}, content in {needed} of {len(taken)}"
    counts = _Counts()
    for one in taken:
        if isinstance(one, HttpExchange):
            shape = Shape(prompt if conversation else None, now or one.at)
            counts.take(one, shape)
        else:
            counts.blind += 1
            counts.why = one.detail if isinstance(one, Unmeasured) else "not an HTTP answer"
    return counts.verdict(needed, expected)


class _Counts:
    """What the answers were, counted."""

    def __init__(self) -> None:
        self.good = self.measured = self.blind = 0
        self.defect = self.miss = self.why = self.last = ""

    def take(self, answer: HttpExchange, shape: Shape) -> None:
        """Add one answer."""
        self.measured += 1
        self.last = f"{status_line(answer)} after {seconds_text(answer.phases.total or 0.0)}"
        try:
            said = read_completion(answer, shape)
        except NoAnswer as miss:
            self.miss = self.miss or str(miss)
        except ValueError as defect:
            self.defect = self.defect or str(defect)
        else:
            self.good += 1
            self.last += f": {shown(said, 60)}"

    def verdict(self, needed: int, expected: str) -> Verdict:
        """One verdict on all of them."""
        asked = self.measured + self.blind
        count = f"{self.good} of {self.measured} answers"
        how: dict[str, Any] = {
            "expected": expected,
            "observed": f"{count} of {asked} asked; the last {self.last or self.why}",
        }
        if self.defect:
            return failed(self.defect, **how)
        if self.good < needed:
            if self.good + self.blind >= needed:
                return unclear(f"{count} say something, {self.blind} could not be measured: {self.why}", **how)
            return failed(f"{count} say something, {needed} are needed: {self.miss}", **how)
        if self.good < asked:
            return degraded(f"{count} say something, enough for {needed} needed: {self.miss or self.why}", **how)
        return passed(f"{count} say something", **how)

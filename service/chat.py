"""The words that agent and providers share. Imports nothing of the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "tool", "developer"]
FinishReason = Literal["stop", "length"]
ServedBy = Literal["primary", "fallback"]

_BYTES_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation, as every provider understands it."""

    role: Role
    content: str

    def as_dict(self) -> dict[str, str]:
        """Give the wire form.

        >>> Message("user", "hi").as_dict()
        {'role': 'user', 'content': 'hi'}
        """
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens an exchange took."""

    prompt_tokens: int
    completion_tokens: int

    def as_dict(self) -> dict[str, int]:
        """Give the wire form, total included."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
        }


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of a streamed answer, and the model that says it where that is known."""

    text: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer: what was said, by which model, at what cost. Closes a stream as its last item.

    Which of several providers gave it is told by whoever chose among them.
    """

    text: str
    model: str
    finish_reason: FinishReason
    usage: Usage
    provider: str = ""
    served_by: ServedBy = "primary"


@dataclass(frozen=True, slots=True)
class Models:
    """What a model's host lists, and whether the model that is wanted is among it."""

    names: tuple[str, ...]
    present: bool


def estimate_tokens(text: str) -> int:
    """Estimate tokens where a provider does not count: one for every four UTF-8 bytes, rounded up.

    >>> estimate_tokens("amber")
    2
    """
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)


def estimate_usage(messages: list[Message], answer: str) -> Usage:
    """Estimate an exchange's usage by the rule of `estimate_tokens`, message by message."""
    return Usage(sum(estimate_tokens(m.content) for m in messages), estimate_tokens(answer))

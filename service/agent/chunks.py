"""The wire forms of a chat completion, whole and in pieces."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from ..errors import ServiceError
from ..http.problem import error_body
from .turn import Answer


def whole(answer: Answer) -> dict[str, object]:
    """Give the answer as one `chat.completion`; its id is the conversation's."""
    metadata = _metadata(answer)
    return {
        "id": answer.conversation_id,
        "object": "chat.completion",
        "created": int(answer.created.timestamp()),
        "model": answer.model,
        "conversation_id": answer.conversation_id,
        "messages": [message.as_dict() for message in answer.messages],
        "choices": [
            {
                "index": 0,
                "finish_reason": answer.finish_reason,
                "message": {"role": "assistant", "content": answer.text, "metadata": metadata},
            }
        ],
        "usage": answer.usage.as_dict(),
        "steps": list(answer.steps),
        "metadata": metadata,
    }


def for_pages(answer: Answer) -> dict[str, object]:
    """Give the answer as a page wants it: the same, with its text and who gave it where they are easily found."""
    return {
        **whole(answer),
        "_served_by": answer.served_by,
        "content": answer.text,
        "grounded": bool(answer.sources),
        "sources": list(answer.sources),
    }


def failure(error: ServiceError) -> bytes:
    """Give the event that ends a stream which has failed; no `[DONE]` follows it."""
    return b"event: error\n" + _event({"error": error_body(error)})


@dataclass(frozen=True, slots=True)
class Chunks:
    """Writes the events of one stream, all with the same id, model and time."""

    DONE: ClassVar[bytes] = b"data: [DONE]\n\n"

    conversation_id: str
    model: str
    created: int

    def role(self) -> bytes:
        """Give the first event, which says who speaks."""
        return self._chunk({"role": "assistant", "content": ""})

    def text(self, text: str) -> bytes:
        """Give a piece of text."""
        return self._chunk({"content": text})

    def last(self, answer: Answer) -> bytes:
        """Give the event that ends the text; it carries the conversation's id, the steps and the metadata."""
        extra: dict[str, object] = {
            "conversation_id": answer.conversation_id,
            "steps": list(answer.steps),
            "metadata": _metadata(answer),
            "_served_by": answer.served_by,
        }
        return self._chunk({}, answer.finish_reason, extra)

    def usage(self, answer: Answer) -> bytes:
        """Give the event with the tokens used and no choice."""
        return _event({**self._frame(), "choices": [], "usage": answer.usage.as_dict()})

    def _chunk(self, delta: dict[str, str], finish: str | None = None, extra: dict[str, object] | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event({**self._frame(), "choices": [choice], **(extra or {})})

    def _frame(self) -> dict[str, object]:
        return {
            "id": self.conversation_id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
        }


def _metadata(answer: Answer) -> dict[str, object]:
    return {**answer.metadata, "steps": list(answer.steps)}


def _event(body: dict[str, object]) -> bytes:
    # ASCII: some readers take U+2028 or U+0085 for the end of a line.
    return b"data: " + json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n\n"

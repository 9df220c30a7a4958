"""What the agent needs from outside, each as small as its use of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from typing import Protocol

from ..chat import Completion, Delta, Message
from ..strict_json import Json


class Provider(Protocol):
    """Whoever answers: one language model, or one of several."""

    @property
    def name(self) -> str:
        """Give the provider's name."""

    @property
    def model(self) -> str:
        """Give the model's name."""

    async def check(self) -> None:
        """Raise when nobody would answer now."""

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Give a whole answer."""

    def stream(self, messages: list[Message], *, max_tokens: int | None = None) -> AsyncGenerator[Delta | Completion]:
        """Give the answer in pieces, the whole of it last."""


class History(Protocol):
    """Conversations, kept in order."""

    async def recent(self, conversation_id: str, limit: int) -> list[Message]:
        """Give the last messages, oldest first."""

    async def keep(self, conversation_id: str, messages: list[Message], at: datetime) -> None:
        """Keep all of the messages durably, or raise and keep none."""


class Memory(Protocol):
    """Earlier prompts, found by likeness."""

    source: str

    async def search(self, conversation_id: str, text: str, limit: int) -> list[str]:
        """Give the nearest texts of the conversation."""

    async def add(self, point_id: str, conversation_id: str, text: str) -> None:
        """Remember a text."""


class Tool(Protocol):
    """Something that the agent can do on a caller's request."""

    name: str

    async def run(self, args: Mapping[str, Json]) -> str:
        """Do it and give its output; raise `ToolFailed` with a sentence otherwise."""


class Counts(Protocol):
    """Where the agent's numbers go."""

    def tokens(self, prompt: int, completion: int) -> None:
        """Count tokens."""

    def tool_call(self, name: str, status: str) -> None:
        """Count a tool call; `name` is of the registry, or `unknown`."""

"""Parts of the service that are broken from inside."""

# ruff: noqa: ARG002 - the arguments are those of the part that each of these stands in for

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

from service.chat import Completion, Delta, Message
from service.clock import SystemClock
from service.errors import MemoryUnavailable, UpstreamError
from service.providers.embedded import EmbeddedProvider


class LateClock(SystemClock):
    """An hour behind, as a server is that takes local time for UTC."""

    def now(self) -> datetime:
        """Give the wrong time."""
        return super().now() - timedelta(hours=1)


class NoModel(EmbeddedProvider):
    """Every completion fails in a way that nobody foresaw."""

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Fail."""
        raise AttributeError("'Client' object has no attribute 'search'")

    async def stream(
        self, messages: list[Message], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Delta | Completion]:
        """Fail before the first piece."""
        raise AttributeError("'Client' object has no attribute 'search'")
        yield Delta("")


class NeverDone(EmbeddedProvider):
    """The model is there, and no answer of it ever comes."""

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Wait."""
        await asyncio.sleep(60)
        return await super().complete(messages, max_tokens=max_tokens)


class SlowStart(EmbeddedProvider):
    """The first piece of a stream is late."""

    async def stream(
        self, messages: list[Message], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Delta | Completion]:
        """Wait, then stream as ever."""
        await asyncio.sleep(1.2)
        async for piece in super().stream(messages, max_tokens=max_tokens):
            yield piece


class FailsWithin(EmbeddedProvider):
    """A stream fails behind its first piece."""

    async def stream(
        self, messages: list[Message], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Delta | Completion]:
        """Give one piece, then fail."""
        yield Delta("one")
        raise UpstreamError("the language model failed within its answer")


class NoMemory:
    """A vector store that is away."""

    source = "away"

    async def search(self, conversation_id: str, text: str, limit: int) -> list[str]:
        """Fail."""
        raise MemoryUnavailable("the vector store cannot be asked")

    async def add(self, point_id: str, conversation_id: str, text: str) -> None:
        """Fail."""
        raise MemoryUnavailable("the vector store cannot be asked")

    async def probe(self) -> None:
        """Fail."""
        raise MemoryUnavailable("the vector store cannot be asked")

    async def close(self) -> None:
        """Hold nothing."""

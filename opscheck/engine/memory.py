"""Answers to the same question within a run: asked once, given to whoever asks again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any, Final

from opscheck.model import HttpExchange

_REMEMBERED: Final = 32 * 1024 * 1024  # bytes of bodies that are kept for a second asker


class Memory:
    """Answers to the same question within a run, the oldest forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, asyncio.Future[Any]] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> asyncio.Future[Any] | None:
        """The answer, or the way to it."""
        return self._known.get(key)

    def put(self, key: str, answer: asyncio.Future[Any]) -> None:
        """Remember it, once it is there at the expense of older ones."""
        self._known[key] = answer
        answer.add_done_callback(self._weigh)

    def _weigh(self, answer: asyncio.Future[Any]) -> None:
        self._bytes += _size(answer)
        while self._bytes > _REMEMBERED and len(self._known) > 1:
            self._bytes -= _size(self._known.popitem(last=False)[1])


def _size(answer: asyncio.Future[Any]) -> int:
    if not answer.done() or answer.cancelled() or answer.exception():
        return 0
    seen = answer.result()
    return len(seen.body) + 2000 if isinstance(seen, HttpExchange) else 2000

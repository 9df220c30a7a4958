"""Calls that block, each in a thread of its own: one that hangs keeps none of the others waiting, and never an exit."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def in_own_thread(call: Callable[[], Result], name: str) -> asyncio.Future[Result]:
    """Start the call at once; the future is of the running loop.

    asyncio's own threads are few and shared: calls that wait for a dead host would fill them, and whoever queued behind
    would be out of time before it began. Whoever limits how much is asked at the same time limits these threads, too.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(found: list[Result], error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(found[0])

    def run() -> None:
        found: list[Result] = []
        problem: Exception | None = None
        try:
            found.append(call())
        except Exception as error:  # noqa: BLE001 - whatever it raises is told to who waits for it
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(settle, found, problem)

    threading.Thread(target=run, name=name[:60], daemon=True).start()
    return future

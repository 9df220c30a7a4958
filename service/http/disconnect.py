"""Work that is worth doing only while its caller waits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import ClientGone

if TYPE_CHECKING:
    from starlette.requests import Request

T = TypeVar("T")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Do the work, or cancel it and raise `ClientGone` when the caller hangs up. The body must have been read."""
    task = asyncio.ensure_future(work)
    leaver = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, leaver}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientGone("the caller hung up")
    finally:
        for each in (task, leaver):
            each.cancel()
        await asyncio.gather(task, leaver, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass

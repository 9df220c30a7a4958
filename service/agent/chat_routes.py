"""The same agent behind the API that OpenAI's clients speak."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request, Response

from ..chat import Delta
from ..errors import ServiceError
from ..http.body import described, read_model
from ..http.disconnect import while_connected
from ..http.problem import json_response
from .chunks import Chunks, failure, for_pages, whole
from .event_stream import EventStream
from .requests import ChatRequest
from .turn import Answer, Turn

if TYPE_CHECKING:
    from ..clock import Clock
    from ..logs import Log
    from .orchestrator import Orchestrator
    from .parts import Provider

_NO_STORE = {"cache-control": "no-store"}


def chat_routes(
    orchestrator: Orchestrator,
    provider: Provider,
    guard: Callable[[Request], Awaitable[None]],
    *,
    clock: Clock,
    log: Log,
    max_body_bytes: int,
    keepalive_s: float,
) -> APIRouter:
    """Make `POST /v1/chat/completions`, `POST /chat` for pages, and `GET /v1/models`, all behind `guard`."""
    router = APIRouter(dependencies=[Depends(guard)])
    started = int(clock.now().timestamp())

    @router.post("/v1/chat/completions", openapi_extra=described(ChatRequest))
    async def completions(request: Request) -> Response:
        return await answered(request, whole)

    @router.post("/chat", openapi_extra=described(ChatRequest))
    async def chat(request: Request) -> Response:
        return await answered(request, for_pages)

    async def answered(request: Request, written: Callable[[Answer], dict[str, object]]) -> Response:
        body = await read_model(request, ChatRequest, max_body_bytes)
        turn = _turn(body)
        if not body.stream:
            answer = await while_connected(request, orchestrator.answer(turn))
            return json_response(written(answer), headers=_NO_STORE)
        pieces = orchestrator.stream(turn)
        # Up to the first piece a failure is still an HTTP error; after it, only the stream can tell.
        first = await while_connected(request, anext(pieces))
        model = first.model or provider.model
        chunks = Chunks(turn.conversation_id, model, int(clock.now().timestamp()))
        usage = body.stream_options is not None and body.stream_options.include_usage
        events = _events(first, pieces, chunks, log, with_usage=usage)
        return EventStream(events, keepalive_s=keepalive_s)

    @router.get("/v1/models")
    async def models() -> Response:
        model = {"id": provider.model, "object": "model", "created": started, "owned_by": provider.name}
        return json_response({"object": "list", "data": [model]}, headers=_NO_STORE)

    return router


def _turn(body: ChatRequest) -> Turn:
    prompt, history = body.split()
    return Turn(
        prompt=prompt,
        conversation_id=body.conversation() or str(uuid.uuid4()),
        metadata=body.metadata or {},
        history=tuple(history),
        max_tokens=body.max_tokens if body.max_tokens is not None else body.max_completion_tokens,
    )


async def _events(
    first: Delta | Answer,
    pieces: AsyncGenerator[Delta | Answer],
    chunks: Chunks,
    log: Log,
    *,
    with_usage: bool,
) -> AsyncGenerator[bytes]:
    async with aclosing(pieces):
        try:
            yield chunks.role()
            for event in _told(first, chunks, with_usage=with_usage):
                yield event
            async for piece in pieces:
                for event in _told(piece, chunks, with_usage=with_usage):
                    yield event
        except ServiceError as error:
            yield failure(error)
        except Exception as error:  # noqa: BLE001 - the answer has begun: the stream itself must tell
            log.error("stream failed", error=type(error).__name__)  # noqa: TRY400 - a traceback may hold a prompt
            yield failure(ServiceError("The service failed in a way it did not foresee."))


def _told(piece: Delta | Answer, chunks: Chunks, *, with_usage: bool) -> list[bytes]:
    if isinstance(piece, Delta):
        return [chunks.text(piece.text)]
    usage = [chunks.usage(piece)] if with_usage else []
    return [chunks.last(piece), *usage, Chunks.DONE]

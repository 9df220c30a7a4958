"""The agent's own route."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request, Response

from ..clock import rfc3339
from ..http.body import described, read_model
from ..http.disconnect import while_connected
from ..http.problem import json_response
from .requests import AgentRequest
from .turn import Answer, Turn

if TYPE_CHECKING:
    from .orchestrator import Orchestrator

_NO_STORE = {"cache-control": "no-store"}


def agent_routes(
    orchestrator: Orchestrator, guard: Callable[[Request], Awaitable[None]], *, max_body_bytes: int
) -> APIRouter:
    """Make `POST /v1/agent`, behind `guard`."""
    router = APIRouter(dependencies=[Depends(guard)])

    @router.post("/v1/agent", openapi_extra=described(AgentRequest))
    async def agent(request: Request) -> Response:
        body = await read_model(request, AgentRequest, max_body_bytes)
        turn = Turn(
            prompt=body.prompt,
            conversation_id=body.conversation_id or str(uuid.uuid4()),
            metadata=body.metadata or {},
            history=tuple(message.as_message() for message in body.messages or ()),
            max_tokens=body.max_tokens,
        )
        answer = await while_connected(request, orchestrator.answer(turn))
        return json_response(_as_dict(answer), headers=_NO_STORE)

    return router


def _as_dict(answer: Answer) -> dict[str, object]:
    return {
        "conversation_id": answer.conversation_id,
        "response": answer.text,
        "created_at": rfc3339(answer.created),
        "model": answer.model,
        "messages": [message.as_dict() for message in answer.messages],
        "steps": list(answer.steps),
        "metadata": dict(answer.metadata),
        "usage": answer.usage.as_dict(),
    }

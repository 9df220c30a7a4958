"""An exchange from prompt to kept answer: memory, then tools, then completion, then the disk."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..chat import Completion, Delta, Message
from ..errors import MemoryUnavailable, ServiceError
from .sources import Known, sources_of
from .tools import ToolBox, ToolResult
from .turn import Answer, Step, Turn

if TYPE_CHECKING:
    from ..clock import Clock
    from ..logs import Log
    from .parts import Counts, History, Memory, Provider

_OURS = ("tool_results", "steps")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the past an answer sees, and how long it waits for a memory."""

    history: int
    memories: int
    memory_timeout_s: float


@dataclass(frozen=True, slots=True)
class _Prepared:
    messages: list[Message]
    steps: list[Step]
    results: list[ToolResult]
    known: list[Known]


class Orchestrator:
    """Answers turns. An answer is given only once the exchange is committed; a failed one leaves nothing behind."""

    def __init__(
        self,
        *,
        provider: Provider,
        history: History,
        memory: Memory,
        tools: ToolBox,
        limits: Limits,
        clock: Clock,
        log: Log,
        counts: Counts,
    ) -> None:
        self._provider = provider
        self._history = history
        self._memory = memory
        self._tools = tools
        self._limits = limits
        self._clock = clock
        self._log = log
        self._counts = counts

    async def answer(self, turn: Turn) -> Answer:
        """Answer in one piece."""
        prepared = await self._prepare(turn)
        completion = await self._provider.complete(prepared.messages, max_tokens=turn.max_tokens)
        return await self._finish(turn, prepared, completion)

    async def stream(self, turn: Turn) -> AsyncGenerator[Delta | Answer]:
        """Give the answer's pieces as they come; the kept answer is the last item."""
        prepared = await self._prepare(turn)
        completion: Completion | None = None
        async with aclosing(self._provider.stream(prepared.messages, max_tokens=turn.max_tokens)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Completion):
                    completion = piece
                else:
                    yield piece
        if completion is None:
            raise ServiceError("the provider's stream had no end")
        yield await self._finish(turn, prepared, completion)

    async def _prepare(self, turn: Turn) -> _Prepared:
        await self._provider.check()  # tools are not run for an answer that nobody will give
        history = list(turn.history)
        if not history:
            history = await self._history.recent(turn.conversation_id, self._limits.history)
        memories, step = await self._remember(turn)
        results = await self._tools.run(turn.metadata)
        return _Prepared(
            [
                *history,
                *(Message("system", f"Context memory: {text}") for text in memories),
                *(
                    Message("system", f"Tool {result.name} output:\n{result.note}")
                    for result in results
                    if result.status == "ok" and result.note
                ),
                Message("user", turn.prompt),
            ],
            [step, *({"type": "tool", **result.as_dict()} for result in results)],
            results,
            [
                *(Known("memory", text) for text in memories),
                *(Known(result.name, result.note) for result in results if result.status == "ok"),
            ],
        )

    async def _remember(self, turn: Turn) -> tuple[list[str], Step]:
        status, texts = "ok", []
        try:
            async with asyncio.timeout(self._limits.memory_timeout_s):
                texts = await self._memory.search(turn.conversation_id, turn.prompt, self._limits.memories)
        except (MemoryUnavailable, TimeoutError):
            status = "unavailable"
        step = {"type": "memory_retrieval", "source": self._memory.source, "count": len(texts), "status": status}
        return texts, step

    async def _finish(self, turn: Turn, prepared: _Prepared, completion: Completion) -> Answer:
        self._counts.tokens(completion.usage.prompt_tokens, completion.usage.completion_tokens)
        created = self._clock.now()
        said = Message("assistant", completion.text)
        await self._history.keep(turn.conversation_id, [Message("user", turn.prompt), said], created)
        await self._memorise(turn)
        metadata: dict[str, object] = {key: value for key, value in turn.metadata.items() if key not in _OURS}
        if prepared.results:
            metadata["tool_results"] = [result.as_dict() for result in prepared.results]
        last: Step = {"type": "completion", "provider": completion.provider, "model": completion.model}
        return Answer(
            conversation_id=turn.conversation_id,
            text=completion.text,
            model=completion.model,
            finish_reason=completion.finish_reason,
            usage=completion.usage,
            created=created,
            messages=(*prepared.messages, said),
            steps=(*prepared.steps, last),
            metadata=metadata,
            served_by=completion.served_by,
            sources=sources_of(completion.text, turn.prompt, prepared.known),
        )

    async def _memorise(self, turn: Turn) -> None:
        # After the commit: a memory of an exchange that was not kept cannot come to be.
        try:
            async with asyncio.timeout(self._limits.memory_timeout_s):
                await self._memory.add(str(uuid.uuid4()), turn.conversation_id, turn.prompt)
        except (MemoryUnavailable, TimeoutError):
            self._log.warning("memory not kept", conversation_id=turn.conversation_id)

"""The primary model while it can answer, else the fallback: to the agent they are one provider."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..chat import Completion, Delta, Message, ServedBy
from ..errors import NoProvider, ServiceError, UpstreamError, UpstreamInvalid, UpstreamTimeout, UpstreamUnreachable

if TYPE_CHECKING:
    from ..logs import Log
    from ..status.llm_view import LlmView

T = TypeVar("T")

_CALLERS = frozenset(range(400, 500)) - {401, 403, 404, 408, 429}  # statuses that another provider would give, too


class Provider(Protocol):
    """A language model."""

    name: str
    model: str

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Give a whole answer."""

    def stream(self, messages: list[Message], *, max_tokens: int | None = None) -> AsyncGenerator[Delta | Completion]:
        """Give the answer in pieces, the whole of it last."""


class State(Protocol):
    """What is asked of the path's state, and told to it."""

    view: LlmView | None

    async def for_chat(self) -> LlmView:
        """Give the state that a chat goes by."""

    async def look(self, *, anew: bool = False) -> LlmView:
        """Look at the hosts."""

    def served(self, by: ServedBy) -> None:
        """Take note of an answer."""

    def failed(self, error: ServiceError) -> None:
        """Take note of a chat that the primary failed."""


class Counts(Protocol):
    """Where calls are counted."""

    def llm_request(self, provider: str, status: str) -> None:
        """Count a call of a language model."""


class Failover:
    """Asks the primary while the state says that it answers, and the fallback otherwise.

    A chat that the primary fails for a reason of its own goes to the fallback once, a stream only before its first
    piece. While the primary's answer is awaited its host is looked at: one that has stopped answering is not waited
    for any longer than readiness would, and a stream that it has left in the middle ends as an error.
    """

    def __init__(
        self,
        primary: Provider,
        fallback: Provider | None,
        state: State,
        *,
        counts: Counts,
        log: Log,
        head_start_s: float,
        interval_s: float,
    ) -> None:
        self._primary = primary
        self._fallback = fallback
        self._state = state
        self._counts = counts
        self._log = log
        self._head_start_s = head_start_s
        self._interval_s = interval_s

    @property
    def name(self) -> str:
        """Give the name of the provider in use."""
        return self._in_use().name

    @property
    def model(self) -> str:
        """Give the name of the model in use."""
        return self._in_use().model

    async def check(self) -> None:
        """Raise `NoProvider` when nobody would answer, before anything is done for the answer's sake."""
        await self._first()

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Give a whole answer, from whoever can give it."""
        first = await self._first()
        try:
            return await self._complete(first, messages, max_tokens)
        except UpstreamError as error:
            self._check_next(first, error)
        try:
            return await self._complete("fallback", messages, max_tokens)
        except UpstreamError as error:
            self._check_next("fallback", error)
            raise

    async def stream(
        self, messages: list[Message], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Delta | Completion]:
        """Give the answer in pieces; from its first piece on it stays with the provider that has begun."""
        by, begun = await self._first(), False
        while True:
            try:
                async with aclosing(self._pieces(by, messages, max_tokens)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
            except UpstreamError as error:
                if begun:
                    raise
                self._check_next(by, error)
                by = "fallback"
            else:
                return

    async def _first(self) -> ServedBy:
        view = await self._state.for_chat()
        if view.serving is None:
            raise self._nobody(f"no language model can answer: {view.why}", view.primary.code)
        return view.serving

    def _check_next(self, failed: ServedBy, error: UpstreamError) -> None:
        """Return when the fallback is to be asked now, else raise what the caller is told."""
        if error.upstream_status in _CALLERS:
            raise error
        if self._fallback is None:
            view = self._state.view
            if view is not None and view.serving is None:
                raise self._nobody(f"no language model can answer: {view.why}", error.code) from error
            raise error
        if failed == "fallback":
            raise self._nobody(f"no language model can answer; the fallback: {error.detail}", error.code) from error
        self._log.warning("fell back", code=error.code, status=error.upstream_status)

    def _nobody(self, detail: str, code: str) -> NoProvider:
        error = NoProvider(detail, code=code)
        error.retry_after = max(1, math.ceil(self._interval_s))
        return error

    async def _complete(self, by: ServedBy, messages: list[Message], max_tokens: int | None) -> Completion:
        provider = self._of(by)
        with self._counted(by) as call:
            work = provider.complete(messages, max_tokens=max_tokens)
            completion = await self._while_up(by, work, self._head_start_s)
            call.answered = True
        return replace(completion, provider=provider.name, served_by=by)

    async def _pieces(
        self, by: ServedBy, messages: list[Message], max_tokens: int | None
    ) -> AsyncGenerator[Delta | Completion]:
        provider = self._of(by)
        with self._counted(by) as call:
            async with aclosing(provider.stream(messages, max_tokens=max_tokens)) as pieces:
                piece = await self._while_up(by, anext(pieces, None), self._head_start_s)
                while piece is not None:
                    if isinstance(piece, Completion):
                        call.answered = True
                        piece = replace(piece, provider=provider.name, served_by=by)
                    else:
                        piece = replace(piece, model=provider.model)
                    yield piece
                    piece = await self._while_up(by, anext(pieces, None), self._interval_s)
            if not call.answered:
                raise UpstreamInvalid("the language model's stream ended early")

    async def _while_up(self, by: ServedBy, work: Awaitable[T], patience_s: float) -> T:
        """Wait for the work, but no longer than the primary's host is there; it is first looked at when that is due."""
        if by == "fallback":
            return await work
        task = asyncio.ensure_future(work)
        anew = True
        look: asyncio.Task[LlmView] | None = None
        try:
            while True:
                await asyncio.wait({task}, timeout=patience_s)
                if not task.done():
                    look = asyncio.create_task(self._state.look(anew=anew))
                    await asyncio.wait({task, look}, return_when=asyncio.FIRST_COMPLETED)
                if task.done():
                    return task.result()
                if look is not None and look.result().primary.silent:
                    raise _lost(look.result())
                patience_s, anew = self._interval_s, False
        finally:
            ours = [each for each in (task, look) if each is not None]
            for each in ours:
                each.cancel()
            await asyncio.gather(*ours, return_exceptions=True)

    @contextmanager
    def _counted(self, by: ServedBy) -> Iterator[_Call]:
        call, status = _Call(), "cancelled"
        try:
            yield call
        except ServiceError as error:
            status = error.code
            if by == "primary":
                self._state.failed(error)
            raise
        except Exception:
            status = "internal_error"
            raise
        finally:
            if call.answered:
                self._state.served(by)
            # One label for the fallback whatever its kind: two providers of a kind would count as one otherwise.
            name = self._primary.name if by == "primary" else by
            self._counts.llm_request(name, "ok" if call.answered else status)

    def _of(self, by: ServedBy) -> Provider:
        return self._fallback if by == "fallback" and self._fallback is not None else self._primary

    def _in_use(self) -> Provider:
        view = self._state.view
        return self._primary if view is None or view.serving is None else self._of(view.serving)


@dataclass(slots=True)
class _Call:
    """Whether a call has brought an answer."""

    answered: bool = False


def _lost(view: LlmView) -> UpstreamError:
    if view.primary.reason == "connect_error":
        return UpstreamUnreachable("the language model's host has gone")
    return UpstreamTimeout("the language model's host has stopped answering")

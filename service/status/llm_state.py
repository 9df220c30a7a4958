"""The one state of the language model's path: looked at for everyone, followed by a poller, fed by every chat."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ..chat import Models, ServedBy
from ..errors import ModelMissing, ServiceError, UpstreamError
from .llm_view import LlmView, Reason, Seen, decide, reason_of
from .looking import Bounded, Shared

if TYPE_CHECKING:
    from ..clock import Clock
    from ..logs import Log

_SLOWER = 6  # how much less often the poller looks once the time for a model to arrive is over


class ModelHost(Protocol):
    """What the state asks of a provider."""

    name: str
    model: str

    async def models(self) -> Models:
        """List the models; raise when the host cannot be asked."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and within which limits the hosts are looked at.

    The fallback is asked only when the primary has not answered within `head_start_s`: while all is well, nobody
    pays for a look at it.
    """

    interval_s: float
    often_for_s: float
    limit_s: float
    head_start_s: float

    @property
    def reuse_s(self) -> float:
        """Give how old a finding may be that is given again."""
        return min(1.0, self.interval_s / 2)


@dataclass(slots=True)
class Record:
    """What chats have met: who answered last, and what went wrong with the primary since it last went well."""

    served_by: ServedBy | None = None
    served_at: datetime | None = None
    failed: Reason | None = None
    failed_status: int | None = None


class LlmState:
    """Looks at the primary's host and, where needed, at the fallback's; `view` is what follows.

    `since` moves only when the path changes, so that a poller can see how long a warming has lasted.
    """

    def __init__(
        self,
        primary: ModelHost,
        fallback: ModelHost | None,
        *,
        clock: Clock,
        log: Log,
        pace: Pace,
        enabled: bool = True,
    ) -> None:
        self.primary = primary
        self.fallback = fallback
        self.enabled = enabled
        self.record = Record()
        self.view: LlmView | None = None
        self._clock = clock
        self._log = log
        self._pace = pace
        self._lost_at = clock.monotonic()
        self._bounded = Bounded()
        self._shared = Shared(self._look, clock=clock, reuse_s=pace.reuse_s)

    async def look(self, *, anew: bool = False) -> LlmView:
        """Give the present state; with `anew` one that no older look has found."""
        await self._shared.get(anew=anew)
        assert self.view is not None  # noqa: S101 - a look leaves a view
        return self.view

    async def for_chat(self) -> LlmView:
        """Give the state that a chat goes by. Only where nobody would answer is it worth a look of its own."""
        view = self.view
        return view if view is not None and view.serving is not None else await self.look()

    def served(self, by: ServedBy) -> None:
        """Take note of an answer."""
        self.record.served_by, self.record.served_at = by, self._clock.now()
        if by == "primary":
            self.record.failed = self.record.failed_status = None

    def failed(self, error: ServiceError) -> None:
        """Take note of a chat that the primary failed."""
        self.record.failed = reason_of(error)
        self.record.failed_status = error.upstream_status if isinstance(error, UpstreamError) else None

    async def poll(self) -> None:
        """Look again and again, until cancelled: what arrives or goes is noticed without anyone asking."""
        while True:
            await self.look()
            await asyncio.sleep(self.next_look_in())

    def next_look_in(self) -> float:
        """Give the seconds to the poller's next look: it never ends, and slows down for a model that does not come."""
        view = self.view
        waited = self._clock.monotonic() - self._lost_at
        often = view is None or view.path == "primary" or waited < self._pace.often_for_s
        return self._pace.interval_s * (1 if often else _SLOWER)

    async def close(self) -> None:
        """End what is still under way."""
        await self._shared.close()
        await self._bounded.close()

    async def _look(self) -> None:
        started, at = self._clock.monotonic(), self._clock.now()
        primary, fallback = await self._both()
        path, serving = decide(primary, fallback)
        before, now = self.view, self._clock.monotonic()
        if before is not None and before.path == "primary" and path != "primary":
            self._lost_at = now
        same = before is not None and before.path == path
        since = before.since if before is not None and same else self._clock.now()
        if not same:
            write = self._log.info if path == "primary" else self._log.warning
            write("llm path", path=path, serving=serving, reason=primary.reason)
        self.view = LlmView(path, serving, since, primary, fallback, at, (now - started) * 1000)

    async def _both(self) -> tuple[Seen, Seen | None]:
        if self.fallback is None:
            return await self._primary(), None
        primary = asyncio.create_task(self._primary())
        try:
            await asyncio.wait({primary}, timeout=self._pace.head_start_s)
            if primary.done() and primary.result().present is True:
                return primary.result(), None
            fallback = await self._seen(self.fallback)
            return await primary, fallback
        finally:
            primary.cancel()

    async def _primary(self) -> Seen:
        if not self.enabled:
            return Seen(None, reason="disabled", code="llm_disabled", why="the primary is switched off")
        return await self._seen(self.primary)

    async def _seen(self, host: ModelHost) -> Seen:
        limit_s = self._pace.limit_s
        try:
            models = await self._bounded.run(host.models, limit_s)
        except TimeoutError:
            return Seen(None, reason="timeout", code="llm_timeout", why=f"timed out after {limit_s:g} s")
        except ServiceError as error:
            status = error.upstream_status if isinstance(error, UpstreamError) else None
            reason, code, why = reason_of(error), error.code, error.detail
            if reason == "model_missing":
                # It is the list that is missing, not a model: the address is wrong.
                reason, code, why = "http_4xx", UpstreamError.code, "the language model's side has no list of models"
            return Seen(None, (), reason, status, code, why)
        except Exception:  # noqa: BLE001 - whatever a look raises is a finding, and its text may hold secrets
            return Seen(None, (), "connect_error", None, UpstreamError.code, "failed in a way that was not foreseen")
        if models.present:
            return Seen(True, models.names)
        code, why = ModelMissing.code, f"model {host.model} is not there yet"
        return Seen(False, models.names, "model_missing", None, code, why)

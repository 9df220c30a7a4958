"""The engine: a thread with its own event loop takes what is planned while pytest runs and reports."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from opscheck.engine.budget import HostBudget, Spent
from opscheck.engine.lanes import Lanes
from opscheck.engine.options import EngineOptions
from opscheck.engine.plan import Plan
from opscheck.engine.preflight import Preflight
from opscheck.engine.prober import Means, Prober
from opscheck.engine.share import CannotShare, Share
from opscheck.engine.spec import Key, Planned
from opscheck.model import Host, Kind, Limits, Unmeasured
from opscheck.probes.http import HttpClient
from opscheck.probes.limits import Caps

_STOPPING: Final = 5.0  # seconds for the loop to close its connections


@dataclass(frozen=True, slots=True)
class Broken:
    """The observation's own code raised: a mistake in the suite, told as such and never as a verdict."""

    error: str


@dataclass(slots=True)
class Engine:
    """Takes observations. Made and asked by one thread, works in another.

    Attributes:
        hosts: by name, with their real addresses.
        given: root causes known beforehand, by host name.
        refusal: why nothing may be changed on a host at this moment; empty where it may. Asked before each change.
    """

    options: EngineOptions
    hosts: Mapping[str, Host]
    share: Share
    given: Mapping[str, Unmeasured] = field(default_factory=dict)
    refusal: Callable[[Host], str] = lambda _: ""
    budgets: dict[str, HostBudget] = field(default_factory=dict)
    _futures: dict[Key, Future[Any]] = field(default_factory=dict)
    _dependants: dict[Key, list[Planned]] = field(default_factory=dict)
    _missing: dict[Key, int] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _taking: set[asyncio.Task[Any]] = field(default_factory=set)
    _elsewhere: dict[Key, Planned] = field(default_factory=dict)
    _asked: set[Key] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _lanes: Lanes = field(init=False)
    _means: Means = field(init=False)
    _lane_held: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        workers = self.share.workers
        in_flight = max(1, self.options.concurrency // workers)
        for name, host in self.hosts.items():
            limits = host.limits
            mine = Limits(max(1, limits.concurrency // workers), limits.requests_per_second / workers, limits.tokens)
            self.budgets[name] = HostBudget(mine)
        self._lanes = Lanes(in_flight, {name: budget.limits.concurrency for name, budget in self.budgets.items()})
        caps = Caps(timeout=self.options.timeout, connect_timeout=min(5.0, self.options.timeout))
        client = HttpClient(caps=caps, user_agent=self.options.user_agent)
        preflight = Preflight(client, self.share, self.options.preflight_timeout, self.options.control, self.given)
        self._means = Means(client, self.share, preflight, caps, self.options.ceiling)

    def start(self, plan: Plan) -> None:
        """Begin to take everything planned; returns at once."""
        planned = list(plan.planned.values())
        if self.share.rank and planned:
            # Workers begin at different places, so that they share the work instead of meeting at every claim.
            cut = len(planned) * self.share.rank // self.share.workers
            planned = planned[cut:] + planned[:cut]
        self._thread = threading.Thread(target=self._run, name="opscheck-engine", daemon=True)
        self._thread.start()
        self.more(planned)

    def more(self, planned: Sequence[Planned]) -> None:
        """Take these as well; those already known are left alone."""
        new = [one for one in planned if one.key not in self._futures]
        for one in new:
            self._futures[one.key] = Future()
        self._loop.call_soon_threadsafe(self._queue, new)

    def result(self, key: Key, timeout: float | None = None) -> Any:  # noqa: ANN401 - what the observation gives
        """What was observed, an Unmeasured, or Broken. Waits for it.

        Raises:
            TimeoutError: it is not there yet after `timeout` seconds.
        """
        future = self._futures[key]
        if self.share.workers > 1 and not future.done():
            self._loop.call_soon_threadsafe(self._wanted, key)
        return future.result(timeout)

    def ask(self, host: Host, take: Callable[[Prober], Awaitable[Any]]) -> Future[Any]:
        """Observe on the fly, within the host's limits and the run's memory."""
        prober = Prober(self.hosts[host.name], self._means, self.budgets[host.name])

        async def bounded() -> Any:  # noqa: ANN401 - what take gives
            try:
                async with asyncio.timeout(self.options.deadline):
                    return await take(prober)
            except TimeoutError:
                return self._too_late(host)

        return asyncio.run_coroutine_threadsafe(bounded(), self._loop)

    def known(self) -> Mapping[Key, object]:
        """The keys that were planned and are still wanted."""
        return self._futures

    def forget(self, key: Key) -> None:
        """No test wants this result any more."""
        self._futures.pop(key, None)

    def pending(self) -> tuple[int, int]:
        """Observations not yet there, and how many are known at all; for a progress line."""
        futures = list(self._futures.values())
        return sum(not future.done() for future in futures), len(futures)

    def spent(self) -> dict[str, Spent]:
        """What was spent so far in this process, by host."""
        return {name: budget.spent for name, budget in self.budgets.items()}

    def stop(self, *, hurry: bool = False) -> None:
        """End everything under way, close the connections, end the thread.

        Args:
            hurry: the run was broken off: do not finish what other workers wait for.
        """
        if self._thread is None:
            self._loop.close()
            return
        try:
            patience = 0 if hurry else self.options.deadline
            asyncio.run_coroutine_threadsafe(self._shut(patience), self._loop).result(patience + _STOPPING)
        except TimeoutError:
            return  # an observation blocks the loop; its thread is a daemon, and the report has to be written
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOPPING)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _shut(self, patience: float) -> None:
        self._lanes.close()
        if self.share.workers > 1 and self._taking:
            # Other workers wait for what this one has begun; what it has not begun they take themselves.
            await asyncio.wait(self._taking, timeout=patience)
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._means.client.aclose()

    def _queue(self, planned: Sequence[Planned]) -> None:
        ready = []
        for one in planned:
            open_inputs = {key for key in one.inputs.values() if not self._futures[key].done()}
            self._missing[one.key] = len(open_inputs)
            for key in open_inputs:
                self._dependants.setdefault(key, []).append(one)
                if key in self._elsewhere:
                    self._wanted(key)
            if not open_inputs:
                ready.append(one)
        self._lanes.add(ready)
        self._hold_lane()
        self._pump()

    def _hold_lane(self) -> None:
        """Keep other workers' serial lanes waiting for as long as this worker's concurrent lane is busy."""

        async def hold() -> None:
            async with self.share.alone(exclusive=False):
                while not self._lanes.drained:  # noqa: ASYNC110 - a look at the lanes, which know no waiters
                    await asyncio.sleep(0.01)

        if self.share.workers > 1 and not self._lanes.drained and self._lane_held is None:
            self._lane_held = self._loop.create_task(hold())
            self._lane_held.add_done_callback(lambda _: setattr(self, "_lane_held", None))

    def _pump(self) -> None:
        while (one := self._lanes.next()) is not None:
            if self.share.claim(one.key):
                self._spawn(self._do(one))
                continue
            self._lanes.done(one)
            self._elsewhere[one.key] = one
            if one.key in self._asked or one.key in self._dependants:
                self._wanted(one.key)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, one: Planned) -> None:
        """Take what was claimed; its place in the lane is free afterwards."""
        try:
            await self._settled(one, self.share.fulfil(one.key, lambda: self._in_lane(one)))
        finally:
            self._lanes.done(one)
        self._pump()

    def _wanted(self, key: Key) -> None:
        """A test or another observation waits for this; read it where another worker takes it."""
        one = self._elsewhere.pop(key, None)
        if one is None:
            self._asked.add(key)
        else:
            self._spawn(self._read(one))

    async def _read(self, one: Planned) -> None:
        """Wait for another worker's result, in no lane; take over where that worker died."""
        await self._settled(one, self.share.once(one.key, lambda: self._take(one)))
        self._pump()

    async def _settled(self, one: Planned, taking: Awaitable[Any]) -> None:
        try:
            seen = await taking
        except Exception as error:  # noqa: BLE001 - a result that cannot be shared must not leave its tests waiting
            seen = Broken(f"{type(error).__name__}: {error}")
        if isinstance(seen, CannotShare):
            seen = Broken(f"what it saw cannot be handed to other workers: {seen.error}")
        self._settle(one, seen)

    def _settle(self, one: Planned, seen: object) -> None:
        future = self._futures.get(one.key)
        if future is not None:
            future.set_result(seen)
        ready = []
        for waiting in self._dependants.pop(one.key, []):
            self._missing[waiting.key] -= 1
            if not self._missing[waiting.key]:
                ready.append(waiting)
        self._lanes.add(ready, first=True)

    async def _in_lane(self, one: Planned) -> Any:  # noqa: ANN401 - what the observation gives
        task = asyncio.current_task()
        if task is not None:
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)
        if not one.spec.serial:
            return await self._take(one)
        async with self.share.alone(exclusive=True):
            return await self._take(one)

    async def _take(self, one: Planned) -> Any:  # noqa: ANN401 - what the observation gives
        host = self.hosts[one.host.name]
        budget = self.budgets[host.name]
        inputs = {name: self._futures[key].result() for name, key in one.inputs.items()}
        blind = next((seen for seen in inputs.values() if isinstance(seen, Unmeasured | Broken)), None)
        if blind is not None:
            return blind
        if not self.share.reserve(f"tokens:{host.name}", one.cost.tokens, budget.limits.tokens):
            return _over_budget(one, budget.limits.tokens)
        own = {"host": host, "probe": Prober(host, self._means, budget, fresh=one.spec.serial)}
        arguments = {name: own[name] for name in one.spec.given} | inputs | dict(one.parameters)
        try:
            # Waiting for a place that other workers hold is no part of the observation's own deadline.
            async with self.share.slot(host.name, host.limits.concurrency), asyncio.timeout(self.options.deadline):
                if one.spec.mutating and (why := self.refusal(host)):
                    return Unmeasured(Kind.NOT_ALLOWED, f"not asked: {why}", host.name, datetime.now(UTC))
                return await one.spec.take(**arguments)
        except TimeoutError:
            return self._too_late(host)
        except BaseException as error:
            # pytest.skip and sys.exit as well: whatever a suite's code raises, its tests are told and nobody waits.
            if isinstance(error, asyncio.CancelledError) and (me := asyncio.current_task()) and me.cancelling():
                raise
            below = error.__traceback__.tb_next if error.__traceback__ else None
            return Broken("".join(traceback.format_exception(error.with_traceback(below), limit=-3)))

    def _too_late(self, host: Host) -> Unmeasured:
        detail = f"the observation took longer than {self.options.deadline:g} s"
        return Unmeasured(Kind.TIMEOUT, detail, host.name, datetime.now(UTC))


def _over_budget(one: Planned, limit: int) -> Unmeasured:
    detail = f"it may use {one.cost.tokens} tokens, which the budget of {limit} tokens no longer covers"
    remedy = "raise limits.tokens of the host, or select fewer checks"
    return Unmeasured(Kind.BUDGET, detail, one.host.name, datetime.now(UTC), remedy=remedy)

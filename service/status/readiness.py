"""One state of readiness for everyone who asks: the poller, the load balancer and the crowd."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ServiceError
from .dependency import Dependency, Finding, Health, NotReady

if TYPE_CHECKING:
    from ..clock import Clock


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one round of probes found."""

    findings: tuple[Finding, ...]
    taken: float

    @property
    def status(self) -> Health:
        """Say `fail` when anything that is required is missing, `warn` when something else is, else `pass`."""
        if any(finding.blocks for finding in self.findings):
            return "fail"
        return "pass" if all(finding.status == "pass" for finding in self.findings) else "warn"

    @property
    def ready(self) -> bool:
        """Say whether the main path works."""
        return self.status != "fail"


class Readiness:
    """Probes all dependencies at the same time, each within its own limit and all within one budget.

    Whoever asks while a round is under way waits for that round, and a result is given again for `reuse_s`: a
    crowd costs the dependencies no more than one caller does.
    """

    def __init__(
        self,
        dependencies: Sequence[Dependency],
        *,
        clock: Clock,
        dependency_timeout_s: float,
        budget_s: float,
        reuse_s: float = 1.0,
        told: Callable[[Snapshot], None] | None = None,
    ) -> None:
        self._dependencies = tuple(dependencies)
        self._clock = clock
        self._limit_s = min(dependency_timeout_s, budget_s)
        self._reuse_s = reuse_s
        self._told = told
        self._last: Snapshot | None = None
        self._round: asyncio.Task[Snapshot] | None = None
        self._late: set[asyncio.Task[None]] = set()

    async def snapshot(self) -> Snapshot:
        """Give the present state, at most `reuse_s` old."""
        last = self._last
        if last is not None and self._clock.monotonic() - last.taken < self._reuse_s:
            return last
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._look())
        # Shielded: a caller that goes away must not take the round from the others.
        return await asyncio.shield(self._round)

    async def poll(self, interval_s: float) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.snapshot()
            await asyncio.sleep(interval_s)

    async def close(self) -> None:
        """End what is still under way."""
        pending = [task for task in (self._round, *self._late) if task is not None and not task.done()]
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _look(self) -> Snapshot:
        findings = await asyncio.gather(*(self._finding(dependency) for dependency in self._dependencies))
        snapshot = Snapshot(tuple(findings), self._clock.monotonic())
        self._last = snapshot
        if self._told is not None:
            self._told(snapshot)
        return snapshot

    async def _finding(self, dependency: Dependency) -> Finding:
        started, at = self._clock.monotonic(), self._clock.now()
        health, output = await self._verdict(dependency)
        took_ms = (self._clock.monotonic() - started) * 1000
        blocks = health != "pass" and dependency.required
        return Finding(dependency.name, dependency.component_type, health, blocks, at, took_ms, output)

    async def _verdict(self, dependency: Dependency) -> tuple[Health, str | None]:
        bad: Health = "fail" if dependency.required else "warn"
        try:
            await self._within_limit(dependency)
        except TimeoutError:
            return bad, f"timed out after {self._limit_s:g} s"
        except NotReady as found:
            return "warn", str(found)
        except ServiceError as error:
            return bad, error.detail
        except Exception:  # noqa: BLE001 - whatever a probe raises is a finding, and its text may hold secrets
            return bad, "failed in a way that was not foreseen"
        return "pass", None

    async def _within_limit(self, dependency: Dependency) -> None:
        async def run() -> None:
            await dependency.probe()

        task = asyncio.create_task(run())
        done, _ = await asyncio.wait({task}, timeout=self._limit_s)
        if not done:
            # Cancelled but not waited for: a probe that ignores it must not hold the answer up.
            task.cancel()
            self._late.add(task)
            task.add_done_callback(self._forget)
            raise TimeoutError
        task.result()

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()

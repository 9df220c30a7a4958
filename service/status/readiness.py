"""One state of readiness for everyone who asks: the load balancer, the page, the scraper and the crowd."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..errors import ServiceError
from .dependency import Dependency, Finding, Health
from .llm_view import LlmView
from .looking import Bounded, Shared

if TYPE_CHECKING:
    from ..clock import Clock


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was found of all dependencies, and of the path to a language model where there is one."""

    findings: tuple[Finding, ...]
    llm: LlmView | None = None

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


class Llm(Protocol):
    """What readiness asks of the language model's path."""

    view: LlmView | None

    async def look(self) -> LlmView:
        """Give its present state."""


class Readiness:
    """Probes all dependencies at the same time, each within its own limit and all within one budget.

    The language model's path is not probed here but read from the state that chats go by, so that readiness never says
    anything else than what a chat would meet.
    """

    def __init__(
        self,
        dependencies: Sequence[Dependency],
        llm: Llm | None = None,
        *,
        clock: Clock,
        limit_s: float,
        reuse_s: float = 1.0,
        told: Callable[[Snapshot], None] | None = None,
    ) -> None:
        self._dependencies = tuple(dependencies)
        self._llm = llm
        self._clock = clock
        self._limit_s = limit_s
        self._told = told
        self._bounded = Bounded()
        self._shared = Shared(self._look, clock=clock, reuse_s=reuse_s)

    async def snapshot(self) -> Snapshot:
        """Give the present state."""
        if self._llm is None:
            snapshot = Snapshot(await self._shared.get())
        else:
            findings, view = await asyncio.gather(self._shared.get(), self._llm.look())
            view = self._llm.view or view  # a chat may have looked since
            llm = Finding("llm", "component", view.health, view.blocks, view.at, view.took_ms, view.why)
            snapshot = Snapshot((*findings, llm), view)
        if self._told is not None:
            self._told(snapshot)
        return snapshot

    async def close(self) -> None:
        """End what is still under way."""
        await self._shared.close()
        await self._bounded.close()

    async def _look(self) -> tuple[Finding, ...]:
        return tuple(await asyncio.gather(*(self._finding(dependency) for dependency in self._dependencies)))

    async def _finding(self, dependency: Dependency) -> Finding:
        started, at = self._clock.monotonic(), self._clock.now()
        health, output = await self._verdict(dependency)
        took_ms = (self._clock.monotonic() - started) * 1000
        blocks = health != "pass" and dependency.required
        return Finding(dependency.name, dependency.component_type, health, blocks, at, took_ms, output)

    async def _verdict(self, dependency: Dependency) -> tuple[Health, str | None]:
        bad: Health = "fail" if dependency.required else "warn"
        try:
            await self._bounded.run(dependency.probe, self._limit_s)
        except TimeoutError:
            return bad, f"timed out after {self._limit_s:g} s"
        except ServiceError as error:
            return bad, error.detail
        except Exception:  # noqa: BLE001 - whatever a probe raises is a finding, and its text may hold secrets
            return bad, "failed in a way that was not foreseen"
        return "pass", None

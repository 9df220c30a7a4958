"""Root causes: what could not be measured, and what stood blocked behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from opscheck.model import Outcome
from opscheck.report.run import Result


@dataclass(frozen=True, slots=True)
class RootCause:
    """One reason for many results: what failed at the root, and the results blocked behind it."""

    id: str
    roots: tuple[Result, ...]
    blocked: tuple[Result, ...]

    @property
    def reason(self) -> str:
        """One sentence, of the root where it was judged, else of the first that it blocked."""
        return (*self.roots, *self.blocked)[0].reason

    @property
    def remedy(self) -> str:
        """What to do, where any of them knows."""
        return next((result.remedy for result in (*self.roots, *self.blocked) if result.remedy), "")


def root_causes(results: Iterable[Result]) -> list[RootCause]:
    """Every named cause, the one that blocks most first."""
    behind: dict[str, tuple[list[Result], list[Result]]] = {}
    for result in results:
        if result.outcome is Outcome.BLOCKED:
            behind.setdefault(result.cause or "unknown cause", ([], []))[1].append(result)
        elif result.outcome is Outcome.UNMEASURED and result.cause:
            behind.setdefault(result.cause, ([], []))[0].append(result)
    found = [RootCause(name, tuple(roots), tuple(blocked)) for name, (roots, blocked) in behind.items()]
    return sorted(found, key=lambda cause: (-len(cause.blocked), cause.id))


def unmeasured_alone(results: Iterable[Result]) -> list[Result]:
    """What could not be measured for a reason of its own."""
    return [result for result in results if result.outcome is Outcome.UNMEASURED and not result.cause]

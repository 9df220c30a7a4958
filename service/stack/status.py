"""How a stack is: its containers, and what it says of itself, as a table or as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from .compose import Compose
from .docker import Container, Docker
from .environment import Stack
from .outcome import Exit
from .readiness import Told, ask_summary

_HEADS = ("SERVICE", "CONTAINER", "STATE", "HEALTH", "STARTED", "RESTARTS", "PORTS")


@dataclass(frozen=True, slots=True)
class Status:
    """What was seen. `missing` are services of the chosen profiles that have no container."""

    project: str
    compose: str
    containers: Sequence[Container]
    missing: Sequence[str]
    told: Told | None

    def exit_code(self) -> Exit:
        """Give the code that tells this state."""
        if not any(one.state == "running" for one in self.containers):
            return Exit.LLM_DOWN
        whole = not self.missing and all(one.working for one in self.containers)
        if self.told is None or (self.told.exit_code() is Exit.OK and not whole):
            return Exit.OK if whole else Exit.NOT_READY
        return self.told.exit_code()

    def as_dict(self) -> dict[str, object]:
        """Give it as a document."""
        told = self.told
        summary = {"url": told.url, "problem": told.problem, "ready": told.ready} if told else None
        llm = {"path": told.path, "model": told.model, "primary_model_present": told.model_present} if told else None
        return {
            "project": self.project,
            "compose": self.compose,
            "services": [asdict(one) for one in self.containers],
            "missing": list(self.missing),
            "summary": summary,
            "llm": llm,
            "exit": int(self.exit_code()),
        }

    def lines(self) -> Iterator[str]:
        """Give it as a table for people."""
        rows = [_HEADS, *(_row(one) for one in self.containers)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
        for row in rows if self.containers else ():
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if self.missing:
            yield f"without a container: {', '.join(self.missing)}"
        if self.told is not None:
            yield self.told.line()


def look(stack: Stack, docker: Docker, compose: Compose) -> Status:
    """Ask the engine, and where something runs the stack itself."""
    containers = docker.containers(stack.project)
    wanted = compose.services()
    missing = sorted(set(wanted) - {one.service for one in containers})
    running = any(one.state == "running" for one in containers)
    return Status(stack.project, compose.version, containers, missing, ask_summary(stack) if running else None)


def _row(one: Container) -> tuple[str, ...]:
    state = one.state if one.state == "running" else f"{one.state} ({one.exit_code})"
    return (
        one.service,
        one.name,
        state,
        one.health or "n/a",
        one.started or "never",
        str(one.restarts),
        ", ".join(one.ports) or "-",
    )

"""What a program of this machine said of some files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opscheck.model.evidence import Evidence, Json
from opscheck.model.request import Phases


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One run of a program that judges files.

    Attributes:
        command: as it was called, the program by its name.
        code: its exit code.
        output: what it wrote, the end of it where that is long.
    """

    command: tuple[str, ...]
    code: int
    output: str
    at: datetime
    phases: Phases = Phases()
    attempts: int = 1

    @property
    def lines(self) -> list[str]:
        """What it wrote, without empty lines."""
        return [line.strip() for line in self.output.splitlines() if line.strip()]

    def evidence(self) -> Evidence:
        """The command, its exit code and what it wrote."""
        details: Json = {"command": list(self.command), "code": self.code, "output": self.output[:4000]}
        told = f"{' '.join(self.command[:3])} exited with {self.code}"
        return Evidence("tool", self.command[0], self.at, told, self.phases, self.attempts, details)

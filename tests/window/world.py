"""A window to test with: a folder with a configuration and a plan, a clock that is set, runs that are written down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from opscheck.model import Outcome
from opscheck.report import RunReport, headline
from opscheck.window.calendar import Calendar
from opscheck.window.desk import Request, close_window, note, open_window
from opscheck.window.roles import Role
from opscheck.window.state import Phase, Window
from opscheck.window.store import Store
from opscheck.window.wording import parse_schedule
from tests.report.sample import RUN, result

SATURDAY = datetime(2026, 3, 7, 2, 10, tzinfo=UTC)  # within Saturday 02:00-06:00
WEEKLY = Calendar([parse_schedule("weekly", "Saturday 02:00-06:00 UTC")])
ROLES = (Role("lead", "Ana Ruiz", "Tom Ode", "Approves the scope"), Role("on-call", "Ops rotation", "Ana Ruiz"))


def run_report(*outcomes: Outcome, host: str = "prod", at: datetime = SATURDAY) -> RunReport:
    """A run with one check for each outcome."""
    results = [
        result(outcome, host=host, number=number, check="readiness", markers=("readiness",))
        for number, outcome in enumerate(outcomes)
    ]
    run = replace(RUN, id=f"run-{at:%H%M%S}-{len(outcomes)}", started=at, finished=at + timedelta(seconds=5))
    return RunReport(run, [], results)


@dataclass
class World:
    """One folder with everything that a window needs; `now` is what the clock says."""

    folder: Path
    now: datetime = SATURDAY

    def __post_init__(self) -> None:
        (self.folder / "prometheus.yml").write_text("global:\n  scrape_interval: 15s\n")
        (self.folder / "rollback.md").write_text("Start the old image again.\n")

    @property
    def windows(self) -> Path:
        """Where the windows are kept."""
        return self.folder / "reports" / "windows"

    def store(self, name: str = "w1") -> Store:
        """A window's store."""
        return Store(self.windows / name)

    def request(self, name: str = "w1", **changes: object) -> Request:
        """Everything that a window needs, but for what `changes` says."""
        asked = Request(
            name=name,
            hosts=("prod",),
            calendar=WEEKLY,
            roles=ROLES,
            announced="#ops-shared",
            rollback="rollback.md",
            snapshot=("prometheus.yml",),
            escalation=("On-call engineer, phone bridge",),
            base=self.folder,
        )
        return replace(asked, **changes)  # type: ignore[arg-type]

    def open(self, name: str = "w1", **changes: object) -> Window:
        """Open a window."""
        return open_window(self.store(name), self.request(name, **changes), now=self.now, by="ana")

    def later(self, minutes: float) -> datetime:
        """Set the clock forward."""
        self.now += timedelta(minutes=minutes)
        return self.now

    def ran(self, phase: Phase, report: RunReport, name: str = "w1", *, code: int = 0) -> None:
        """Keep a run as `window run` does when its process has ended."""
        store = self.store(name)
        with store.locked():
            number = len([one for one in store.read().entries if one.kind == "run"]) + 1
            kept = store.keep(f"runs/{number:03}-{phase}.json", json.dumps(report.as_dict()).encode())
            told = {"phase": phase.value, "decision": report.decision.value, "headline": headline(report)}
            data = {**kept, **told, "run": report.run.id, "exit_code": code}
            store.append(at=self.now, by="ana", kind="run", data=data)

    def logged(self, text: str, *, deviation: bool = False, name: str = "w1") -> None:
        """Log a step."""
        note(self.store(name), text, now=self.now, by="tom", deviation=deviation)

    def close(self, name: str = "w1", **told: str) -> Window:
        """Close a window."""
        closing = {"communicated": "#ops-shared", "lessons": "none this time, the plan held", "tracker": "", **told}
        return close_window(self.store(name), closing, now=self.now, by="ana")

    def whole(
        self,
        before: Sequence[Outcome] = (Outcome.PASS,) * 3,
        after: Sequence[Outcome] = (Outcome.PASS,) * 3,
        name: str = "w1",
    ) -> Window:
        """A window from its opening to its close, minute by minute."""
        self.open(name)
        self.later(1)
        self.ran(Phase.BEFORE, run_report(*before, at=self.now), name)
        self.later(5)
        self.logged("Stopped the scraper", name=name)
        self.later(40)
        self.logged("The migration took longer: disk at 94 %", deviation=True, name=name)
        self.later(2)
        self.ran(Phase.AFTER, run_report(*after, at=self.now), name)
        self.later(1)
        return self.close(name)

"""A clock that the test moves, rounds that it writes, and a history that it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from opscheck.model import Outcome
from opscheck.report.run import HostInfo, Result, RunInfo, RunReport
from opscheck.watch.incidents import Event, Incident
from opscheck.watch.recorder import Recorder
from opscheck.watch.rounds import Round
from opscheck.watch.view import Board, View
from opscheck.watch.watcher import Parts, Watcher

START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """Time that passes when somebody waits, or when the test says so.

    `at` holds what happens once that much time has passed: `(seconds, what)`.
    """

    wall: datetime = START
    passed: float = 1000.0
    slept: float = 0.0
    stops: bool = False
    at: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def now(self) -> datetime:
        """The wall clock."""
        return self.wall

    def elapsed(self) -> float:
        """The steady one."""
        return self.passed

    def asleep(self) -> float:
        """Seconds asleep."""
        return self.slept

    def wait_until(self, elapsed: float) -> bool:
        """Time passes at once."""
        self.pass_by(max(elapsed - self.passed, 0.0))
        return not self.stops

    def pass_by(self, seconds: float) -> None:
        """Both clocks go on."""
        self.passed += seconds
        self.wall += timedelta(seconds=seconds)
        due, self.at = [one for one in self.at if one[0] <= self.passed], [o for o in self.at if o[0] > self.passed]
        for _, happens in due:
            happens()

    def sleep(self, seconds: float) -> None:
        """The machine sleeps."""
        self.slept += seconds
        self.pass_by(seconds)

    def set(self, seconds: float) -> None:
        """Somebody sets the wall clock forward, or back."""
        self.wall += timedelta(seconds=seconds)


def result(outcome: Outcome = Outcome.PASS, check: str = "legacy_hits", host: str = "prod", **more: object) -> Result:
    """A result."""
    fields: dict[str, object] = {
        "id": f"test_{check}[{host}]",
        "markers": ("legacy",),
        "reason": "" if outcome is Outcome.PASS else f"{check} is {outcome.value}",
        **more,
    }
    return Result(check=check, host=host, outcome=outcome, **fields)  # type: ignore[arg-type] # as they are named


def report(
    results: Sequence[Result],
    started: datetime,
    seconds: float,
    number: int = 0,
    argv: Sequence[str] = ("opscheck", "run"),
    **more: object,
) -> RunReport:
    """A report of these results."""
    info = RunInfo(f"run-{number}", started, started + timedelta(seconds=seconds), "0.1.0", tuple(argv))
    hosts = [HostInfo(name, "live", "reference") for name in sorted({one.host for one in results})]
    return RunReport(info, hosts, results, **more)  # type: ignore[arg-type] # as they are named


@dataclass
class FakeRounds:
    """Rounds that take `seconds`, and find what `found` says for their number (from 1): results, or why they fail."""

    clock: FakeClock
    found: Callable[[int], Sequence[Result] | str] = lambda _: [result()]
    seconds: Callable[[int], float] = lambda _: 2.0
    count: int = 0
    under_way: bool = False

    def run(self) -> Round:
        """One round."""
        assert not self.under_way
        self.under_way = True
        self.count += 1
        started, before = self.clock.now(), self.clock.elapsed()
        self.clock.pass_by(self.seconds(self.count))
        took = self.clock.elapsed() - before
        found = self.found(self.count)
        self.under_way = False
        if isinstance(found, str):
            code = int(found.removeprefix("exit ")) if found.startswith("exit ") else None
            return Round(started, self.clock.now(), took, failure=f"the round {found}", code=code, said=("why",))
        return Round(started, self.clock.now(), took, report(found, started, took, self.count), code=0)


@dataclass
class FakeHistory:
    """Keeps what is appended; out of order while `broken` says so."""

    kept: list[RunReport] = field(default_factory=list)
    broken: str = ""
    sources: set[str] = field(default_factory=set)

    def append(self, report: RunReport, *, source: str = "run") -> None:
        """Take one."""
        if self.broken:
            raise OSError(self.broken)
        self.kept.append(report)
        self.sources.add(source)

    def samples(self) -> list[RunReport]:
        """Those that are no gaps."""
        return [one for one in self.kept if one.results]

    def gaps(self) -> list[RunReport]:
        """Those that are."""
        return [one for one in self.kept if not one.results]


@dataclass
class Told:
    """Receivers that keep what they are told."""

    events: list[Event] = field(default_factory=list)
    open: list[Incident] = field(default_factory=list)

    def tell(self, events: Iterable[Event], incidents: Iterable[Incident], at: datetime) -> None:  # noqa: ARG002 - theirs
        """Take it."""
        self.events += events
        self.open = list(incidents)


@dataclass
class Watch:
    """A watch of fakes."""

    clock: FakeClock = field(default_factory=FakeClock)
    history: FakeHistory = field(default_factory=FakeHistory)
    told: Told = field(default_factory=Told)
    lines: list[str] = field(default_factory=list)
    patience: int = 2
    before: Callable[[], Sequence[Incident]] = tuple

    def __post_init__(self) -> None:
        self.rounds = FakeRounds(self.clock)
        self.board = Board(View("-m legacy", self.clock.now(), self.clock.now(), 30.0))

    def watcher(self, *, every: float = 30.0, length: float | None = 86_400.0) -> Watcher:
        """The watcher."""
        recorder = Recorder(self.history, self.lines.append)
        parts = Parts(
            self.clock,
            self.rounds,
            recorder,
            self.board,
            self.told,
            180.0,
            self.lines.append,
            patience=self.patience,
            before=self.before,
        )
        return Watcher(parts, every=every, length=length)

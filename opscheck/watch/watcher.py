"""The watch itself: a round when one is due, what it found to history, page and receivers, and every gap told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from opscheck.model import Outcome
from opscheck.report.prometheus import Family, families_of
from opscheck.report.run import RunReport
from opscheck.report.summary import headline
from opscheck.watch.clock import Clock
from opscheck.watch.incidents import Event, Incident, Incidents
from opscheck.watch.outcome import Total
from opscheck.watch.overruns import Overruns
from opscheck.watch.problems import ROUNDS, Problem, gravest, no_rounds, problems
from opscheck.watch.recorder import Recorder
from opscheck.watch.rounds import Gap, Round, Rounds, Why
from opscheck.watch.schedule import Grid
from opscheck.watch.view import Board, Counts, Now, WindowView

_STEP: Final = 2.0  # seconds by which the wall clock may drift from the steady one within a round
_GAPS: Final = 200  # that are kept to be shown
_SLACK: Final = 30.0  # seconds, before whatever takes longer than planned counts as stuck


class Receivers(Protocol):
    """Whoever is told of incidents."""

    def tell(self, events: Sequence[Event], incidents: Sequence[Incident], at: datetime) -> None:
        """Take over what there is to tell; never waits for a receiver."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a watch is made of.

    Attributes:
        limit: seconds that a round may take.
        say: prints one line.
        windows: the maintenance windows that are open now.
        before: incidents that an earlier watch left open, once they are known; each is given once.
        patience: rounds in a row that it takes to open or close an incident.
        version, argv: of opscheck, and the command of this watch, for what is recorded.
    """

    clock: Clock
    rounds: Rounds
    recorder: Recorder
    board: Board
    receivers: Receivers
    limit: float
    say: Callable[[str], None]
    windows: Callable[[], Sequence[WindowView]] = field(default=tuple)
    before: Callable[[], Sequence[Incident]] = field(default=tuple)
    patience: int = 2
    version: str = ""
    argv: Sequence[str] = ("opscheck", "watch")


@dataclass(slots=True)
class _Tick:
    """Both clocks at one moment, to see what happened to them until the next."""

    wall: datetime
    elapsed: float
    asleep: float


class Watcher:
    """Runs rounds on a grid, one at a time."""

    def __init__(self, parts: Parts, *, every: float, length: float | None) -> None:
        self._parts = parts
        self._grid = Grid(parts.clock.elapsed(), every, length)
        self._incidents = Incidents(parts.patience)
        self._total = Total()
        self._counts = Counts()
        self._gaps: deque[Gap] = deque(maxlen=_GAPS)
        self._families: Sequence[Family] = ()
        self._tick = self._look()
        self._overruns = Overruns(every)
        self._began = 0.0
        self._slot = 0
        self._told = ""
        self._told_at = parts.clock.elapsed()

    def run(self) -> Total:
        """Watch until the end of the time, or the request to stop."""
        slot = 0
        while not self._grid.over(slot):
            if not self._wait(slot):
                self._total.stopped = True
                break
            slot = self._slot = self._latest(slot)
            done = self._round(slot)
            if done.stopped:
                self._total.stopped = True
                break
            self._take(done)
            if self._total.refused:
                break
            slot = self._advance(slot)
        self._parts.recorder.flush()
        self._total.unrecorded = self._parts.recorder.pending + self._parts.recorder.lost
        return self._total

    def _wait(self, slot: int) -> bool:
        due = self._grid.due(slot)
        self._parts.board.expect("waiting for the next round", due + _SLACK)
        return self._parts.clock.wait_until(due)

    def _latest(self, slot: int) -> int:
        """The slot that is due now: those that passed while the machine slept are gaps."""
        slept, stepped = self._clocks()
        if stepped:
            self._gap(Gap(self._tick.wall, self._tick.wall, 0, Why.CLOCK, f"the clock was set {_signed(stepped)}"))
        now = self._grid.following(slot - 1, self._parts.clock.elapsed())
        if self._grid.last is not None:
            now = min(now, self._grid.last)
        if now > slot:
            told = f"the machine slept for {_span(slept)}" if slept else "the watcher was held up"
            self._missed(slot, now - slot, Why.ASLEEP if slept else Why.OVERRUN, told)
        return now

    def _clocks(self) -> tuple[float, float]:
        """Seconds asleep, and seconds by which the wall clock was set, since the last look."""
        before, self._tick = self._tick, self._look()
        passed = self._tick.elapsed - before.elapsed
        stepped = (self._tick.wall - before.wall).total_seconds() - passed
        slept = self._tick.asleep - before.asleep
        return (slept if slept > 1 else 0.0), (stepped if abs(stepped) > _STEP else 0.0)

    def _look(self) -> _Tick:
        clock = self._parts.clock
        return _Tick(clock.now(), clock.elapsed(), clock.asleep())

    def _round(self, slot: int) -> Round:
        clock = self._parts.clock
        late = max(clock.elapsed() - self._grid.due(slot), 0.0)
        self._counts = replace(self._counts, late=late, latest=max(self._counts.latest, late))
        self._total.late(late)
        self._began = clock.elapsed()
        self._parts.board.expect("in a round", self._began + self._parts.limit + _SLACK)
        return self._parts.rounds.run()

    def _take(self, done: Round) -> None:
        """What became of a round, to everyone."""
        self._parts.board.expect("recording a round", self._parts.clock.elapsed() + _SLACK)
        if done.report is None:
            self._failed(done)
        else:
            self._found(done.report, done)
        self._publish()

    def _failed(self, done: Round) -> None:
        if done.refused and not self._counts.rounds:
            self._total.refused = done
            return
        self._counts = replace(self._counts, failed=self._counts.failed + 1)
        self._total.failed += 1
        self._missed(self._slot, 1, Why.FAILED, done.failure)
        for line in done.said:
            self._parts.say(f"  {line}")
        self._tell({ROUNDS: no_rounds(done.failure)}, {}, done.finished, whole=False)

    def _found(self, report: RunReport, done: Round) -> None:
        board = self._parts.board
        self._counts = replace(self._counts, rounds=self._counts.rounds + 1)
        self._total.add(report)
        self._parts.recorder.record(report)
        if report.incomplete:
            self._gap(Gap(done.started, done.finished, 0, Why.INCOMPLETE, report.incomplete), record=False)
        found = problems(report.results, report.triage)
        if done.doubt:
            found[ROUNDS] = no_rounds(done.doubt)
            for line in done.said:
                self._parts.say(f"  {line}")
        now = gravest(report.results)
        with board.past_lock:
            board.past.take(report.results, report.run.started)
        whole, certain = not report.incomplete, not done.doubt
        self._tell(found, now, report.run.finished, whole=whole, certain=certain)
        self._families = families_of(report)
        reasons = {(one.host, one.check): one.reason for one in report.results if one.outcome is not Outcome.PASS}
        view = replace(
            board.view,
            decision=report.decision.value,
            headline=headline(report),
            finished=done.finished,
            finished_elapsed=self._parts.clock.elapsed(),
            hosts=board.view.hosts | {one.name for one in report.hosts} | {host for host, _ in now},
            now={place: Now(outcome, reasons.get(place, "")) for place, outcome in now.items()},
        )
        board.publish(view)
        self._say_round(report)

    def _tell(
        self,
        found: Mapping[str, Problem],
        now: Mapping[tuple[str, str], Outcome],
        at: datetime,
        *,
        whole: bool,
        certain: bool = True,
    ) -> None:
        board = self._parts.board
        self._incidents.resume(self._parts.before())
        events = self._incidents.take(found, now, at, whole=whole, certain=certain)
        with board.past_lock:  # what history knows began before the watch did
            known = {one.problem.key: board.past.bad_since(one.problem.places) for one in self._incidents.open()}
        for key, since in known.items():
            incident = self._incidents.known[key]
            if since is not None and since < incident.since:
                self._incidents.known[key] = replace(incident, since=since)
        events = [
            replace(one, incident=self._incidents.known.get(one.incident.problem.key, one.incident))
            if one.firing
            else one
            for one in events
        ]
        self._parts.receivers.tell(events, self._incidents.open(), at)
        for event in events:
            problem = event.incident.problem
            where = " on ".join(part for part in (problem.check or problem.cause or "rounds", problem.host) if part)
            self._parts.say(f"{_clock(at)} {'open' if event.firing else 'over'}: {where}: {problem.reason}")

    def _say_round(self, report: RunReport) -> None:
        """A line when something changes, and one an hour, so that silence means something."""
        clock, told = self._parts.clock, headline(report)
        if told != self._told or clock.elapsed() - self._told_at >= 3600:
            self._parts.say(f"{_clock(report.run.finished)} round {self._counts.rounds}: {told}")
            self._told, self._told_at = told, clock.elapsed()

    def _advance(self, slot: int) -> int:
        """The next slot; those that a round ran over are gaps."""
        slept, stepped = self._clocks()
        if stepped:
            self._gap(Gap(self._tick.wall, self._tick.wall, 0, Why.CLOCK, f"the clock was set {_signed(stepped)}"))
        following = self._grid.following(slot, self._parts.clock.elapsed())
        over = following - slot - 1
        if over > 0:
            why = Why.ASLEEP if slept else Why.OVERRUN
            told = f"the machine slept for {_span(slept)}" if slept else "the round before took longer than that"
            self._missed(slot + 1, over, why, told, took=self._parts.clock.elapsed() - self._began)
        return following

    def _missed(self, first: int, slots: int, why: Why, told: str, *, took: float = 0.0) -> None:
        """Slots without samples, from when the first of them was due until now; `took`: what a round took over them."""
        self._counts = replace(self._counts, missed=self._counts.missed + slots)
        self._total.missed += slots
        clock = self._parts.clock
        now = clock.now()
        ago = max(clock.elapsed() - self._grid.due(first), 0.0)
        self._gap(Gap(now - timedelta(seconds=ago), now, slots, why, told), took=took)

    def _gap(self, gap: Gap, *, record: bool = True, took: float = 0.0) -> None:
        self._gaps.append(gap)
        self._total.gaps += 1
        overrun = took > 0 and gap.why is Why.OVERRUN
        line = self._overruns.line(gap, took, self._parts.clock.elapsed()) if overrun else gap.line()
        if line:
            self._parts.say(line)
        if record:
            self._parts.recorder.record(gap.report(self._parts.version, self._parts.argv))

    def _publish(self) -> None:
        board, recorder = self._parts.board, self._parts.recorder
        board.publish(
            replace(
                board.view,
                version=board.view.version + 1,
                at=self._parts.clock.now(),
                counts=self._counts,
                gaps=tuple(self._gaps),
                incidents=tuple(self._incidents.open()),
                windows=tuple(self._parts.windows()),
                families=self._families,
                history_error=recorder.error,
            )
        )


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _span(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


def _signed(seconds: float) -> str:
    return f"{'forward' if seconds > 0 else 'back'} by {_span(abs(seconds))}"

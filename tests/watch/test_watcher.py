"""A day of watching in milliseconds: the grid, gaps of every kind, clocks that are set, history that is down."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opscheck.model import Outcome
from opscheck.report.summary import Decision
from opscheck.watch.incidents import Event, Incident
from opscheck.watch.rounds import Round
from tests.watch.fakes import START, FakeClock, FakeHistory, Watch, result

DAY = 86_400.0


def test_a_day_is_covered_from_its_first_second_to_its_last() -> None:
    """24 hours every 30 s are 2,881 rounds: one at the start, one at the end, none late, each recorded once."""
    watch = Watch()
    began = time.monotonic()

    total = watch.watcher().run()

    samples = watch.history.samples()
    assert len(samples) == watch.rounds.count == total.rounds == 2881
    assert samples[0].run.started == START
    assert samples[-1].run.started == START + timedelta(hours=24)
    assert {after.run.started - before.run.started for before, after in itertools.pairwise(samples)} == {
        timedelta(seconds=30)
    }
    assert watch.history.gaps() == []
    assert watch.history.sources == {"watch"}
    assert total.exit_code(endless=False) == 0
    assert time.monotonic() - began < 20


def test_rounds_do_not_drift() -> None:
    """However long each takes below the interval, the last one begins on the grid."""
    watch = Watch()
    watch.rounds.seconds = lambda number: 0.1 + number % 29

    watch.watcher(length=3600).run()

    assert {one.run.started.timestamp() % 30 for one in watch.history.samples()} == {0.0}


def test_a_round_that_overruns_skips_and_tells() -> None:
    """The next one is taken at once where it is due, what lies between is a gap, and never are there two at a time."""
    watch = Watch()
    watch.rounds.seconds = lambda number: 100.0 if number == 2 else 2.0

    total = watch.watcher(length=300).run()

    starts = [(one.run.started - START).total_seconds() for one in watch.history.samples()]
    assert starts == [0, 30, 130, 150, 180, 210, 240, 270, 300]
    assert total.missed == 2
    (gap,) = watch.history.gaps()
    assert gap.incomplete == "the round before took longer than that"
    # The round of second 30 lasted until 130: what was due at 60 and 90 was not sampled.
    assert (gap.run.started, gap.run.finished) == (START + timedelta(seconds=60), START + timedelta(seconds=130))
    assert total.decision(endless=False) is Decision.UNMEASURED
    assert max(total.lateness) == pytest.approx(10)


def test_a_machine_asleep_is_a_gap_and_no_zero() -> None:
    """Five hours asleep: 600 slots without samples, told with their reason, and not made up for afterwards."""
    watch = Watch()
    watch.clock.at = [(1000.0 + 3605, lambda: watch.clock.sleep(5 * 3600))]

    total = watch.watcher().run()

    gaps = watch.history.gaps()
    assert total.missed == 600
    assert total.rounds + total.missed == 2881
    assert len(gaps) == 1
    assert "the machine slept for 5:00:00" in gaps[0].incomplete
    assert gaps[0].run.finished - gaps[0].run.started >= timedelta(hours=4, minutes=59)
    assert gaps[0].decision is Decision.UNMEASURED
    assert watch.board.view.gaps[0].why == "asleep"
    assert total.exit_code(endless=False) == 30


@pytest.mark.parametrize("step", [3600.0, -3600.0, 90_000.0, -90_000.0])
def test_a_clock_that_is_set_moves_no_round(step: float) -> None:
    """Forward or back: as many rounds as without, 30 s apart by the steady clock, and the step is told."""
    watch = Watch()
    watch.clock.at = [(1000.0 + 3600, lambda: watch.clock.set(step))]

    total = watch.watcher().run()

    assert total.rounds == 2881
    assert total.missed == 0
    told = [one.incomplete for one in watch.history.gaps()]
    assert len(told) == 1
    assert told[0].startswith("the clock was set forward by" if step > 0 else "the clock was set back by")


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_daylight_saving_is_no_gap(day: datetime) -> None:
    """On the days with 23 and 25 hours in Berlin a watch of 24 hours has 24 hours."""
    watch = Watch(FakeClock(wall=day.astimezone(ZoneInfo("Europe/Berlin")).astimezone(UTC)))

    total = watch.watcher(every=60).run()

    assert total.rounds == 1441
    assert watch.history.gaps() == []


def test_a_failed_round_is_a_gap_and_an_incident() -> None:
    """Rounds without a report: told, recorded as gaps, an incident after two in a row, resolved after two good ones."""
    watch = Watch()
    watch.rounds.found = lambda number: "did not end within 180 s and was stopped" if 5 <= number <= 8 else [result()]

    total = watch.watcher(length=600).run()

    assert (total.rounds, total.failed, total.missed) == (17, 4, 4)
    assert len(watch.history.gaps()) == 4
    assert [(one.firing, one.incident.problem.key) for one in watch.told.events] == [
        (True, "watch/rounds"),
        (False, "watch/rounds"),
    ]
    assert total.exit_code(endless=True) == 30
    assert any("did not end within 180 s" in line for line in watch.lines)


def test_a_round_that_ended_badly_heals_nothing() -> None:
    """Green checks in a round whose process failed: UNMEASURED, an incident of its own, and the other one stays."""
    watch = Watch()
    watch.rounds.found = lambda number: [result(Outcome.FAIL if number <= 3 else Outcome.PASS)]
    doubt = "the round ended with 1 although no check failed"
    good = watch.rounds.run

    def run() -> Round:
        done = good()
        if done.report is None or not 4 <= watch.rounds.count <= 7:
            return done
        return replace(done, report=replace(done.report, incomplete=doubt), doubt=doubt, said=("teardown",), code=1)

    watch.rounds.run = run  # type: ignore[method-assign] # as long as this test lasts
    seen: list[tuple[int, bool, str]] = []
    tell = watch.told.tell

    def telling(events: Iterable[Event], incidents: Iterable[Incident], at: datetime) -> None:
        seen.extend((watch.rounds.count, one.firing, one.incident.problem.key) for one in events)
        tell(events, incidents, at)

    watch.told.tell = telling  # type: ignore[method-assign] # the same
    watch.watcher(length=270).run()

    decisions = [one.decision.value for one in watch.history.samples()]
    assert decisions == ["FAIL"] * 3 + ["UNMEASURED"] * 4 + ["GO"] * 3
    failed = "prod/legacy_hits/FAIL"
    assert seen[:2] == [(2, True, failed), (5, True, "watch/rounds")]
    assert sorted(seen[2:]) == [(9, False, failed), (9, False, "watch/rounds")]
    assert any(doubt in line for line in watch.lines)
    assert "  teardown" in watch.lines


def test_options_that_cannot_be_used_end_the_watch_at_once() -> None:
    """A first round that pytest refuses: no second one, exit code 4. A later one is a gap like any other."""
    watch = Watch()
    watch.rounds.found = lambda _: "exit 4"
    total = watch.watcher(length=None).run()
    assert (watch.rounds.count, total.exit_code(endless=True)) == (1, 4)

    later = Watch()
    later.rounds.found = lambda number: "exit 4" if number == 2 else [result()]
    assert later.watcher(length=120).run().failed == 1
    assert later.rounds.count == 5


def test_any_failure_fails_the_watch() -> None:
    """One round of a day with a hit is enough, and the summary names it."""
    watch = Watch()
    watch.rounds.found = lambda number: [result(Outcome.FAIL if number == 1000 else Outcome.PASS)]

    total = watch.watcher().run()

    assert total.exit_code(endless=False) == 20
    lines = total.lines(endless=False, seconds=DAY)
    assert "  FAIL 1 time: legacy_hits on prod" in lines
    assert lines[-1] == "FAIL"
    assert watch.told.events == []  # one round is no incident yet


def test_a_watch_that_saw_nothing_is_not_good() -> None:
    """UNMEASURED all day is exit code 30, not 0."""
    watch = Watch()
    watch.rounds.found = lambda _: [result(Outcome.UNMEASURED)]

    assert watch.watcher(length=600).run().exit_code(endless=True) == 30


def test_stopping_before_the_time_is_incomplete() -> None:
    """With an end of its own it was cut short (30); without one, stopping is its end (0)."""
    for length, code in ((DAY, 30), (None, 0)):
        watch = Watch()
        watch.clock.at = [(1000.0 + 100, lambda clock=watch.clock: setattr(clock, "stops", True))]  # type: ignore[misc]
        total = watch.watcher(length=length).run()
        assert total.stopped
        assert total.rounds == 4
        assert total.exit_code(endless=length is None) == code


def test_history_that_is_down_loses_nothing() -> None:
    """Reports wait, in order, and are written once it is back; meanwhile the watch says so."""
    watch = Watch()

    def found(number: int) -> list[object]:
        watch.history.broken = "disk full" if 3 <= number < 6 else ""
        return [result()]

    watch.rounds.found = found  # type: ignore[assignment] # a list of results
    total = watch.watcher(length=300).run()

    assert [one.run.id for one in watch.history.samples()] == [f"run-{number}" for number in range(1, 12)]
    assert total.unrecorded == 0
    assert sum("history cannot be written" in line for line in watch.lines) == 1
    assert sum("history is written again" in line for line in watch.lines) == 1


def test_history_that_stays_down_is_told_at_the_end() -> None:
    """What could not be recorded makes the watch incomplete, and the page red."""
    watch = Watch(history=FakeHistory(broken="disk full"))

    total = watch.watcher(length=1200).run()

    assert total.unrecorded == 41
    assert watch.board.view.history_error == "disk full"
    assert total.exit_code(endless=True) == 30


def test_an_incident_began_when_history_says() -> None:
    """What was bad before the watch began is as old as it is."""
    watch = Watch()
    long_ago = START - timedelta(hours=7)
    watch.board.past.take([result(Outcome.FAIL)], long_ago)
    watch.rounds.found = lambda _: [result(Outcome.FAIL)]

    watch.watcher(length=60).run()

    assert [one.since for one in watch.told.open] == [long_ago]
    assert watch.board.view.incidents[0].since == long_ago


def test_silence_means_something() -> None:
    """A line when the outcome changes and one an hour, not one for each round."""
    watch = Watch()

    watch.watcher().run()

    assert 24 <= sum(" round " in line for line in watch.lines) <= 26

"""What came before: rings of a fixed size, filled from history and from rounds, with gaps as gaps."""

from __future__ import annotations

from array import array
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from opscheck.history import open_history
from opscheck.model import Outcome
from opscheck.watch.drawing import bars, told
from opscheck.watch.past import BAD, DAYS, GOOD, UNSEEN, Past, Strip, added, tallies, uptime
from opscheck.watch.past_from_history import Loading
from opscheck.watch.view import Board, View
from tests.report.sample import exchange
from tests.watch.fakes import report, result
from tests.watch.sample import Day, Seen

NOW = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


def test_a_strip_keeps_the_last_ones() -> None:
    """Old ones go, what was skipped is empty, and what is older than all is not counted."""
    strip = Strip(4)
    strip.add(10, GOOD, 5)
    strip.add(11, BAD)
    strip.add(13, UNSEEN, 2)
    strip.add(8, GOOD)

    assert tallies(strip.until(13)) == [(5, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 0), (0, 0, 2, 0)]
    assert tallies(strip.until(14)) == [(0, 1, 0, 0), (0, 0, 0, 0), (0, 0, 2, 0), (0, 0, 0, 0)]
    assert tallies(strip.until(99)) == [(0, 0, 0, 0)] * 4
    strip.add(20, GOOD)
    assert tallies(strip.until(20)) == [(0, 0, 0, 0)] * 3 + [(1, 0, 0, 0)]


def test_a_clock_that_is_set_back_shows_what_is_known() -> None:
    """Asked for a moment before the newest, it tells of those up to it."""
    strip = Strip(3)
    for number in (5, 6, 7):
        strip.add(number, GOOD, number)

    assert tallies(strip.until(6)) == [(0, 0, 0, 0), (5, 0, 0, 0), (6, 0, 0, 0)]


def test_uptime_leaves_out_what_could_not_be_seen() -> None:
    """Gaps and UNMEASURED are neither good nor bad; nothing seen is no percentage."""
    assert uptime(array("L", (99, 1, 0, 7, 0, 0, 0, 0, 0, 0, 500, 0))) == 0.99
    assert uptime(array("L", (0, 0, 7, 3))) is None
    assert list(added([array("L", (1, 2, 3, 4)), array("L", (10, 20, 30, 40))])) == [11, 22, 33, 44]


def test_days_are_those_of_utc() -> None:
    """The night in which clocks in Europe go forward has 24 hours like any other."""
    past = Past()
    start = datetime(2026, 3, 28, 0, 0, tzinfo=UTC)
    for hour in range(72):
        past.sample(Seen(start + timedelta(hours=hour), "prod", "readiness"))

    line = past.lines["prod", "readiness"]
    assert tallies(line.days.until((date(2026, 3, 30) - date(1970, 1, 1)).days))[-3:] == [(24, 0, 0, 0)] * 3


def test_bad_since_is_the_first_of_those_in_a_row() -> None:
    """A good one in between begins it anew; what could not be seen goes on."""
    past = Past()
    for minute, outcome in enumerate((Outcome.FAIL, Outcome.PASS, Outcome.FAIL, Outcome.UNMEASURED, Outcome.FAIL)):
        past.sample(Seen(NOW + timedelta(minutes=minute), "prod", "readiness", outcome))
    past.loaded()

    assert past.bad_since([("prod", "readiness"), ("prod", "other")]) == NOW + timedelta(minutes=2)


def test_a_real_history_is_taken_over_and_nothing_twice(tmp_path: Path) -> None:
    """Days before today, today's results up to the start; what the watch records meanwhile is its own to tell."""
    place = tmp_path / "h.sqlite"
    with open_history(place) as history:
        for number, ago in enumerate((timedelta(days=3), timedelta(days=1), timedelta(hours=2), timedelta(hours=1))):
            outcome = Outcome.FAIL if number == 3 else Outcome.PASS
            at = NOW - ago
            seen = exchange(total=80.0) | {"at": at.isoformat(timespec="milliseconds")}
            history.append(report([result(outcome, evidence=(seen,))], at, 1.0, number), source="watch")
        history.append(report([result()], NOW + timedelta(seconds=2), 1.0, 9), source="watch")
    board = Board(View("", NOW, NOW, 30.0))
    loading = Loading(board, lambda: open_history(place), NOW)

    loading.load()

    assert loading.error == ""
    line = board.past.lines["prod", "legacy_hits"]
    days = tallies(line.days.until((NOW.date() - date(1970, 1, 1)).days))
    assert len(days) == DAYS
    assert days[-4:] == [(1, 0, 0, 0), (0, 0, 0, 0), (1, 0, 0, 0), (1, 1, 0, 0)]
    assert board.past.bad_since([("prod", "legacy_hits")]) == NOW - timedelta(hours=1)
    assert sum(number for _, number in line.latency.until(int(NOW.timestamp()) // 1800)) == 2


def test_a_history_that_cannot_be_read_ends_nothing(tmp_path: Path) -> None:
    """It is told on the page."""
    (tmp_path / "h.sqlite").write_text("no database")
    loading = Loading(Board(View("", NOW, NOW, 30.0)), lambda: open_history(tmp_path / "h.sqlite"), NOW)

    loading.load()

    assert loading.error.startswith("the past could not be read from history: ")


def test_a_day_of_history_is_one_addition() -> None:
    """However many runs it stands for."""
    past = Past()
    past.day(Day(NOW.date(), "prod", "readiness", {Outcome.PASS: 2879, Outcome.FAIL: 1, Outcome.NOT_APPLICABLE: 9}))

    days = past.lines["prod", "readiness"].days.until((NOW.date() - date(1970, 1, 1)).days)
    assert tallies(days)[-1] == (2879, 1, 0, 0)


def test_what_was_over_long_ago_has_not_gone_on() -> None:
    """An outage an hour ago, over since, and a new one now: halfway through history it looks like one."""
    past = Past()
    earlier = [(50, Outcome.FAIL), (49, Outcome.FAIL), (40, Outcome.PASS), (2, Outcome.FAIL)]
    samples = [Seen(NOW - timedelta(minutes=ago), "prod", "readiness", outcome) for ago, outcome in earlier]
    for one in samples[:2]:
        past.sample(one)
    past.take([result(Outcome.FAIL, "readiness")], NOW)  # the first round is over before history has been read
    assert past.bad_since([("prod", "readiness")]) == NOW
    for one in samples[2:]:
        past.sample(one)
    past.loaded()

    assert past.bad_since([("prod", "readiness")]) == NOW - timedelta(minutes=2)


def test_what_this_watch_has_seen_good_began_anew() -> None:
    """Bad at the end of history, good in the first round, bad in the second."""
    past = Past()
    past.sample(Seen(NOW - timedelta(minutes=2), "prod", "readiness", Outcome.FAIL))
    past.take([result(Outcome.PASS, "readiness")], NOW)
    past.take([result(Outcome.FAIL, "readiness")], NOW + timedelta(minutes=1))
    past.loaded()

    assert past.bad_since([("prod", "readiness")]) == NOW + timedelta(minutes=1)


def test_what_is_waived_is_neither_up_nor_down() -> None:
    """As in history: it has a colour of its own, no share in the uptime, and ends what was bad before."""
    past = Past()
    past.day(Day(NOW.date() - timedelta(days=1), "prod", "readiness", {Outcome.PASS: 3, Outcome.WAIVED: 5}))
    past.take([result(Outcome.FAIL, "readiness")], NOW)
    assert past.bad_since([("prod", "readiness")]) == NOW
    past.take([result(Outcome.WAIVED, "readiness")], NOW + timedelta(minutes=1))

    days = past.lines["prod", "readiness"].days.until((NOW.date() - date(1970, 1, 1)).days)
    assert tallies(days)[-2:] == [(3, 0, 0, 5), (0, 1, 0, 1)]
    assert uptime(days) == 0.75
    assert past.bad_since([("prod", "readiness")]) is None
    assert told(days, "day").endswith("2 with what was waived, 88 without samples")
    assert bars(days, "day").count('class="waived"') == 1

"""Bounds: what goes first, what stays longest, and that the space comes back."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from opscheck.errors import UserError
from opscheck.history import History, open_history, tables
from opscheck.history.amounts import bytes_of, shown_bytes, shown_span, span_of
from opscheck.history.bounds import bounds, move_bounds
from opscheck.history.pruning import prune, size_of
from opscheck.model import Outcome
from opscheck.report import RunReport
from tests.history.made import START, report, result

DAY = timedelta(days=1)
NOW = START + 30 * DAY


def run(day: int, number: int = 0, *, failing: bool = False, size: int = 20) -> RunReport:
    """A run on a day after the start, all of it good or one check not."""
    at = START + day * DAY + number * timedelta(minutes=5)
    chance = random.Random(day * 1000 + number)  # noqa: S311 - figures, no secrets
    found = [
        result(
            Outcome.FAIL if failing and index == 0 else Outcome.PASS,
            check=f"c{index}",
            at=at,
            total=chance.lognormvariate(3, 1),
        )
        for index in range(size)
    ]
    return report(f"run-{day}-{number}", found, at=at)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """Thirty days: a good run and one with a failure on each."""
    with open_history(tmp_path / "history.sqlite") as made:
        made.append_all([run(day, number, failing=bool(number)) for day in range(30) for number in range(2)])
        yield made


def outcomes(history: History) -> Counter[Outcome]:
    """How many results there are."""
    return Counter(one.outcome for one in history.results())


def test_passes_go_before_failures(history: History) -> None:
    """Good runs go entirely, of the others the failures stay, with their evidence."""
    done = prune(history.connections, now=NOW, keep_passes=10 * DAY, keep_failures=20 * DAY)

    assert (done.runs, done.passes) == (20 + 10, 10)
    assert outcomes(history) == {Outcome.PASS: 10 * (20 + 19), Outcome.FAIL: 20}
    old = history.report("run-12-1")
    assert old is not None
    assert [(one.check, one.outcome, one.reason) for one in old.results] == [("c0", Outcome.FAIL, "c0 is not well")]
    assert old.results[0].evidence[0]["summary"] == "HTTP/1.1 200 OK, 2 bytes"
    assert old.incomplete == "the results that passed are no longer kept"
    assert history.report("run-12-0") is None
    assert len(history.days()) == 30 * 20


def test_a_dry_run_tells_the_same_and_takes_nothing(history: History) -> None:
    """The numbers of the pruning that would follow."""
    before = outcomes(history)
    told = prune(history.connections, now=NOW, keep_passes=10 * DAY, keep_failures=20 * DAY, dry_run=True)
    assert outcomes(history) == before
    assert told.after is None

    done = prune(history.connections, now=NOW, keep_passes=10 * DAY, keep_failures=20 * DAY)
    assert (told.runs, told.passes, told.days, told.size) == (done.runs, done.passes, done.days, done.size)


def test_nothing_is_left_of_what_is_gone(history: History) -> None:
    """Words, series and rosters too; and the history goes on."""
    done = prune(history.connections, now=NOW + 10_000 * DAY, keep_passes=DAY, keep_failures=DAY)

    assert (done.runs, done.days) == (60, 600)
    with history.connections.reading() as connection:
        for table in (one for one in tables.metadata.tables.values() if one is not tables.bound):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
    history.append(run(40, failing=True))
    assert outcomes(history) == {Outcome.PASS: 19, Outcome.FAIL: 1}


def test_what_is_young_stays(history: History) -> None:
    """With the spans that hold where nothing is said, thirty days lose nothing."""
    before = outcomes(history)
    done = prune(history.connections, now=NOW)

    assert (done.runs, done.passes, done.days) == (0, 0, 0)
    assert outcomes(history) == before


def test_a_size_is_kept(tmp_path: Path) -> None:
    """The oldest go until it fits, and the disk has the space back."""
    with open_history(tmp_path / "history.sqlite") as history:
        for day in range(30):
            history.append_all([run(day, number, failing=number == 0, size=150) for number in range(20)])
        assert prune(history.connections, now=NOW).runs == 0  # what is in the log goes into the file
        before = size_of(history.connections)
        limit = before * 2 // 3
        done = prune(history.connections, now=NOW, max_size=limit)

        assert done.size == before
        assert done.after is not None
        assert done.after <= limit
        assert sum(one.stat().st_size for one in tmp_path.iterdir() if not one.name.endswith("-shm")) == done.after
        assert done.kept_back == ""
        assert done.shortened
        assert done.keep_passes < 30 * DAY
        assert min(run.started for run in history.runs()) >= NOW - done.keep_failures
        left = history.runs()
        assert 0 < len(left) < 600
        assert left[0].id == "run-29-19"


def test_a_size_that_cannot_be_kept_is_told(history: History) -> None:
    """The last day is not taken, whatever the limit."""
    done = prune(history.connections, now=START + 29 * DAY + timedelta(hours=1), max_size=1000)

    assert re.match(r"\d+ runs? and \d+ sums by day are left; the newest stay whatever the size", done.kept_back)
    assert (done.keep_passes, done.keep_failures, done.shortened) == (DAY, 4 * DAY, True)
    assert done.after is not None
    assert done.after < done.size
    assert history.runs()[0].id == "run-29-1"
    assert outcomes(history)[Outcome.PASS] >= 20


def test_a_run_that_was_let_go_of_is_not_counted_again(history: History) -> None:
    """Its day has it; what is as old and was never there would go with the next prune. Younger ones are recorded."""
    before = {(one.day, one.test): dict(one.counts) for one in history.days()}
    prune(history.connections, now=NOW, keep_passes=10 * DAY, keep_failures=20 * DAY)
    everything = [run(day, number, failing=bool(number)) for day in range(30) for number in range(2)]

    assert history.append_all(everything) == (0, 30)
    assert {(one.day, one.test): dict(one.counts) for one in history.days()} == before
    assert history.append_all([run(3, 7), run(12, 7), run(12, 8, failing=True), run(25, 7)]) == (2, 2)
    assert history.report("run-12-8") is not None

    prune(history.connections, now=NOW, keep_passes=15 * DAY, keep_failures=25 * DAY)  # the bound stays where it was
    assert history.append_all([run(19, 0), run(9, 1, failing=True)]) == (0, 2)


def test_a_bound_never_goes_back(history: History) -> None:
    """Many runs go in several transactions, in no order."""
    with history.connections.writing() as connection:
        move_bounds(connection, {True: 5})
        move_bounds(connection, {True: 3, False: 1})
        move_bounds(connection, {False: 2})
        assert bounds(connection) == {True: 5, False: 2}


def test_what_was_taken_adds_up(tmp_path: Path) -> None:
    """A run whose passes went first and that went entirely then is one run."""
    with open_history(tmp_path / "history.sqlite") as history:
        history.append_all([run(day, number, failing=True, size=150) for day in range(30) for number in range(4)])
        done = prune(history.connections, now=NOW, max_size=1000)

        left = history.runs()
        with history.connections.reading() as connection:
            thin = sa.select(sa.func.count()).where(tables.run.c.passes.is_(None)).select_from(tables.run)
            assert done.passes == connection.execute(thin).scalar()
        assert done.runs + len(left) == 120
        assert done.runs > 0
        assert done.passes > 0


def test_failures_are_kept_at_least_as_long(history: History) -> None:
    """The other way round is a mistake."""
    with pytest.raises(UserError, match="--keep-failures is shorter than --keep-passes"):
        prune(history.connections, now=NOW, keep_passes=20 * DAY, keep_failures=10 * DAY)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("1h30m", 5400), ("90d", 7_776_000), ("1.5H", 5400), ("2w", 1_209_600)]
)
def test_spans_are_read(text: str, seconds: float) -> None:
    """As people write them."""
    assert span_of(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1 d", "9e9d", "1d\n2h", "99999999y"])
def test_what_is_no_span_is_told(text: str) -> None:
    """One line."""
    with pytest.raises(UserError, match=r"is no span of time|longer than a hundred years"):
        span_of(text)


def test_sizes_are_read_and_shown() -> None:
    """In powers of a thousand, as disks are sold."""
    assert [bytes_of(text) for text in ("512B", "1kB", "1.5 GB", "2M")] == [512, 1000, 1_500_000_000, 2_000_000]
    assert [shown_bytes(size) for size in (12, 84_300, 84_300_000, 2_000_000_000)] == [
        "12 B",
        "84.3 kB",
        "84.3 MB",
        "2.0 GB",
    ]
    for text in ("", "GB", "1XB", "-1GB"):
        with pytest.raises(UserError, match="is no size"):
            bytes_of(text)
    for text in ("10", "1.5", "0"):
        with pytest.raises(UserError, match=rf"'{text}' is no size without a unit: 500kB, 500MB and 1GB are"):
            bytes_of(text)
    assert [shown_span(timedelta(seconds=one)) for one in (0, 59, 3660, 93_900)] == ["0s", "59s", "1h 1m", "1d 2h"]

"""Whether logs cover a window, so that no hit means that nobody asked."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from opscheck.model.access_log import LogFile, Tally, is_below, stamp
from tests.checks.answers import NOW
from tests.checks.legacy_answers import counted

HOUR = timedelta(hours=1)


def log(first: timedelta, last: timedelta = timedelta(0), **more: object) -> LogFile:
    """A log that begins and ends so long ago."""
    return LogFile("access.log", NOW - first, NOW - last, 1000, **more)  # type: ignore[arg-type] # fields of a log


@pytest.mark.parametrize(
    ("files", "since", "until", "doubt"),
    [
        ((log(25 * HOUR),), 24 * HOUR, None, ""),
        ((log(24 * HOUR),), 24 * HOUR, None, ""),
        ((log(23 * HOUR),), 24 * HOUR, None, "the log begins at"),
        ((log(25 * HOUR, 0.9 * HOUR),), 24 * HOUR, None, ""),
        ((log(25 * HOUR, 1.1 * HOUR),), 24 * HOUR, None, "the log ends at"),
        ((log(25 * HOUR, 3 / 60 * HOUR),), 1 * HOUR, None, "the log ends at"),
        ((log(25 * HOUR, 2 / 60 * HOUR),), 1 * HOUR, None, ""),
        ((log(999 * HOUR, 1.1 * HOUR),), 900 * HOUR, None, "the log ends at"),
        ((log(25 * HOUR, 5 * HOUR),), 24 * HOUR, 5 * HOUR, ""),
        ((log(25 * HOUR, 7 * HOUR),), 24 * HOUR, 5 * HOUR, "the log ends at"),
        ((log(25 * HOUR, 0 * HOUR),), 24 * HOUR, -5 * HOUR, ""),
        ((log(25 * HOUR, 20 * HOUR), log(19 * HOUR)), 24 * HOUR, None, ""),
        ((log(9999 * HOUR, 9000 * HOUR),), None, None, ""),
        ((log(9999 * HOUR, 9000 * HOUR),), None, 8000 * HOUR, "the log ends at"),
        ((log(25 * HOUR, unreadable=10),), 24 * HOUR, None, ""),
        ((log(25 * HOUR, unreadable=11),), 24 * HOUR, None, "11 of 1000 lines cannot be read"),
        ((log(25 * HOUR, broken="half of it is missing"),), None, None, "access.log: half of it is missing"),
        ((LogFile("access.log"),), None, None, "there is no line"),
        ((LogFile("access.log", lines=3, unreadable=3),), None, None, "none of 3 lines can be read"),
        ((), None, None, "there is no line"),
    ],
)
def test_coverage(files: tuple[LogFile, ...], since: timedelta | None, until: timedelta | None, doubt: str) -> None:
    """A log may be quiet for a 24th of the window, an hour at most, before the window's end, and begins no later."""
    count = counted(
        files=files,
        since=NOW - since if since is not None else None,
        until=NOW - until if until is not None else None,
    )

    assert count.covered is (doubt == "")
    assert doubt in "; ".join(count.doubts)


@pytest.mark.parametrize(
    ("ago", "silence", "since", "covered"),
    [
        (timedelta(minutes=55), timedelta(minutes=10), 24 * HOUR, False),
        (timedelta(minutes=9), timedelta(minutes=10), 24 * HOUR, True),
        (timedelta(seconds=50), timedelta(seconds=30), HOUR, False),
        (timedelta(minutes=55), HOUR, 24 * HOUR, True),
        (timedelta(minutes=55), HOUR, 6 * HOUR, False),
        (7 * HOUR, 8 * HOUR, 24 * HOUR, True),
        (9 * HOUR, 8 * HOUR, 24 * HOUR, False),
        (7 * HOUR, 8 * HOUR, 6 * HOUR, True),
    ],
)
def test_the_end_may_be_as_quiet_as_the_rest(
    ago: timedelta, silence: timedelta, since: timedelta, covered: bool
) -> None:
    """Never quieter than was allowed; as quiet as was said, where that is more than an hour."""
    count = counted(files=(log(25 * HOUR, ago),), since=NOW - since, silence=silence)

    assert count.doubts == (() if covered else (f"the log ends at {stamp(NOW - ago)}, before the window does",))
    assert count.unbroken_since == (NOW - 25 * HOUR if covered else None)


@pytest.mark.parametrize(
    ("files", "doubt", "unbroken"),
    [
        ((log(25 * HOUR, 20 * HOUR), log(18 * HOUR)), "nothing was written for 2 h from", 18),
        ((log(25 * HOUR, 20 * HOUR), log(19 * HOUR)), "", 25),
        ((log(25 * HOUR, 20 * HOUR), log(18 * HOUR), log(21 * HOUR, 17 * HOUR)), "", 25),
        (
            (log(40 * HOUR, 20 * HOUR), log(18 * HOUR, 10 * HOUR), log(5 * HOUR)),
            f"for 5 h from {stamp(NOW - 10 * HOUR)} to {stamp(NOW - 5 * HOUR)}, and 1 more time for over 1 h",
            5,
        ),
        ((log(90 * HOUR, 50 * HOUR), log(30 * HOUR)), "", 30),
        ((log(25 * HOUR, 2 * HOUR),), "the log ends at", None),
        ((log(25 * HOUR, broken="half of it is missing"),), "half of it", None),
        ((log(3 * HOUR),), "the log begins at", 3),
        ((log(25 * HOUR, written=((NOW - 25 * HOUR, NOW - 9 * HOUR), (NOW - 3 * HOUR, NOW))),), "for 6 h from", 3),
    ],
)
def test_silence(files: tuple[LogFile, ...], doubt: str, unbroken: int | None) -> None:
    """Where all logs are silent for longer than an hour within the window, that is told; the end speaks for itself."""
    count = counted(files=files, since=NOW - 24 * HOUR)

    assert count.covered is (doubt == "")
    assert doubt in "; ".join(count.doubts)
    assert count.unbroken_since == (NOW - unbroken * HOUR if unbroken is not None else None)
    told = count.evidence().as_dict().get("facts", {}).get("unbroken_since")
    assert told == (count.unbroken_since.isoformat() if count.unbroken_since is not None else None)
    assert counted(files=files, since=None).silences == counted(files=files, since=NOW - 99 * HOUR).silences
    assert not [one for one in counted(files=files, since=None).doubts if "nothing was written" in one]


def test_bounds_without_a_zone_are_those_of_the_log() -> None:
    """Midnight is the log's midnight, whatever zone the machine has."""
    zone = timezone(timedelta(hours=2))
    whole = replace(log(25 * HOUR), first=datetime(2026, 1, 1, tzinfo=zone), last=datetime(2026, 1, 2, tzinfo=zone))
    since, until = datetime(2026, 1, 1), datetime(2026, 1, 2)

    assert counted(files=(whole,), since=since, until=until).covered
    assert not counted(files=(replace(whole, first=datetime(2026, 1, 1, tzinfo=UTC)),), since=whole.first).covered


def test_a_count_crosses_processes_and_shows_itself() -> None:
    """Workers share it; evidence is bounded, and JSON all through."""
    rows = Tally(tuple((f"/status/{'x' * 999}{number}", 1) for number in range(500)), 7)
    count = counted(507, by_path=rows, by_agent=rows, files=tuple(log(25 * HOUR) for _ in range(90)))

    assert pickle.loads(pickle.dumps(count)) == count  # noqa: S301 - just made
    shown = count.evidence().as_dict()
    assert shown["kind"] == "log"
    assert shown["summary"] == "507 hits of /status/ in 90000 lines, 0 of them unreadable"
    assert shown["by_path"][-1] == ["other", 497]
    assert len(str(shown)) < 10_000


def test_what_lies_below_a_path() -> None:
    """The folder itself and what is in it, and nothing that merely begins like it."""
    assert [is_below(path, "/status/") for path in ("/status", "/status/", "/status/a", "/status1", "/")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert stamp(None) == ""

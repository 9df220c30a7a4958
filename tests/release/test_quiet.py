"""Twenty-four hours without a hit, in milliseconds: covered, with gaps, with clocks that jump, on several hosts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from opscheck.release.coverage import Stretch
from opscheck.release.quiet import Evidence, LogRead, Sample, Wish, judge_quiet
from opscheck.release.words import Seen, State

NOW = datetime(2026, 10, 25, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
EVERY = timedelta(seconds=30)
WISH = Wish()


def watched(
    hours: float = 24, *, host: str = "prod", end: datetime = NOW, hits: int | None = 0, back: timedelta | None = None
) -> list[Sample]:
    """What a watcher records: a sample every 30 seconds."""
    looks = round(timedelta(hours=hours) / EVERY)
    looked = DAY if back is None else back
    return [Sample(host, end - number * EVERY, hits, looked) for number in range(looks)]


def judged(samples: Sequence[Sample] = (), logs: Sequence[LogRead] = (), *, hosts: Sequence[str] = ("prod",)) -> Seen:
    """What it comes to."""
    return judge_quiet(Evidence(tuple(hosts), tuple(samples), tuple(logs)), WISH, now=NOW, path="/status/")


def logged(hours: float = 25, *, host: str = "prod", name: str = "edge-1", end: datetime = NOW) -> LogRead:
    """Access logs that speak for the hours before an instant."""
    return LogRead(host, name, (Stretch(end - timedelta(hours=hours), end),))


def test_a_day_of_samples_is_a_day() -> None:
    """`watch --every 30s --for 24h`, and nobody asked: the condition is met, to the second."""
    seen = judged(watched(24))

    assert seen.state is State.MET
    assert "0 hits of /status/ in 24 h" in seen.reason
    assert "prod: 24 h of 24 h covered" in seen.evidence
    assert "prod: 2,880 samples, due every 30 s" in seen.evidence


def test_one_sample_less_is_no_day() -> None:
    """Half a minute before the day is over it is not over."""
    seen = judged(watched(24)[:-1])

    assert seen.state is State.UNMEASURED
    assert "prod covers 23 h 59 min of 24 h" in seen.reason
    assert any(line.startswith("prod: gap of 30 s from 2026-10-24 12:00:00 UTC") for line in seen.evidence)


def test_no_evidence_is_no_zero() -> None:
    """Where nobody looked nothing is said, whatever was not found."""
    seen = judged()

    assert seen.state is State.UNMEASURED
    assert "the rest is a gap, not a zero" in seen.reason
    assert "prod: gap of 24 h from 2026-10-24 12:00:00 UTC to 2026-10-25 12:00:00 UTC" in seen.evidence
    assert judged(hosts=()).state is State.UNMEASURED


@pytest.mark.parametrize("kept", [60, 120, 1000])
def test_samples_that_come_too_seldom_leave_gaps(kept: int) -> None:
    """A watcher that ran at a longer interval than was declared covers only what it saw."""
    samples = watched(24)[:: kept // 30 + 1]

    seen = judged(samples)

    assert seen.state is State.UNMEASURED
    assert sum("gap of" in line for line in seen.evidence) == 5
    assert any("more gaps" in line for line in seen.evidence)


def test_a_sample_may_be_late_but_not_missing() -> None:
    """One that comes 59 seconds after the one before is late; a missing one after it is a gap."""
    late = [
        sample if number % 2 else Sample("prod", sample.at - timedelta(seconds=29), 0, DAY)
        for number, sample in enumerate(watched(24))
    ]

    assert judged([*late, Sample("prod", NOW, 0, DAY)]).state is State.MET
    holed = [sample for number, sample in enumerate(watched(24)) if number not in (1000, 1001)]
    seen = judged(holed)
    assert seen.state is State.UNMEASURED
    assert any(line.startswith("prod: gap of 1 min") for line in seen.evidence)


def test_a_look_that_could_not_see_is_no_look() -> None:
    """An unreachable host, or logs that do not cover their time: a gap for as long as it lasted."""
    samples = [
        Sample(one.host, one.at, None if 100 <= number < 220 else 0, DAY) for number, one in enumerate(watched(24))
    ]

    seen = judged(samples)

    assert seen.state is State.UNMEASURED
    assert any("gap of 1 h" in line for line in seen.evidence)
    assert "prod: 2,880 samples, due every 30 s, 120 of them could not see" in seen.evidence


def test_a_hit_ends_it() -> None:
    """One hit, at any time of the day: not met, with its time."""
    samples = [*watched(24), Sample("prod", NOW - timedelta(hours=3), 2, timedelta(minutes=1))]

    seen = judged(samples)

    assert seen.state is State.NOT_MET
    assert "prod: 1 sample counted requests, the last one at 2026-10-25 09:00:00 UTC (2)" in seen.reason


def test_a_hit_of_before_the_day_is_told_apart_by_who_looked_back_since() -> None:
    """A check that looks back 24 hours counts an old hit for 24 hours: once it counts none, the hit is too old."""
    old = [Sample("prod", one.at, 1 if one.at < NOW - timedelta(hours=1) else 0, DAY) for one in watched(24)]
    still = [Sample("prod", one.at, 1, DAY) for one in watched(24)]
    short = [
        Sample("prod", one.at, 1 if one.at < NOW - timedelta(hours=1) else 0, timedelta(hours=1)) for one in watched(24)
    ]

    assert judged(old).state is State.MET
    assert judged(still).state is State.NOT_MET
    assert judged(short).state is State.NOT_MET


def test_evidence_has_to_be_fresh() -> None:
    """A day that ended half an hour ago is one; a day that ended two hours ago says nothing of today."""
    assert judged(watched(24, end=NOW - timedelta(minutes=30))).state is State.MET
    seen = judged(watched(24, end=NOW - timedelta(hours=2)))
    assert seen.state is State.UNMEASURED
    assert any("gap of 1 h" in line for line in seen.evidence)


def test_samples_of_the_future_count_for_nothing() -> None:
    """A clock that ran ahead and was set back: what it wrote down is told and left out."""
    ahead = watched(24, end=NOW + DAY)

    seen = judged(ahead)

    assert seen.state is State.UNMEASURED
    assert any(
        "lie in the future, up to 2026-10-26 12:00:00 UTC: the clock was set back" in one for one in seen.evidence
    )


@pytest.mark.parametrize("hours", [1, 3])
def test_a_clock_that_is_set_back_gives_no_time_twice(hours: int) -> None:
    """The same hours sampled twice are the same hours: the day has to be covered all the same."""
    back = timedelta(hours=hours)
    first = watched(24 - 2 * hours, end=NOW)
    again = [Sample(one.host, one.at - back / 7, 0, DAY) for one in watched(2 * hours, end=NOW)]

    seen = judged([*first, *again])

    assert seen.state is State.UNMEASURED
    assert "of 24 h" in seen.reason
    assert judged([*watched(24), *again]).state is State.MET


def test_a_clock_that_is_set_forward_leaves_a_gap() -> None:
    """What it jumped over was never looked at."""
    jumped = [
        one if one.at > NOW - timedelta(hours=5) else Sample(one.host, one.at - timedelta(hours=1), 0, DAY)
        for one in watched(24)
    ]

    seen = judged(jumped)

    assert seen.state is State.UNMEASURED
    assert any(line.startswith("prod: gap of 1 h from") for line in seen.evidence)


@pytest.mark.parametrize("day", [datetime(2026, 10, 25, 12), datetime(2026, 3, 29, 12)], ids=["autumn", "spring"])
def test_the_day_of_the_change_has_as_many_hours_as_passed(day: datetime) -> None:
    """24 hours are 24 hours, on the day of 25 and on the day of 23, whatever zone the samples are written in."""
    berlin = ZoneInfo("Europe/Berlin")
    now = day.replace(tzinfo=berlin)
    by_wall = [
        Sample("prod", (now.astimezone(UTC) - number * EVERY).astimezone(berlin), 0, DAY) for number in range(2880)
    ]

    met = judge_quiet(Evidence(("prod",), tuple(by_wall)), WISH, now=now, path="/status/")
    short = judge_quiet(Evidence(("prod",), tuple(by_wall[:2760])), WISH, now=now, path="/status/")

    assert met.state is State.MET
    assert short.state is State.UNMEASURED
    assert any("gap of 1 h" in line for line in short.evidence)


def test_every_host_has_to_be_covered() -> None:
    """One of two is not enough, and the one that lacks is named."""
    seen = judged([*watched(24, host="a"), *watched(20, host="b")], hosts=("a", "b"))

    assert seen.state is State.UNMEASURED
    assert "b covers 20 h of 24 h" in seen.reason
    assert judged([*watched(24, host="a"), *watched(24, host="b")], hosts=("a", "b")).state is State.MET


def test_every_server_of_a_host_has_to_be_covered() -> None:
    """Logs of two edges: each speaks for its own requests only."""
    assert judged(logs=[logged(), logged(name="edge-2")]).state is State.MET
    seen = judged(logs=[logged(), logged(3, name="edge-2")])
    assert seen.state is State.UNMEASURED
    assert "prod covers 3 h of 24 h" in seen.reason
    assert judged(logs=[logged(), LogRead("prod", "edge-2", (), doubts=("no such file",))]).state is State.UNMEASURED


def test_samples_and_logs_complete_each_other() -> None:
    """The watcher was down for an hour, and the logs have that hour."""
    holed = [one for one in watched(24) if not NOW - timedelta(hours=6) < one.at < NOW - timedelta(hours=5)]
    hour = LogRead("prod", "edge-1", (Stretch(NOW - timedelta(hours=7), NOW - timedelta(hours=4)),))

    assert judged(holed).state is State.UNMEASURED
    assert judged(holed, [hour]).state is State.MET


def test_hits_in_the_logs() -> None:
    """A request within the day ends it; one before it does not."""
    inside = LogRead("prod", "edge-1", logged().covered, 3, NOW - timedelta(hours=23), "curl/8")
    before = LogRead("prod", "edge-1", logged().covered, 3, NOW - timedelta(hours=24, minutes=5), "curl/8")

    seen = judged(logs=[inside])

    assert seen.state is State.NOT_MET
    assert "prod: 3 requests by the logs of edge-1, the last one at 2026-10-24 13:00:00 UTC by curl/8" in seen.reason
    assert judged(logs=[before]).state is State.MET


@pytest.mark.parametrize("seed", range(150))
def test_met_exactly_where_every_second_is_covered_and_quiet(seed: int) -> None:
    """Over made-up watchers with outages, hits, clock steps and several hosts: met means every second of the day."""
    source = random.Random(seed)  # noqa: S311 - the same cases every time
    wish = Wish(timedelta(minutes=4), timedelta(seconds=5), timedelta(seconds=5), timedelta(seconds=20))
    hosts = tuple(f"h{number}" for number in range(source.choice([1, 1, 2])))
    samples = []
    for host in hosts:
        at, step = -280.0, timedelta()
        while at < 0:
            if source.random() > source.choice([0.0, 0.002]):
                hits = source.choice([0] * 200 + [None, 1]) if seed % 3 else 0
                samples.append(Sample(host, NOW + timedelta(seconds=at) + step, hits))
            if source.random() < 0.005:
                step += timedelta(seconds=source.randrange(-30, 30))
            at += source.choice([5, 5, 5, 5, 8, 10])
    source.shuffle(samples)

    seen = judge_quiet(Evidence(hosts, tuple(samples)), wish, now=NOW, path="/status/")

    assert (seen.state is State.MET) == _met(samples, hosts, wish)
    if any(one.hits and NOW - wish.covered < one.at <= NOW for one in samples):
        assert seen.state is not State.MET


def _met(samples: Sequence[Sample], hosts: Sequence[str], wish: Wish) -> bool:
    """The same by counting half seconds."""
    half = timedelta(seconds=0.5)

    def index(at: datetime) -> int:
        return round((at - NOW) / half)

    covered: dict[str, set[int]] = {}
    for host in hosts:
        mine = sorted(index(one.at) for one in samples if one.host == host and one.hits is not None and one.at <= NOW)
        every, reach = round(wish.every / half), round((wish.every + wish.late) / half)
        found = {second for at in mine for second in range(at - every, at)}
        for before, at in pairwise(mine):
            found |= set(range(before, at)) if at - before <= reach else set()
        covered[host] = found
    ends = [max(found) + 1 for found in covered.values() if found]
    end = max(min(ends, default=0), -round(wish.fresh / half))
    start = end - round(wish.covered / half)
    if any(one.hits and start < index(one.at) <= 0 for one in samples):
        return False
    return all(set(range(start, end)) <= found for found in covered.values())

"""The stretches in which a log was written: by halving, as by reading every line; never more than lines speak for."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opscheck.model.access_log import LogFile
from opscheck.model.written import Stretches, joined
from opscheck.probes.access_log import count_hits
from opscheck.probes.access_log_scan import BLOCK

HOUR = timedelta(hours=1)
BEGIN = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)


def combined(at: datetime, filler: str = "") -> str:
    """A line of nginx."""
    return f'127.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S +0000}] "GET /{filler} HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'


def as_json(at: datetime, filler: str = "") -> str:
    """The same as JSON."""
    return json.dumps({"time": at.isoformat(), "request": f"GET /{filler} HTTP/1.1", "status": 200}) + "\n"


def read(log: Path, silence: timedelta = HOUR) -> LogFile:
    """What the count says of it."""
    (file,) = count_hits([str(log)], "/status/", silence=silence).files
    return file


def every_line(times: Sequence[datetime], silence: timedelta = HOUR) -> Stretches:
    """Of lines that are read one by one."""
    return joined(((at, at) for at in times), silence)


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same log every time


def times(seed: int) -> list[datetime]:
    """Of a busy day with holes, some shorter than an hour and some longer."""
    chance, at = _chance(seed), BEGIN
    found = []
    for _ in range(12_000):
        at += timedelta(seconds=chance.choices((0, 1, 7), (3, 5, 2))[0])
        at += chance.choices((timedelta(), HOUR * 0.9, HOUR * 1.1, HOUR * 6), (4000, 2, 2, 1))[0]
        found.append(at.replace(microsecond=0))
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("line", [combined, as_json])
def test_holes_are_found_wherever_they_lie(tmp_path: Path, seed: int, line: Callable[..., str]) -> None:
    """In several blocks, between lines of any length, with lines that cannot be read beside the holes."""
    chance, told = _chance(-seed), times(seed)
    lines = [line(at, "x" * chance.choice((0, 40, 900))) for at in told]
    lines = [one + chance.choices(("", "no line\n", "\n"), (50, 1, 1))[0] for one in lines]
    log = tmp_path / "access.log"
    log.write_text("".join(lines))
    packed = tmp_path / "access.log.2.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))

    assert log.stat().st_size > 3 * BLOCK
    assert len(every_line(told)) > 3
    assert read(log).written == every_line(told)
    assert read(packed).written == every_line(told)


@pytest.mark.parametrize("seed", range(6))
def test_disorder_never_makes_more_of_it(tmp_path: Path, seed: int) -> None:
    """Logs one behind the other in the wrong order, a clock set back: no more than the lines speak for."""
    chance, told = _chance(seed), times(seed)
    cuts = sorted(chance.sample(range(len(told)), 4))
    parts = [told[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    chance.shuffle(parts)
    mixed = [at for part in parts for at in part]
    log = tmp_path / "access.log"
    log.write_text("".join(combined(at, "x" * 60) for at in mixed))

    found, whole = joined(read(log).written, HOUR), every_line(told)

    assert all(any(start <= one[0] and one[1] <= end for start, end in whole) for one in found)
    assert sum((end - start for start, end in found), timedelta()) > HOUR


def test_lines_that_overtake_each_other_are_no_holes(tmp_path: Path) -> None:
    """A line is written when its answer ends, and some take their time; workers write in turns."""
    chance = _chance(3)
    told = [BEGIN + timedelta(seconds=number - chance.choice((0, 0, 0, 90))) for number in range(200, 9000)]
    log = tmp_path / "access.log"
    log.write_text("".join(map(combined, told)))

    ((start, end),) = read(log).written

    assert end == max(told)
    assert start - min(told) <= timedelta(seconds=90)


def test_a_log_of_a_quiet_host_stays_small(tmp_path: Path) -> None:
    """A line every two hours for a year: the latest stretches are kept."""
    told = [BEGIN + 2 * HOUR * number for number in range(4380)]
    log = tmp_path / "access.log"
    log.write_text("".join(map(combined, told)))

    assert len(read(log).written) == 1001
    assert read(log).written[-1] == (told[-1], told[-1])
    assert read(log, 2 * HOUR).written == ((told[0], told[-1]),)

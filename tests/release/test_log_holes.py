"""The time that access logs can speak for: real files, rotated by date and by name, with holes between them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opscheck.inventory import Inventory, select
from opscheck.probes.access_log import count_hits
from opscheck.release.asked import Asked, Context
from opscheck.release.checklist import load_checklist
from opscheck.release.git import Git
from opscheck.release.legacy import measure_quiet
from opscheck.release.logs import Counted, log_doubts, log_read
from opscheck.release.monitors import measure_monitors
from opscheck.release.processes import Programs
from opscheck.release.quiet import LogRead
from opscheck.release.words import Seen, State

HOUR = timedelta(hours=1)
QUIET = load_checklist("legacy-cutover").item("quiet")


def written(file: Path, hours: Iterable[float]) -> str:
    """A log with a line of each of these times, in hours ago."""
    now = datetime.now(UTC)
    file.write_text(
        "".join(
            f'127.0.0.1 - - [{now - hour * HOUR:%d/%b/%Y:%H:%M:%S +0000}] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
            for hour in hours
        )
    )
    return str(file)


def steps(first: float, last: float) -> list[float]:
    """From so many hours ago to so many, a line each half hour."""
    return [first - step / 2 for step in range(int((first - last) * 2) + 1)]


def read(*files: str, silence: timedelta = HOUR, asked: datetime | None = None) -> LogRead:
    """What the files say of the last 25 hours."""
    count = count_hits(files, "/status/", since=datetime.now(UTC) - 25 * HOUR, silence=silence)
    return log_read("prod", "edge-1", count, asked=asked)


def lengths(log: LogRead) -> list[float]:
    """Of each stretch, in hours."""
    return [round(one.length / HOUR, 1) for one in log.covered]


@pytest.mark.parametrize("names", [("access.log-20261120", "access.log-20261121"), ("old.log", "access.log")])
def test_what_lies_between_two_files_is_a_hole(tmp_path: Path, names: tuple[str, str]) -> None:
    """26 to 22 hours ago and 2 to 0: not 24 hours, whatever the files are called; the hole is told."""
    old, new = (tmp_path / name for name in names)
    log = read(written(old, steps(26, 22)), written(new, steps(2, 0)))

    assert lengths(log) == [3, 2]
    assert any(line.startswith("nothing was written for 20 h from ") for line in log.doubts), log.doubts


def test_files_that_follow_closely_are_joined(tmp_path: Path) -> None:
    """Within the silence that is allowed, by default and by the item; a file of one line counts as well."""
    files = [
        written(tmp_path / "a.log", steps(26, 12.5)),
        written(tmp_path / "b.log", [11.75]),
        written(tmp_path / "c.log", steps(11, 0)),
    ]

    assert lengths(read(*files)) == [25]
    assert lengths(read(*files, silence=HOUR * 0.6)) == [12.5, 11]


def test_the_end_is_the_last_line_unless_it_is_recent(tmp_path: Path) -> None:
    """A log that does not hold the request that was just made says nothing of the time behind its last line."""
    now = datetime.now(UTC)
    silent = written(tmp_path / "silent.log", steps(26, 0.5))
    busy = written(tmp_path / "busy.log", steps(26, 0))

    assert lengths(read(silent, asked=now)) == [24.5]
    assert lengths(read(silent)) == [25]  # nobody asked anything that had to be in it
    assert read(busy, asked=now - timedelta(seconds=5)).covered[-1].end > now - timedelta(seconds=1)


def test_monitors_ask_the_same_of_logs(tmp_path: Path) -> None:
    """A hole is a doubt; two files that follow closely are none."""
    item = load_checklist("legacy-cutover").item("monitors")

    def doubts(*files: str) -> list[str]:
        now = datetime.now(UTC)
        return log_doubts(item, [Counted("p", "edge-1", count_hits(files, "/s", since=now - 25 * HOUR))], now)

    new = written(tmp_path / "access.log", steps(2, 0))
    (told,) = doubts(written(tmp_path / "access.log-1", steps(26, 22)), new)
    assert told.startswith("the logs of edge-1 speak for 4 h of 24 h: nothing was written for 20 h from "), told
    assert doubts(written(tmp_path / "access.log-1", steps(26, 2.5)), new) == []


def test_the_item_is_not_met_by_a_hole(tmp_path: Path) -> None:
    """The shipped item on such files: a gap with its hours; with the hours filled in it is met."""
    hosts = tuple(select(["http://127.0.0.1:9"], Inventory()))
    programs = Programs(tmp_path)

    def seen() -> Seen:
        asked = Asked(tmp_path, hosts, logs={(hosts[0].name, "edge-1"): ("access.log-*",)}, history="off")
        return measure_quiet(QUIET, Context(asked, "legacy-cutover", programs, Git(programs), None, "", tmp_path))

    written(tmp_path / "access.log-20261120", steps(26, 22))
    written(tmp_path / "access.log-20261121", steps(2, 0))
    hole = seen()
    written(tmp_path / "access.log-20261120", steps(26, 2.5))
    whole = seen()

    assert hole.state is State.UNMEASURED, hole
    assert any("gap of 20 h" in line for line in hole.evidence), hole.evidence
    assert whole.state is State.MET, whole


@pytest.mark.parametrize("first", ["quiet", "monitors"])
def test_each_item_reads_its_own_logs(tmp_path: Path, first: str) -> None:
    """One names a clean log, the other one that a monitor fills: neither is judged by the other's, in any order."""
    written(tmp_path / "clean.log", steps(26, 0))
    asks = '"GET /status/ HTTP/1.1" 200 5 "-" "Uptime-Kuma/1.23"\n'
    written(tmp_path / "busy.log", steps(26, 0))
    with (tmp_path / "busy.log").open("a") as busy:
        busy.write(f"127.0.0.1 - - [{datetime.now(UTC):%d/%b/%Y:%H:%M:%S +0000}] {asks}" * 300)
    own = tmp_path / "own.toml"
    own.write_text(
        '[items.quiet]\nlogs = { edge-1 = ["clean.log"] }\n'
        '[items.monitors]\nlook_at = ["logs"]\nlogs = { edge-1 = ["busy.log"] }\n'
    )
    checklist, programs = load_checklist("legacy-cutover", [own]), Programs(tmp_path)
    asked = Asked(tmp_path, tuple(select(["http://127.0.0.1:9"], Inventory())), history="off")
    context = Context(asked, "legacy-cutover", programs, Git(programs), None, "", tmp_path)
    measures = {"quiet": measure_quiet, "monitors": measure_monitors}

    seen = {
        name: measures[name](checklist.item(name), context)
        for name in (first, *(key for key in measures if key != first))
    }

    assert seen["quiet"].state is State.MET, seen["quiet"]
    assert seen["monitors"].state is State.NOT_MET, seen["monitors"]
    assert seen["monitors"].reason == "a monitor reads /status/: monitor Uptime Kuma: 300 requests"


@pytest.mark.parametrize(
    ("ended", "silence", "covers"),
    [
        (55 / 60, HOUR / 6, False),
        (9 / 60, HOUR / 6, True),
        (7, 8 * HOUR, True),
        (9, 8 * HOUR, False),
        (55 / 60, HOUR, True),
        (65 / 60, HOUR, False),
    ],
)
def test_the_gate_and_the_count_agree_on_the_end(
    tmp_path: Path, ended: float, silence: timedelta, covers: bool
) -> None:
    """Where no request had to be in the log, it reaches until now for both of them, or for neither."""
    file = written(tmp_path / "access.log", [ended + number / 8 for number in range(8 * 26, -1, -1)])
    count = count_hits([file], "/status/", since=datetime.now(UTC) - 24 * HOUR, silence=silence)
    log = log_read("prod", "edge-1", count)

    assert (log.covered[-1].end == count.at) is covers
    assert count.covered is covers
    assert (count.unbroken_since is not None) is covers
    assert not [one for one in count.doubts if not one.startswith("the log ends at ")]


def test_a_word_for_the_night_is_none_for_an_answer_that_is_missing(tmp_path: Path) -> None:
    """Logs that may be silent for eight hours, and do not hold what was just asked, are old or of somebody else."""
    item, now = load_checklist("legacy-cutover").item("monitors"), datetime.now(UTC)
    file = written(tmp_path / "access.log", steps(34, 7))
    count = count_hits([file], "/status/", since=now - 32 * HOUR, silence=8 * HOUR)

    (told,) = log_doubts(item, [Counted("p", "edge-1", count, asked=now)], now)
    assert told.startswith(
        ("the logs of edge-1 speak for 18 h of 24 h: ", "the logs of edge-1 speak for 17 h 59 min of ")
    )
    assert told.endswith(": the host has just answered, and it is not in them")
    assert log_doubts(item, [Counted("p", "edge-1", count)], now) == []

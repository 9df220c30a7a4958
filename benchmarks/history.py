"""History: what recording, reporting and comparing take, how large a year is, and whether kill -9 leaves a half."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks import status_page
from benchmarks.table import show, table
from benchmarks.timing import ROOT, run
from opscheck.history import History, open_history
from opscheck.history.amounts import shown_bytes
from opscheck.history.pruning import prune, size_of
from opscheck.history.trends import availability, by_test, counts_of_days, flaps, percentiles, percentiles_of_days
from opscheck.model import Json, Outcome
from opscheck.report import HostInfo, Result, RunInfo, RunReport

_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_EVERY: Final = timedelta(minutes=5)
_PER_DAY: Final = 288
_CHECKS: Final = 200
_HOSTS: Final = 5
_KILLS: Final = 100
_LARGE: Final = 10_000
_STATUS: Final = '{"ok": true, "ready": true, "llm": {"path": "primary", "model": "tiny"}}'


def main(*, quick: bool, rounds: int | None = None, days: int | None = None, kills: int | None = None) -> None:
    """Print the tables; of `rounds` 0 those of the year and of the kills only."""
    times = rounds if rounds is not None else 3 if quick else 5
    with tempfile.TemporaryDirectory(prefix="opscheck-history-") as folder:
        place = Path(folder)
        if times:
            show(_start_cost(times), _large(place, times))
        show(_year(place, days or (14 if quick else 365)))
        show(_kills(place, kills or (10 if quick else _KILLS)))


def _exchange(at: datetime, milliseconds: float, *, status: bool) -> Json:
    return {
        "kind": "http",
        "where": "https://ops.example.org/api/status/summary",
        "at": at.isoformat(timespec="milliseconds"),
        "summary": "HTTP/1.1 200 OK, 512 bytes",
        "phases_ms": {"dns": 1.2, "connect": 2.1, "tls": 6.4, "first_byte": milliseconds * 0.6, "total": milliseconds},
        "attempts": 1,
        "request": {"method": "GET", "url": "https://ops.example.org/api/status/summary", "headers": {}, "body": ""},
        "status": 200,
        "headers": [["content-type", "application/json"], ["server", "nginx"]],
        "excerpt": _STATUS if status else "<!doctype html><title>ops</title>",
    }


def _report(number: int, chance: random.Random, *, checks: int = _CHECKS, bad: float = 0.005) -> RunReport:
    """One run: latencies log-normal, one result in two hundred a failure, and now and then a host away for an hour."""
    at = _START + number * _EVERY
    away = f"host-{number // 12 % _HOSTS}" if number // 12 % 97 == 5 else ""
    results = []
    for index in range(checks):
        host = f"host-{index % _HOSTS}"
        outcome = Outcome.FAIL if chance.random() < bad else Outcome.PASS
        outcome = Outcome.UNMEASURED if host == away else outcome
        milliseconds = chance.lognormvariate(3 + index % 7 / 4, 0.6)
        good = outcome is Outcome.PASS
        seen = at + timedelta(milliseconds=chance.randrange(8000))
        results.append(
            Result(
                id=f"suites/concern_{index % 12}/test_{index}.py::test_it[{host}]",
                check=f"check-{index // _HOSTS}",
                markers=("smoke",),
                host=host,
                outcome=outcome,
                reason="kept" if good else f"answered 503 by reason {index % 9}",
                observed="" if good else f"status 503 after {milliseconds:.0f} ms",
                evidence=(_exchange(seen, milliseconds, status=index % 10 == 0),),
            )
        )
    info = RunInfo(f"run-{number:07d}", at, at + timedelta(seconds=9), "0.1.0", ("opscheck", "run", "-m", "smoke"))
    return RunReport(info, [HostInfo(f"host-{index}", "live", "reference") for index in range(_HOSTS)], results)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _both(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and seconds of processor time: on a machine that others use as well these are what it costs."""
    began = time.process_time()
    wall = _timed(act)
    return wall, time.process_time() - began


def _shown(wall: float, cpu: float) -> str:
    return f"{wall * 1000:.0f} ms, {cpu * 1000:.0f} ms of them computing"


def _start_cost(rounds: int) -> str:
    """What a process pays for recording: importing, opening, appending a run of 200 results."""
    code = {
        "python alone": "pass",
        "import opscheck.history (records, trends)": "import opscheck.history.trends",
        "import SQLAlchemy": "import sqlalchemy",
        "import alembic as well": "import sqlalchemy, alembic.command, alembic.config",
        "open a history that is there": "from opscheck.history import open_history; open_history({place!r})",
        "open, append 200 results": (
            "import random; from benchmarks.history import _report; from opscheck.history import open_history;"
            "open_history({place!r}).append(_report(random.randrange(10**6), random.Random(1)))"
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder, "h.sqlite"))
        with open_history(place) as history:
            history.append(_report(0, random.Random(1)))  # noqa: S311 - figures, no secrets
        took: dict[str, list[float]] = {name: [] for name in code}
        for _ in range(rounds):
            for name, text in code.items():
                took[name].append(run([sys.executable, "-c", text.format(place=place)]).seconds)
    alone = median(took["python alone"])
    rows = [(name, median(times), f"{(median(times) - alone) * 1000:.0f} ms") for name, times in took.items()]
    return table(f"What recording adds to a process, median of {rounds}", ("", "s", "more"), rows)


def _large(place: Path, rounds: int) -> str:
    """Ten thousand results: recorded, read, reported, compared; each in a process of its own for its memory."""
    for name, report in zip(("before", "after"), _two(), strict=True):
        (place / f"{name}.json").write_text(json.dumps(report.as_dict()))
    steps = ("nothing", "load", "first", "append", "results", "html", "json", "compare", "diff")
    took: dict[str, list[tuple[float, float, int]]] = {step: [] for step in steps}
    for number in range(rounds):
        for step in steps:
            words = [sys.executable, "-m", "benchmarks.history", step, str(place), str(number)]
            done = run(words)
            took[step].append((float(done.output.split()[-1]), done.seconds, done.peak_kb))
    names = {
        "nothing": "nothing but to have the two runs",
        "load": "read a report from its JSON file, checked against its schema",
        "first": "record it as the first run of a new history",
        "append": "record it as one more run",
        "results": "read the 10,000 results back",
        "html": "report as HTML",
        "json": "report as JSON",
        "compare": "compare two runs, in memory",
        "diff": "opscheck report --diff A.json B.json, all of it",
    }
    rows = [
        (
            names[step],
            median(one[0] for one in took[step]),
            median(one[1] for one in took[step]),
            f"{median(one[2] for one in took[step]) / 1000:.0f} MB",
        )
        for step in steps
    ]
    head = ("", "s", "s, whole process", "peak")
    return table(f"10,000 results of one run, median of {rounds}", head, rows)


def _two() -> list[RunReport]:
    return [_report(number, random.Random(number), checks=_LARGE) for number in (1, 2)]  # noqa: S311 - no secrets


def _step(step: str, place: Path, number: int) -> None:
    """What a process of `_large` does; prints its seconds."""
    from opscheck.report import html_report, json_report  # noqa: PLC0415 - one step's own
    from opscheck.report.compare import compare  # noqa: PLC0415 - one step's own

    reports = _two()
    path = place / ("large.sqlite" if step != "first" else f"first-{number}.sqlite")
    acts: dict[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "load": lambda: RunReport.from_dict(json.loads((place / "after.json").read_bytes())),
        "html": lambda: (place / "r.html").write_text(html_report.render(reports[1])),
        "json": lambda: (place / "r.json").write_text(json_report.render(reports[1])),
        "compare": lambda: compare(*reports),
        "diff": lambda: subprocess.run(
            [sys.executable, "-m", "opscheck", "report", "--diff", place / "before.json", place / "after.json"],
            stdout=subprocess.DEVNULL,
            check=False,
        ),
    }
    if step in ("first", "append", "results"):
        with open_history(path) as history:
            named = _renamed(reports[1], number)
            if step == "append":
                history.append(reports[0])
            acts["first"] = acts["append"] = lambda: history.append(named)
            acts["results"] = lambda: list(history.results(run=reports[0].run.id))
            print(_timed(acts[step]))
        return
    print(_timed(acts[step]))


def _renamed(report: RunReport, number: int) -> RunReport:
    return replace(report, run=replace(report.run, id=f"{report.run.id}-{number}-{os.getpid()}"))


def _year(place: Path, days: int) -> str:
    """Runs of 200 checks every five minutes, all of them generated and recorded."""
    path = place / "year.sqlite"
    chance = random.Random(1)  # noqa: S311 - figures, no secrets
    with open_history(path) as history:
        first = [_report(number, chance) for number in range(_PER_DAY)]
        singly = [median(part) for part in zip(*(_both(partial(history.append, one)) for one in first), strict=True)]
        wall, cpu = _both(lambda: _fill(history, days, chance))
        end = _START + timedelta(days=days)
        prune(history.connections, now=_START)  # takes nothing; what is in the log goes into the file
        size = size_of(history.connections)
        runs = days * _PER_DAY
        month = min(days, 30)
        since = end - timedelta(days=month)
        rows: list[Sequence[object]] = [
            ("runs, results", f"{runs:,}, {runs * _CHECKS:,}"),
            ("generate and record them, a day in one transaction", f"{wall:.0f} s, {cpu:.0f} s of them computing"),
            (
                "record one run by itself, median",
                f"{singly[0] * 1000:.1f} ms, {singly[1] * 1000:.1f} ms of them computing",
            ),
            ("on disk", f"{shown_bytes(size)}, {size / runs / _CHECKS:.2f} bytes a result"),
            *_questions(history, since, end, month, days),
            *status_page.rows(path, end),
        ]
        done = prune(history.connections, now=end, dry_run=True)
        rows.append(("prune to 90 days of passes would take", f"{done.runs:,} runs, passes of {done.passes:,}"))
        pruning = _timed(lambda: prune(history.connections, now=end))
        rows.append(("prune", f"{pruning:.1f} s, {shown_bytes(size_of(history.connections))} left"))
        limit = size // 5
        sizing = _timed(lambda: prune(history.connections, now=end, max_size=limit))
        left = shown_bytes(size_of(history.connections))
        rows.append((f"prune --max-size {shown_bytes(limit)}", f"{sizing:.1f} s, {left} left"))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rows.append(("peak memory of all this", f"{peak / 1000:.0f} MB"))
    return table(f"{days} days of runs every 5 minutes, {_CHECKS} checks each", ("", "value"), rows)


def _fill(history: History, days: int, chance: random.Random) -> None:
    for day in range(days):
        numbers = range(day * _PER_DAY, (day + 1) * _PER_DAY)
        history.append_all([_report(number, chance) for number in numbers], source="watch")


def _questions(history: History, since: datetime, end: datetime, month: int, days: int) -> Iterator[tuple[str, str]]:
    """Medians of five."""

    def asked(act: Callable[[], object]) -> str:
        walls, cpus = zip(*(_both(act) for _ in range(5)), strict=True)
        return _shown(median(walls), median(cpus))

    def sums(**which: Any) -> None:  # noqa: ANN401 - what `days` takes
        mine = history.days(since=which.pop("since").date(), **which)
        by: dict[tuple[str, str], list[Any]] = {}
        for one in mine:
            by.setdefault((one.host, one.check), []).append(one)
        for found in by.values():
            counts_of_days(found)
            percentiles_of_days(found)

    def close(test: Json) -> None:
        records = list(history.results(since=since, **test))
        for mine in by_test(records).values():
            availability(mine, until=end)
            percentiles(mine)
            flaps(mine)

    one = {"host": "host-1", "check": "check-7"}
    yield f"trend of {month} days, all {_CHECKS} tests, from sums by day", asked(lambda: sums(since=since))
    yield f"trend of {month} days, one test, from sums by day", asked(lambda: sums(since=since, **one))
    yield f"the same from its {month * _PER_DAY:,} results: availability, percentiles, flaps", asked(lambda: close(one))
    yield f"sums of {days} days, all tests, counts and percentiles", asked(lambda: sums(since=_START))
    yield (
        f"sums of {days} days, all tests, counts only",
        asked(lambda: counts_of_days(history.days(since=_START.date()))),
    )
    yield f"sums of {days} days, one host", asked(lambda: sums(since=_START, host="host-1"))
    yield "the last 24 hours, every result", asked(lambda: list(history.results(since=end - timedelta(days=1))))
    yield "the last 20 runs", asked(lambda: history.runs(limit=20))
    yield "the newest report", asked(lambda: history.report(history.find("latest")))


def _kills(place: Path, kills: int) -> str:
    """Kill -9 at random moments of a process that writes without a pause."""
    path = place / "kills.sqlite"
    chance = random.Random(5)  # noqa: S311 - moments, no secrets
    acknowledged = inside = 0
    for kill in range(kills):
        words = [sys.executable, "-m", "benchmarks.history", "write", str(path), str(kill)]
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline()]
            began = time.perf_counter()
            lines.append(writer.stdout.readline())
            once = time.perf_counter() - began  # how long a write takes here and now
            time.sleep(chance.uniform(0, 3 * once))
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout
        acknowledged += sum(line.startswith("done") for line in lines)
        inside += lines[-1].startswith("begin")
    with open_history(path) as history:
        whole = Counter(Counter(one.run for one in history.results()).values())
        runs = len(history.runs())
        days = sum(sum(one.counts.values()) for one in history.days())
        with history.connections.reading() as connection:
            sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    halves = sum(number for size, number in whole.items() if size != _CHECKS)
    rows = [
        ("killed while a run was being written", inside),
        ("runs that were acknowledged", acknowledged),
        ("runs that are there", runs),
        ("acknowledged and not there", max(acknowledged - runs, 0)),
        ("half records", halves + (days != runs * _CHECKS)),
        ("integrity_check", sound),
    ]
    return table(f"kill -9, {kills} times", ("", "value"), rows)


def _write(path: Path, kill: int) -> None:
    """Append until killed."""
    chance = random.Random(kill)  # noqa: S311 - figures, no secrets
    reports = [_report(kill * 10_000 + number, chance) for number in range(40)]
    with open_history(path) as history:
        for report in reports:
            print("begin", flush=True)
            history.append(report)
            print("done", flush=True)
    time.sleep(60)


def _alone() -> None:
    """One part: `year FOLDER DAYS`, `kills FOLDER TIMES`, `large FOLDER ROUNDS`; or a step of a part."""
    word, place, number = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    parts = {"year": _year, "kills": _kills, "large": _large}
    if word in parts:
        show(parts[word](place, number))
    elif word == "write":
        _write(place, number)
    else:
        _step(word, place, number)


if __name__ == "__main__":
    _alone()

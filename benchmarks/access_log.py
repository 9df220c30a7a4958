"""`opscheck legacy count` beside grep and beside loops over lines as one writes them: the same log, the same count."""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.table import show, table
from benchmarks.timing import Variant, interleaved, median, median_cpu, ratio, run

OURS: Final = "opscheck legacy count"
_MB: Final = 1_000_000
_PIECE: Final = 20 * _MB  # bytes that differ; a larger log has them again, each time on another day
_DAY: Final = b"10/Oct/2026"
_ISO: Final = b"2026-10-10"
_TARGETS: Final = (
    ("/api/status/summary", 25),
    ("/", 10),
    ("/assets/app.{}.js", 25),
    ("/assets/style.{}.css", 15),
    ("/chat", 5),
    ("/search?q=a%20b&next=https%3A%2F%2Fwww.example.org%2Fstatus%2F", 8),
    ("/~user/%7Efile{}", 3),
    ("/status1", 1),
    ("/status/summary", 0.4),
    ("/status/summary?poll={}", 0.4),
    ("/%73tatus/cors", 0.1),
    ("http://www.example.org/status/uptime", 0.1),
)
_AGENTS: Final = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "curl/8.5.0",
    "opscheck/0.1.0 (run 20261010T000000Z-abcdef)",
)
# What is a hit, as far as a pattern can say it; what opscheck itself asked is none.
_PATTERN: Final = r"""LC_ALL=C grep -E '"[A-Z]+ (https?://[^/ "]+)?/(s|%73)tatus[/ ?]'"""
_OTHERS: Final = """LC_ALL=C grep -vc '"opscheck/'"""
_GREP_ALL: Final = 'LC_ALL=C grep -c /status/ "$0"'  # counts every line that has it anywhere
_GREP: Final = f'{_PATTERN} "$0" | {_OTHERS}'
_ZCAT: Final = f'zcat "$0" | {_PATTERN} | {_OTHERS}'
_LOOP: Final = """
import re, sys
request = re.compile(r'"[A-Z]+ (\\S+)')
hits = 0
with open(sys.argv[1], errors="replace") as log:
    for line in log:
        found = request.search(line)
        if found:
            path = found[1].split("?")[0]
            hits += path == "/status" or path.startswith("/status/")
print(hits)
"""
_TABLES: Final = """
import re, sys
from collections import Counter
from datetime import datetime
from urllib.parse import unquote, urlsplit
combined = re.compile(r'(\\S+) \\S+ \\S+ \\[([^]]+)\\] "([^"]*)" (\\d+) \\S+ "([^"]*)" "([^"]*)"')
hits = unreadable = 0
paths, days, agents = Counter(), Counter(), Counter()
first = last = None
with open(sys.argv[1], errors="replace") as log:
    for line in log:
        found = combined.match(line)
        if not found:
            unreadable += 1
            continue
        at = datetime.strptime(found[2], "%d/%b/%Y:%H:%M:%S %z")
        first = first or at
        last = at
        words = found[3].split()
        path = unquote(urlsplit(words[1]).path) if len(words) > 1 else ""
        if (path == "/status" or path.startswith("/status/")) and not found[6].startswith("opscheck/"):
            hits += 1
            paths[path] += 1
            days[at.date()] += 1
            agents[found[6]] += 1
print(hits)
"""
_JSON: Final = """
import json, sys
from urllib.parse import unquote, urlsplit
hits = 0
with open(sys.argv[1], "rb") as log:
    for line in log:
        entry = json.loads(line)
        path = unquote(urlsplit(entry["request"].split()[1]).path)
        if (path == "/status" or path.startswith("/status/")) and not entry["agent"].startswith("opscheck/"):
            hits += 1
print(hits)
"""
_GZIP: Final = _LOOP.replace("open(sys.argv[1], errors=", "gzip.open(sys.argv[1], 'rt', errors=").replace(
    "import re,", "import gzip, re,"
)


Command = Sequence[str | Path]


def main(*, quick: bool = False, megabytes: int = 0, rounds: int = 5) -> None:
    """Print seconds, throughput and memory, and what each of them counts."""
    size = (megabytes or (60 if quick else 1000)) * _MB
    rounds = 1 if quick else rounds
    with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as folder:
        log, lines = Path(folder) / "access.log", Path(folder) / "access.json"
        _write(log, size, _combined, _DAY)
        greps = {"grep -c /status/": _shell(_GREP_ALL, log), "grep -E, then without opscheck's own": _shell(_GREP, log)}
        loop = {"loop: total alone, nothing decoded": _python(_LOOP, log)}
        _compare("combined", {OURS: _ours(log), **greps, **loop}, log, rounds)
        _write(log, size // 10, _combined, _DAY)
        tables = {OURS: _ours(log), "loop: the same tables": _python(_TABLES, log)}
        _compare("combined, all that is told", tables, log, rounds)
        _write(log, size // 4, _combined, _DAY)
        packed = Path(f"{log}.gz")
        with log.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, _MB)
        zipped = {"zcat, grep -E": _shell(_ZCAT, packed), "loop over gzip.open": _python(_GZIP, packed)}
        _compare("combined, gzip", {OURS: _ours(packed), **zipped}, log, rounds)
        log.unlink()
        _write(lines, size // 4, _json_line, _ISO)
        _compare("JSON lines", {OURS: _ours(lines), "loop with json.loads": _python(_JSON, lines)}, lines, rounds)


def _compare(what: str, commands: dict[str, Command], log: Path, rounds: int) -> None:
    """One table; `log` is the plain one, whose size counts."""
    there = {name: command for name, command in commands.items() if command[0] != "sh" or shutil.which("grep")}
    taken = interleaved({name: _variant(command) for name, command in there.items()}, rounds, seconds=240)
    size = log.stat().st_size / _MB
    rows = []
    for name, runs in taken.items():
        counted = {_hits(one.output) for one in runs}
        assert len(counted) == 1, counted
        seconds = median(runs)
        peak = f"{_peak_mb(there[name]):.0f}" if there[name][0] != "sh" else "-"
        speed, beside = f"{size / seconds:,.0f}", f"{ratio(runs, taken[OURS]):.2f}"
        rows.append((name, seconds, median_cpu(runs), speed, beside, peak, f"{counted.pop():,}"))
    title = f"access log: {what}, {size:,.0f} MB, {_lines(log):,} lines; median of {len(taken[OURS])} in turns"
    show(table(title, ("counted by", "seconds", "CPU", "MB/s", "seconds / opscheck", "peak MB", "hits"), rows), "")


def _variant(command: Command) -> Variant:
    return lambda: run(command)


def _peak_mb(command: Command) -> float:
    """The most memory of one more run; what the system tells of a child begins with what its parent has."""
    peak = 0
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with contextlib.suppress(OSError):
                told = Path(f"/proc/{process.pid}/status").read_text()
                peak = max([peak, *map(int, re.findall(r"VmHWM:\s+(\d+) kB", told))])
            time.sleep(0.01)
    return peak / 1000


def _hits(output: str) -> int:
    counted = json.loads(output)
    return int(counted["hits"] if isinstance(counted, dict) else counted)


def _ours(log: Path) -> Command:
    return [sys.executable, "-m", "opscheck", "legacy", "count", "--path", "/status/", "--json", log]


def _shell(script: str, log: Path) -> Command:
    return ["sh", "-c", script, log]


def _python(script: str, log: Path) -> Command:
    return [sys.executable, "-c", script, log]


def _write(log: Path, size: int, make: Callable[[random.Random, int], str], day: bytes) -> None:
    """A log of about this size, whose days follow each other."""
    chance = random.Random(7)  # noqa: S311 - the same log every time
    piece = bytearray()
    second = 0
    while len(piece) < min(size, _PIECE):
        second = min(second + (chance.random() < 0.9), 86_399)
        piece += make(chance, second).encode("latin-1")
    with log.open("wb") as file:
        written = number = 0
        while written < size:
            then = date(2026, 10, 10) + timedelta(days=number)
            other = then.strftime("%d/%b/%Y" if day == _DAY else "%Y-%m-%d").encode()
            file.write(piece.replace(day, other))
            written += len(piece)
            number += 1


def _picked(chance: random.Random) -> tuple[str, str]:
    target = chance.choices([one for one, _ in _TARGETS], [weight for _, weight in _TARGETS])[0]
    agent = chance.choices(_AGENTS, (60, 30, 9, 1))[0]
    return target.format(chance.randrange(10_000)), agent


def _combined(chance: random.Random, second: int) -> str:
    target, agent = _picked(chance)
    address = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    request = f"GET {target} HTTP/1.1"
    if chance.random() < 0.001:
        request = chance.choice(("", "\\x16\\x03\\x01\\x00\\xEE", "-"))
    referer = chance.choice(("-", "https://www.example.org/", "https://www.example.org/status/"))
    size = chance.randrange(100_000)
    return f'{address} - - [10/Oct/2026:{clock} +0000] "{request}" 200 {size} "{referer}" "{agent}"\n'


def _json_line(chance: random.Random, second: int) -> str:
    target, agent = _picked(chance)
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    entry = {
        "time": f"2026-10-10T{clock}+00:00",
        "address": ".".join(str(chance.randrange(1, 255)) for _ in range(4)),
        "request": f"GET {target} HTTP/1.1",
        "status": 200,
        "bytes": chance.randrange(100_000),
        "seconds": 0.003,
        "referer": chance.choice(("", "https://www.example.org/status/")),
        "agent": agent,
    }
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _lines(log: Path) -> int:
    with log.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_MB), b""))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.access_log")
    parser.add_argument("--megabytes", type=int, default=0, help="size of the log (1000)")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    main(megabytes=chosen.megabytes, rounds=chosen.rounds)

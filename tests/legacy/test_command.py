"""`opscheck legacy count`, in a process of its own, as a user starts it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.legacy.lines import Lines
from tests.legacy.slow_counter import count


def legacy_count(
    *arguments: str | Path, given: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command; `given` comes through a pipe."""
    command = [sys.executable, "-m", "opscheck", "legacy", "count", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=60, cwd=cwd, env=environment)


def line(ago: timedelta, target: str = "/status/", agent: str = "curl/8.5.0", zone: str = "+0000") -> str:
    """A line that was written so long ago."""
    at = datetime.now(UTC) - ago
    stamp = at.strftime(f"%d/%b/%Y:%H:%M:%S {zone}")
    return f'1.2.3.4 - - [{stamp}] "GET {target} HTTP/1.1" 200 5 "-" "{agent}"\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of two days: hits three hours ago and yesterday, one of opscheck, others each half hour."""
    path = tmp_path / "access.log"
    hour = timedelta(hours=1)
    path.write_text(
        "".join(line(number * hour / 2, "/") for number in range(96, 60, -1))
        + line(30 * hour, "/status/summary", "Mozilla/5.0")
        + "".join(line(number * hour / 2, "/") for number in range(59, 6, -1))
        + line(3 * hour)
        + line(2.5 * hour, "/")
        + line(2 * hour, "/status/", "opscheck/0.1.0 (run x)")
        + "".join(line(number * hour / 2, "/") for number in (3, 2, 1, 0))
    )
    return path


def test_the_table_tells_who_asks(log: Path) -> None:
    """By path, day, user agent and answer; the latest; opscheck's own apart; what the log covers."""
    done = legacy_count("--path", "/status/", log)

    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert text.startswith("2 hits of /status/\nof opscheck itself, which is no hit: 1\nby path\n")
    for row in ("  1  /status/summary", "  1  /status/", "  1  Mozilla/5.0", "  1  curl/8.5.0", "  2  200"):
        assert f"{row}\n" in text
    assert "/status/  curl/8.5.0\n1 log, 97 lines from " in text
    assert "not covered" not in text


@pytest.mark.parametrize(
    ("arguments", "hits", "covered"),
    [
        (("--since", "24h"), 1, True),
        (("--since", "40h"), 2, True),
        (("--since", "3d"), 2, False),
        (("--since", "90m"), 0, True),
        (("--since", "40h", "--until", "2999-01-01"), 2, True),
        (("--since", "2000-01-01T00:00Z", "--until", "2001-01-01"), 0, False),
    ],
)
def test_a_window(log: Path, arguments: tuple[str, ...], hits: int, covered: bool) -> None:
    """Spans and instants; `--fail` fails on a hit, and where the log does not cover the window."""
    done = legacy_count("--path", "/status/", "--json", "--fail", *arguments, log)

    told = json.loads(done.stdout)
    assert (told["hits"], told["covered"]) == (hits, covered)
    assert (told["doubts"] == []) is covered
    assert done.returncode == (0 if covered and not hits else 1)


def test_a_day_is_that_of_the_log(tmp_path: Path) -> None:
    """Bounds without an offset are meant in the zone of each line, also where daylight saving begins."""
    log = tmp_path / "access.log"
    hits: tuple[str, ...] = ("28/Mar/2026:23:59:59 +0100", "29/Mar/2026:00:00:00 +0100", "29/Mar/2026:01:59:59 +0100")
    hits += ("29/Mar/2026:03:00:00 +0200", "29/Mar/2026:23:59:59 +0200", "30/Mar/2026:00:00:00 +0200")
    log.write_text("".join(f'- - - [{at}] "GET /status/ HTTP/1.1" 200 5\n' for at in hits))

    silence = ("--silence", "21h")
    days = legacy_count("--path", "/status/", "--json", *silence, "--since", "2026-03-29", "--until", "2026-03-30", log)
    instants = legacy_count(
        "--path", "/status/", "--json", "--since", "2026-03-29T00:00Z", "--until", "2026-03-30T00:00Z", log
    )

    assert json.loads(days.stdout)["by_day"]["rows"] == [["2026-03-29", 4]]
    assert json.loads(days.stdout)["covered"]
    assert json.loads(instants.stdout)["by_day"]["rows"] == [["2026-03-29", 3], ["2026-03-30", 1]]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("name", [(), ("-",)])
def test_standard_input(pack: object, name: tuple[str, ...]) -> None:
    """Through a pipe, compressed or not, named or not; every number is that of the slow count."""
    log = Lines(77).log(3000)

    done = legacy_count("--path", "/status/", "--json", *name, given=pack(log))  # type: ignore[operator]

    told, slow = json.loads(done.stdout), count(log, b"/status")
    assert (told["hits"], told["own"], told["lines"], told["unreadable"]) == (
        slow.hits,
        slow.own,
        slow.lines,
        slow.unreadable,
    )
    assert dict(told["by_agent"]["rows"]) == dict(slow.agents)
    assert told["schema"] == "opscheck.legacy-count/1"
    assert [one["name"] for one in told["files"]] == ["-"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--path", "/status/", "no-such.log"), "opscheck: no-such.log: no such file or directory"),
        (("--path", "/status/", "no-such*"), "opscheck: no-such*: no such file"),
        (("--path", "/status/", "."), "opscheck: .: is a folder; name its files, such as ./access.log*"),
        (("--path", "status", "x"), "opscheck: 'status' is no path"),
        (("x",), "opscheck: --path is missing"),
        (("--path", "/s", "--since", "soon", "x"), "opscheck: --since: 'soon' is neither a span such as 24h"),
        (("--path", "/s", "--until", "9w9", "x"), "opscheck: --until: '9w9' is neither"),
        (("--path", "/s", "--since", "999999w", "x"), "opscheck: --since: '999999w' is neither"),
        (("--path", "/s", "--since", "1h", "--until", "2h", "x"), "opscheck: --since is not before --until"),
        (("--path", "/s", "--field", "agents=x", "x"), "opscheck: 'agents=x' is no field such as request=NAME"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    """Exit code 2, nothing on standard output."""
    done = legacy_count(*arguments, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(why)
    assert done.stderr.count(b"\n") == 1


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Garbage is no 0: the lines are counted as unreadable, and nothing is covered."""
    (tmp_path / "access.log").write_bytes(os.urandom(100_000).replace(b"[", b"\n"))

    done = legacy_count("--path", "/status/", "--fail", "access.log", cwd=tmp_path)

    assert done.returncode == 1
    assert b"unreadable, so that they tell no time" in done.stdout
    assert b"not covered: none of " in done.stdout


def test_an_empty_log_covers_nothing(tmp_path: Path) -> None:
    """A service that logs elsewhere has an empty log, too."""
    (tmp_path / "access.log").touch()

    done = legacy_count("--path", "/status/", "--fail", "access.log", cwd=tmp_path)

    assert (done.returncode, done.stdout.decode()) == (
        1,
        "0 hits of /status/\n1 log, 0 lines\nnot covered: there is no line\n",
    )


def test_foreign_text_is_harmless(tmp_path: Path) -> None:
    """What clients send reaches no terminal as it is; more values than can be told apart are told as others."""
    hostile = "".join(
        line(timedelta(), f"/status/\\x1B[31m{number}", f"\\x1B]0;{number}\\x07") for number in range(1100)
    )
    (tmp_path / "access.log").write_text(hostile + line(timedelta(), "/status/" + "x" * 5000))

    done = legacy_count("--path", "/status/", "access.log", cwd=tmp_path)
    told = json.loads(legacy_count("--path", "/status/", "--json", "access.log", cwd=tmp_path).stdout)

    text = done.stdout.decode()
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) < 400
    assert "\n  1081  others\n" in text
    assert (len(told["by_path"]["rows"]), told["by_path"]["other"], told["hits"]) == (1000, 101, 1101)

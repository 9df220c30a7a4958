"""Whatever changes something on a sensitive host needs an open window for it, and the test's own name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opscheck.model import Outcome
from opscheck.window.desk import close_window
from opscheck.window.gate import refusal
from opscheck.window.state import Phase
from service.running import EmbeddedService
from tests.parts.redis import Redis
from tests.window.world import World, run_report

WRITES = '''
from opscheck import Cost, Outcome, Verdict, check, observation

@check("remembers", promise="what is told is kept", concern="smoke", faults={"lost": "it is not"})
def remembers(answer):
    """Judge."""
    good = answer.status == 200
    return Verdict("", Outcome.PASS if good else Outcome.FAIL, f"answered {answer.status}")

@observation(mutating=True)
async def told(host, probe):
    return await probe.http(host.request("agent").with_json({"prompt": "Remember me"}))
'''
TEST = """
from conftest import *
from conftest import remembers

def test_it(told, expect):
    expect(remembers(told))
"""


@pytest.fixture(scope="module")
def service() -> Iterator[EmbeddedService]:
    """The reference service."""
    with EmbeddedService() as running:
        yield running


@pytest.fixture
def now_world(pytester: pytest.Pytester, service: EmbeddedService, monkeypatch: pytest.MonkeyPatch) -> World:
    """A folder with a sensitive host and a test that changes it; the clock is that of this machine."""
    for name in [name for name in os.environ if name.startswith("OPSCHECK_")]:
        monkeypatch.delenv(name)
    hosts = "".join(f'[hosts.{name}]\nurl = "{service.agent_url}"\nsensitive = true\n' for name in ("prod", "other"))
    (pytester.path / "opscheck.toml").write_text(hosts)
    pytester.makeconftest(WRITES)
    pytester.makepyfile(test_user=TEST)
    return World(pytester.path, now=datetime.now(UTC))


def outcome(pytester: pytest.Pytester, *words: str, host: str = "prod") -> str:
    """`passed`, or why the test was left out."""
    pytester.runpytest_subprocess(
        *("-p", "no:cacheprovider", f"--ops-host={host}", "--ops-report=r.json", *words),
    )
    report = json.loads((pytester.path / "r.json").read_text())
    (pytester.path / "r.json").unlink()
    if report["results"]:
        return str(report["results"][0]["outcome"])
    (gap,) = report["not_applicable"]
    return str(gap["why"])


NAMED = ("--ops-allow-mutating", "test_user.py::test_it[prod]")


@pytest.mark.usefixtures("now_world")
def test_outside_a_window_it_is_refused(pytester: pytest.Pytester) -> None:
    """Whatever the flags: by default, allowed, and named one by one."""
    assert "--ops-allow-mutating lets it run" in outcome(pytester)
    assert "name test_user.py::test_it[prod] to run it" in outcome(pytester, "--ops-allow-mutating")
    why = outcome(pytester, *NAMED)
    assert "host prod is sensitive: it needs an open maintenance window for prod: opscheck window open" in why
    assert 'no window "w1"' in outcome(pytester, *NAMED, "--ops-window=w1")


def test_within_a_window_it_runs(pytester: pytest.Pytester, now_world: World) -> None:
    """Opened, for this host, not closed, and the test named; by name and by path of the window."""
    now_world.open(incident="INC-1")
    assert outcome(pytester, *NAMED, "--ops-window=w1") == "PASS"
    assert outcome(pytester, *NAMED, "--ops-window=reports/windows/w1") == "PASS"
    assert outcome(pytester, "--ops-allow-mutating", f"{pytester.path}/test_user.py::test_it[prod]", "--ops-window=w1")
    assert "name test_user.py::test_it[prod]" in outcome(pytester, "--ops-allow-mutating", "--ops-window=w1")
    assert "--ops-allow-mutating lets it run" in outcome(pytester, NAMED[1], "--ops-window=w1")
    other = ("--ops-allow-mutating", "test_user.py::test_it[other]", "--ops-window=w1")
    assert "window w1 is for prod, not for other" in outcome(pytester, *other, host="other")
    now_world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    now_world.ran(Phase.AFTER, run_report(Outcome.PASS))
    now_world.close()
    assert "window w1 was closed" in outcome(pytester, *NAMED, "--ops-window=w1")


SLOW = """
@observation(cost=Cost())
async def slow(host):
    open("begun", "w").close()
    for _ in range(600):
        if os.path.exists("closed"):
            break
        await asyncio.sleep(0.05)
    return "done"

@observation(mutating=True)
async def told(host, probe, slow):
"""


@pytest.mark.parametrize("closes", [True, False])
def test_a_window_that_closes_meanwhile_allows_nothing_more(
    pytester: pytest.Pytester, now_world: World, closes: bool
) -> None:
    """It was open when the run began; what would change something after its end is not asked, and not red."""
    before, _, after = WRITES.partition("@observation(mutating=True)")
    after = after.partition("probe):\n")[2]
    pytester.makeconftest(f"import asyncio, os\n{before}{SLOW.rstrip()}\n{after}")
    now_world.open(incident="INC-1")
    now_world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    now_world.ran(Phase.AFTER, run_report(Outcome.PASS))

    def close() -> None:
        deadline = time.monotonic() + 60
        while not (pytester.path / "begun").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        if closes:
            now_world.close()
        (pytester.path / "closed").touch()

    thread = threading.Thread(target=close)
    thread.start()
    words = ["-p", "no:cacheprovider", "--ops-host=prod", "--ops-report=r.json", *NAMED, "--ops-window=w1"]
    pytester.runpytest_subprocess(*words)
    thread.join()

    (result,) = json.loads((pytester.path / "r.json").read_text())["results"]
    assert result["outcome"] == ("UNMEASURED" if closes else "PASS")
    assert ("not asked: window w1 was closed" in result["reason"]) is closes


def test_beyond_its_end_a_window_allows_nothing(world: World) -> None:
    """The minute before it does; after it, before it, with a damaged log it does not."""
    window = world.open()
    ends = window.span.end

    def why(now: datetime, word: str = "w1", host: str = "prod") -> str:
        return refusal(word, host, host_file=None, here=world.folder, now=now)

    assert why(world.now) == ""
    assert why(ends - timedelta(seconds=1)) == ""
    assert "ended 2026-03-07 06:00 UTC and is not closed yet" in why(ends)
    assert "opens 2026-03-07 02:10 UTC" in why(world.now - timedelta(minutes=1))
    assert "not for lab" in why(world.now, host="lab")
    assert 'did you mean "w1"' in why(world.now, word="w11")
    log = world.store().log_file
    log.write_bytes(log.read_bytes().replace(b'"prod"', b'"lab"', 1))
    assert "was changed" in why(world.now, host="lab")


def test_a_real_store_is_written_within_a_window_only(now_world: World, redis_server: Redis) -> None:
    """`opscheck run` on a sensitive host with a real Redis: the shipped check that writes, named by its id."""
    assert redis_server.password
    folder = now_world.folder
    (folder / "opscheck.toml").write_text(
        f'[hosts.prod]\nsystem = "shared-infra"\nsensitive = true\nurls = {{ redis = "{redis_server.url}" }}\n'
        'secrets = { redis_password = { env = "REDIS_PW" } }\n'
    )
    name = "suites/infra/test_redis.py::test_redis_keeps_what_it_is_given[prod]"
    words = ["-q", "--ops-host=prod", "--ops-allow-mutating", "--ops-report=r.json", name]
    environ = {**os.environ, "REDIS_PW": redis_server.password}

    def run(*more: str) -> dict[str, list[dict[str, str]]]:
        command = [sys.executable, "-m", "opscheck", "run", *words, *more]
        subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False, timeout=120)
        found: dict[str, list[dict[str, str]]] = json.loads((folder / "r.json").read_text())
        return found

    refused = run()
    assert [gap["id"] for gap in refused["not_applicable"]] == [name]
    assert "it needs an open maintenance window" in refused["not_applicable"][0]["why"]
    now_world.open(incident="INC-1")
    assert [one["outcome"] for one in run("--ops-window=w1")["results"]] == ["PASS"]
    close_early(now_world)
    assert run("--ops-window=w1")["results"] == []


def close_early(world: World) -> None:
    """Close the window at once."""
    world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    told = {"communicated": "#ops", "lessons": "", "tracker": ""}
    close_window(world.store(), told, now=datetime.now(UTC), by="ana")


def stack(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """`opscheck stack` where no engine answers, so that what is let through ends there and changes nothing."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("OPSCHECK_")}
    return subprocess.run(
        [sys.executable, "-m", "opscheck", "stack", *words],
        cwd=folder,
        env={**plain, "DOCKER_HOST": "tcp://127.0.0.1:9", **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


CHANGING = (
    ("up",),
    ("--quiet", "up", "--wait"),
    ("down",),
    ("down", "--remove-volumes"),
    ("restore", "backups/one"),
    ("migrate-memory-ids",),
    ("prune-review", "--delete", "old"),
    ("prune-review", "--del", "old"),
)
LOOKING = (("restore", "nowhere", "--check"), ("prune-review",), ("status",), ("down", "--help"), ("logs", "down"))


@pytest.mark.parametrize("words", CHANGING, ids=" ".join)
def test_the_stack_of_a_sensitive_host_stays_as_it_is(now_world: World, words: tuple[str, ...]) -> None:
    """Each command that changes something, named by --host, by the environment, or by the windows file."""
    folder = now_world.folder
    refused = "host prod is sensitive: it needs an open maintenance window for prod"
    ways: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
        (("--host", "prod"), {}),
        (("--host=prod",), {}),
        ((), {"OPSCHECK_STACK_HOST": "prod"}),
    )
    for more, environ in ways[: 3 if words == ("up",) else 1]:
        done = stack(folder, *more, *words, **environ)
        assert (done.returncode, done.stdout) == (4, "")
        assert refused in done.stderr
        assert done.stderr.count("\n") == 1


def test_the_windows_file_names_the_host_of_the_stack(now_world: World) -> None:
    """So that nobody has to think of it."""
    (now_world.folder / "windows.toml").write_text('stack = "prod"\n')

    assert "host prod is sensitive" in stack(now_world.folder, "down").stderr
    assert "host prod is sensitive" not in stack(now_world.folder, "status").stderr


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
def test_looking_needs_no_window(now_world: World, words: tuple[str, ...]) -> None:
    """What changes nothing is passed on."""
    assert "sensitive" not in stack(now_world.folder, "--host", "prod", *words).stderr


def test_within_a_window_the_stack_may_be_changed(now_world: World) -> None:
    """It then gets as far as the engine; without a host, and on one that is not sensitive, it does so at once."""
    folder = now_world.folder
    engine = stack(folder, "down").stderr
    now_world.open(incident="INC-1")

    assert engine
    assert "sensitive" not in engine
    assert stack(folder, "--host", "prod", "--window", "w1", "down").stderr == engine
    assert stack(folder, "down", OPSCHECK_STACK_HOST="prod", OPSCHECK_WINDOW="w1").stderr == engine
    assert stack(folder, "--host", "embedded", "down").stderr == engine
    assert "not for other" in stack(folder, "--host", "other", "--window", "w1", "down").stderr
    assert 'unknown host "pord"; did you mean "prod"' in stack(folder, "--host", "pord", "down").stderr
    assert "--host: a name is missing" in stack(folder, "down", "--host").stderr

"""`--host=containers` as a user runs it: started once, gone afterwards or kept, and clear when it cannot be."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from opscheck.hosts.ownership import KEPT, PART, PLACE, SET, place
from tests.containers.command import DEADLINE, Opscheck, host_file
from tests.containers.images import EDGE, MODEL, OLLAMA, SERVICE, edge_image, ollama_image
from tests.containers.world import eventually

FAILS = "def test_fails(ops_host):\n    assert not ops_host\n"
SLOW = """
import pathlib, time, urllib.request

def test_slow(ops_host):
    pathlib.Path("begun").touch()
    while not pathlib.Path("end").exists():
        time.sleep(0.1)
    assert urllib.request.urlopen(ops_host.request("liveness").url, timeout=20).status == 200
"""
LOGS = re.compile(r"logs of the containers: (\S+)|the containers' logs: (\S+)")


def made_since(command: Opscheck, began: float, part: str) -> list[str]:
    """The containers of a part that were made since a moment."""
    chosen = ("--filter", "event=create", "--filter", f"label={PART}={part}", "--format", "{{.ID}}")
    mine = ("--filter", f"label={PLACE}={place(command.folder)}")
    since = ("--since", f"{began:.3f}", "--until", f"{time.time() + 1:.3f}")
    return command.engine.docker("events", *since, *chosen, *mine).split()


def logs_of(out: str) -> str:
    """The file of logs that a run tells of, read and removed."""
    found = LOGS.search(out)
    assert found, out
    path = Path(found[1] or found[2])
    text = path.read_text()
    path.unlink()
    return text


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_all_parts_are_started_once_and_nothing_is_left(command: Opscheck, workers: tuple[str, ...]) -> None:
    """Whatever the number of workers: one set, every check passes, and afterwards all of it is gone."""
    began = time.time()

    done = command("-m", "readiness or smoke or status or cors", "--ops-report", "r.json", *workers)

    report = json.loads((command.folder / "r.json").read_text())
    assert done.returncode == 0, done.stdout
    assert report["summary"]["decision"] in ("GO", "DEGRADED")  # a busy machine needs a second look at times
    assert {one["kind"] for one in report["hosts"]} == {"containers"}
    assert len(report["results"]) > 40
    for part in ("agent", "webfetch", "llm", "page"):
        assert len(made_since(command, began, part)) == 1, part
    assert command.sets() == set()


def test_edge_and_ollama_where_images_are_named(command: Opscheck, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A real model behind the agent and a real edge before it; their own checks are asked as well."""
    edge_image(command.engine, tmp_path_factory.mktemp("edge"))
    ollama_image(command.engine, tmp_path_factory.mktemp("ollama"))
    command.write(host_file(edge=EDGE, ollama=OLLAMA, model=MODEL))

    done = command("-m", "smoke or edge or readiness", "--ops-report", "r.json")

    results = json.loads((command.folder / "r.json").read_text())["results"]
    assert done.returncode == 0, done.stdout
    asked = {one["check"] for one in results}
    assert {"edge-errors", "truthful-readiness", "agent-reply"} <= asked, asked


def test_kept_containers_are_used_again_and_go_with_the_next_run_that_does_not_keep_them(command: Opscheck) -> None:
    """The same containers in the second run; one that somebody stopped is made anew; at last nothing is left."""

    def kept() -> str:
        chosen = ("--filter", f"label={KEPT}", "--filter", f"label={PART}=agent")
        found = [command.engine.docker("ps", "-q", *chosen, "--filter", f"label={SET}={one}") for one in command.sets()]
        return " ".join(found)

    first, one = command("-m", "smoke", "--ops-keep"), kept()
    second, two = command("-m", "smoke", "--ops-keep", "-n", "2"), kept()
    command.engine.docker("kill", two)
    third, three = command("-m", "smoke", "--ops-keep"), kept()
    last = command("-m", "smoke")

    assert [done.returncode for done in (first, second, third, last)] == [0] * 4, third.stdout
    assert len(one.split()) == 1
    assert one == two
    assert three not in ("", two)
    assert command.sets() == set()


def test_what_another_run_is_using_is_left_alone(command: Opscheck) -> None:
    """Two runs in one folder: that without --ops-keep has its own containers, and the next one tidies up."""
    (command.folder / "test_slow.py").write_text(SLOW)
    slow = command.start("--ops-keep", "test_slow.py", "-k", "slow")
    try:
        deadline = time.monotonic() + DEADLINE
        while not (command.folder / "begun").exists() and slow.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        kept = command.sets()

        other = command("-m", "readiness")

        assert other.returncode == 0, other.stdout
        assert len(kept) == 1
        assert command.sets() == kept
        (command.folder / "end").touch()
        assert slow.wait(60) == 0  # its agent answered after the other run had ended
        last = command("-m", "readiness")
        assert last.returncode == 0, last.stdout
        assert command.sets() == set()
    finally:
        (command.folder / "end").touch()
        slow.wait(60)


def test_other_settings_are_other_containers(command: Opscheck, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What was kept is used only where it is what would be started now."""
    assert command("-m", "smoke", "--ops-keep").returncode == 0
    first = command.sets()
    edge_image(command.engine, tmp_path_factory.mktemp("edge"))
    command.write(host_file(edge=EDGE))

    done = command("-m", "smoke", "--ops-keep")

    second = command.sets()
    assert done.returncode == 0, done.stdout
    assert len(first) == len(second) == 1
    assert first != second


def killed_group(run: int, keepers: list[int]) -> None:
    """The whole process group, as a pipeline's time limit does it."""
    del keepers
    os.killpg(run, signal.SIGKILL)


def killed_all(run: int, keepers: list[int]) -> None:
    """And whoever cleans up behind it."""
    for one in keepers:
        os.kill(one, signal.SIGKILL)
    os.killpg(run, signal.SIGKILL)


def keepers_of(run: int) -> list[int]:
    """Who keeps the containers of a run: told by the request in its folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"opscheck.hosts.keeper" in words:
                asked = json.loads(Path(os.fsdecode(words[-2]), "containers.asked").read_text())
                found += [int(process.name)] if ancestor(asked["run"]) == run else []
        except (OSError, ValueError):
            continue
    return found


def ancestor(process: int) -> int:
    """The session that a process belongs to."""
    try:
        return os.getsid(process)
    except ProcessLookupError:
        return 0


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
@pytest.mark.parametrize("kill", [killed_group, killed_all])
def test_a_killed_run_leaves_nothing_behind_after_the_next_start(
    command: Opscheck, kill: Callable[[int, list[int]], None], workers: tuple[str, ...]
) -> None:
    """While containers start, or run: what keeps them ends them; where that was killed, too, the next start does."""
    with command.start("-m", "smoke", *workers) as run:
        assert eventually(lambda: bool(command.sets()))
        keepers = keepers_of(run.pid)
        assert len(keepers) == 1
        kill(run.pid, keepers)
    left = command.sets()

    if kill is killed_group:
        assert eventually(lambda: command.sets() == set())
    else:
        assert left
        assert command("-m", "smoke").returncode == 0
        assert command.sets() == set()


def test_an_interrupted_run_cleans_up(command: Opscheck) -> None:
    """Ctrl-C while the containers start."""
    with command.start("-m", "smoke") as run:
        assert eventually(lambda: bool(command.sets()))
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(120) != 0

    assert eventually(lambda: command.sets() == set())


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_logs_are_kept_where_tests_failed(command: Opscheck, workers: tuple[str, ...]) -> None:
    """A file whose path is told, with what every part has written."""
    command.write(FAILS, "test_fails.py")

    done = command("test_fails.py", "-k", "test_fails", *workers)

    logs = logs_of(done.stdout)
    assert done.returncode == 1
    for part in ("agent", "webfetch", "llm", "page"):
        assert f"===== {part}: running" in logs
    assert "GET /ready" in logs or "/ready" in logs


def test_a_part_that_does_not_come_up(command: Opscheck) -> None:
    """Which one, with what it said last and where all of it stands; its checks are blocked behind one cause."""
    command.write(host_file(edge=SERVICE))  # which has no nginx

    done = command("-m", "readiness")

    assert done.returncode == 1
    assert "edge is exited with exit code" in done.stdout
    assert "envsubst: not found" in logs_of(done.stdout)
    assert "root cause containers:containers:refused" in done.stdout
    assert command.sets() == set()


def test_an_image_that_is_nowhere(command: Opscheck) -> None:
    """Told by its name, with what to do."""
    command.write(host_file(service="127.0.0.1:9/no-such:1"))

    done = command("-m", "readiness")

    assert done.returncode == 1
    assert "image 127.0.0.1:9/no-such:1 is not here and cannot be pulled" in done.stdout
    assert "pull or build it, or name another one in images" in done.stdout


def test_a_model_that_is_nowhere(command: Opscheck, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Ollama is well, but the model is not in its image, and cannot be pulled."""
    ollama_image(command.engine, tmp_path_factory.mktemp("ollama"))
    command.write(host_file(ollama=OLLAMA, model="127.0.0.1:9/no/such"))

    done = command("-m", "readiness")

    assert done.returncode == 1
    assert "model 127.0.0.1:9/no/such is not in the image and cannot be pulled" in done.stdout
    logs_of(done.stdout)

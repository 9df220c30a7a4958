"""Backup and restore of a stack on a real engine, while it is used, and when everything goes wrong."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

from service.stack.backup.manifest import NAME, read_manifest, survey, write_manifest
from service.stack.backup.restore import checked
from service.stack.docker import Docker
from service.stack.outcome import Exit
from tests.stack.asking import ask, eventually, say
from tests.stack.command import StackCommand
from tests.stack.engine import Engine, ids_of, project
from tests.stack.states import contents_of

_KILLS = 8


def state_of(engine: Engine, command: StackCommand) -> str:
    """Give the state of the agent's container."""
    return engine("inspect", "-f", "{{.State.Status}}", ids_of(engine, command, ["agent"])["agent"])


def helpers(engine: Engine, command: StackCommand) -> list[str]:
    """Name the containers that commands have started for themselves."""
    return engine.labelled("container", f"opscheck.stack.helper={command.env['STACK_PROJECT_NAME']}")


def test_a_round_trip(images: Engine, running: StackCommand, tmp_path: Path) -> None:
    """What was said before the backup is there again, what was said after it is not; a backup stops nothing."""
    for number in range(6):
        say(running, f"before {number}", "round-trip")
    agent = ids_of(images, running, ["agent"])["agent"]
    started = images("inspect", "-f", "{{.State.StartedAt}}", agent)

    taken = running("backup", "--output", str(tmp_path / "b"))
    assert images("inspect", "-f", "{{.State.StartedAt}}", agent) == started
    say(running, "after the backup", "round-trip")
    restored = running("restore", str(tmp_path / "b"))

    assert (taken.returncode, restored.returncode) == (0, 0), taken.stderr + restored.stderr
    assert "12 interactions; vectors 6 points" in taken.stdout
    said = [text for number in range(6) for text in (f"before {number}", f"Noted: before {number}")]
    assert say(running, "and now?", "round-trip") == said
    assert ask(running, "EDGE_PORT", "GET", "/ready")[0] == 200
    assert images("exec", agent, "ls", "-A", "/state") == "data"  # nothing lies around
    assert helpers(images, running) == []


def test_while_it_is_used_no_exchange_is_torn(images: Engine, running: StackCommand, tmp_path: Path) -> None:
    """Several users talk on; every backup holds whole exchanges, and what was acknowledged before it began."""
    ended, acknowledged, failed = threading.Event(), list[str](), list[str]()

    def talk(user: int) -> None:
        number = 0
        while not ended.is_set():
            prompt = f"{user}.{number}"
            body = {"prompt": prompt, "conversation_id": f"busy-{user}"}
            status, document = ask(running, "EDGE_PORT", "POST", "/v1/agent", body)
            if status == 200:
                acknowledged.append(prompt)
            else:
                failed.append(f"{status} {document}")
            number += 1

    users = [threading.Thread(target=talk, args=(user,)) for user in range(3)]
    for user in users:
        user.start()
    try:
        for number in range(2):
            known = list(acknowledged)
            done = running("backup", "--output", str(tmp_path / f"b{number}"))
            assert done.returncode == 0, done.stderr
            kept = contents_of(tmp_path / f"b{number}" / "state" / "agent_state.sqlite")
            assert set(known) <= set(kept)
            assert all(second == f"Noted: {first}" for first, second in zip(kept[::2], kept[1::2], strict=True))
    finally:
        ended.set()
        for user in users:
            user.join()
    assert failed == []
    assert state_of(images, running) == "running"


def test_a_store_that_never_settles_stands_still_for_the_copy(
    images: Engine, running: StackCommand, tmp_path: Path
) -> None:
    """The agent is paused as short as the copy takes, and goes on."""
    agent = ids_of(images, running, ["agent"])["agent"]
    scribble = (
        "f = open('/state/data/vectors/wal/busy', 'wb', 0); n = 0\n"
        "while True: n += 1; f.seek(0); f.write(n.to_bytes(8, 'big'))"
    )
    images("exec", "-d", agent, "python", "-c", scribble)

    done = running("backup", "--output", str(tmp_path / "b"))

    assert done.returncode == 0, done.stderr
    assert "the agent stands still for the copy" in done.stderr
    assert state_of(images, running) == "running"
    assert eventually(lambda: ask(running, "EDGE_PORT", "GET", "/ready")[0] == 200)
    images("restart", "-t", "1", agent)  # ends the scribbler
    images("exec", agent, "rm", "/state/data/vectors/wal/busy")


def test_killed_at_any_moment_nothing_half_is_left(images: Engine, running: StackCommand, tmp_path: Path) -> None:
    """SIGKILL of the command: a whole backup or none, an agent that goes on, and no container that stays."""
    chance = random.Random(5)  # noqa: S311 - moments to kill at, no secret
    began = time.monotonic()
    assert running("backup", "--output", str(tmp_path / "first")).returncode == 0
    usual = time.monotonic() - began
    interrupted = 0
    for number in range(_KILLS):
        target = tmp_path / "all" / f"b{number}"
        with running.start("backup", "--output", str(target)) as command:
            time.sleep(chance.uniform(0, usual * 1.1))
            os.killpg(command.pid, signal.SIGKILL)
        if target.exists():
            checked(target)
        else:
            interrupted += 1
        for partial in (tmp_path / "all").glob(".*"):
            assert running("restore", str(partial)).returncode == Exit.FAILED
            assert not (partial / NAME).exists()

    assert interrupted > _KILLS / 3
    assert state_of(images, running) == "running"
    assert eventually(lambda: helpers(images, running) == [], 60)
    assert say(running, "still there?", "killed") == []


def test_killed_while_the_agent_stands_still_it_goes_on(images: Engine, running: StackCommand) -> None:
    """Whatever becomes of the command: its other half lets the agent go on as soon as it is gone."""
    agent = ids_of(images, running, ["agent"])["agent"]
    code = (
        "import os, sys, time\nfrom service.stack.backup.freeze import standing_still\n"
        "from service.stack.docker import Docker\n"
        "with standing_still(Docker(dict(os.environ)), [sys.argv[1]]):\n    print('still', flush=True); time.sleep(60)"
    )
    words = [*running.words()[:1], "-c", code, agent]
    with subprocess.Popen(
        words, env=running.whole_env({}), cwd=running.folder, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == "still\n"
        assert state_of(images, running) == "paused"
        os.killpg(command.pid, signal.SIGKILL)

    assert eventually(lambda: state_of(images, running) == "running", 10)


def test_a_state_that_the_agent_cannot_use_is_taken_back(images: Engine, running: StackCommand, tmp_path: Path) -> None:
    """The backup is whole and holds garbage: the old state is put in its place again, and the agent runs on it."""
    say(running, "keep this", "kept")
    assert running("backup", "--output", str(tmp_path / "b")).returncode == 0
    before = read_manifest(tmp_path / "b")
    (tmp_path / "b" / "state" / "agent_state.sqlite").write_bytes(os.urandom(8192))
    (tmp_path / "b" / NAME).unlink()
    write_manifest(tmp_path / "b", survey(tmp_path / "b", before.made, before.stores))
    say(running, "and this", "kept")

    done = running("restore", str(tmp_path / "b"))

    assert done.returncode == Exit.FAILED
    assert "the old one is back" in done.stderr
    assert eventually(lambda: ask(running, "EDGE_PORT", "GET", "/ready")[0] == 200)
    assert say(running, "well?", "kept") == ["keep this", "Noted: keep this", "and this", "Noted: and this"]
    assert images("exec", ids_of(images, running, ["agent"])["agent"], "ls", "-A", "/state") == "data"


def test_what_is_not_whole_does_not_even_stop_the_agent(images: Engine, running: StackCommand, tmp_path: Path) -> None:
    """It is looked at first."""
    assert running("backup", "--output", str(tmp_path / "b")).returncode == 0
    started = images("inspect", "-f", "{{.State.StartedAt}}", ids_of(images, running, ["agent"])["agent"])
    os.truncate(tmp_path / "b" / "state" / "agent_state.sqlite", 100)

    done = running("restore", str(tmp_path / "b"))

    assert done.returncode == Exit.FAILED
    assert "is damaged" in done.stderr
    agent = ids_of(images, running, ["agent"])["agent"]
    assert images("inspect", "-f", "{{.State.StartedAt}}", agent) == started


def test_into_a_new_stack(images: Engine, running: StackCommand, tmp_path: Path) -> None:
    """A backup is for the day when the machine is gone."""
    say(running, "moved", "to-another")
    assert running("backup", "--output", str(tmp_path / "b")).returncode == 0
    with project(images, tmp_path) as other:
        none = other("restore", str(tmp_path / "b"))
        assert other("up", "--wait").returncode == 0

        done = other("restore", str(tmp_path / "b"))

        assert none.returncode == Exit.FAILED
        assert "it was never up" in none.stderr
        assert done.returncode == 0, done.stderr
        assert say(other, "where?", "to-another") == ["moved", "Noted: moved"]


def test_memory_ids_of_the_stack_are_migrated(images: Engine, running: StackCommand) -> None:
    """With the agent stopped for as long as it takes, and running again afterwards."""
    numbers = (
        "import qdrant_edge as q; s = q.EdgeShard.load('/state/data/vectors')\n"
        "s.update(q.UpdateOperation.upsert_points([q.Point(n, [0.5] * 384, {'conversation_id': 'old', 'text': str(n)})"
        " for n in range(20)])); s.close()"
    )
    volume = Docker(running.whole_env({})).volume(running.env["STACK_PROJECT_NAME"], "state")
    images("stop", ids_of(images, running, ["agent"])["agent"])
    images("run", "--rm", "-v", f"{volume}:/state", "opscheck-service:tests", "python", "-c", numbers)
    assert running("up", "--wait").returncode == 0

    dry, first, second = (
        running("migrate-memory-ids", "--dry-run"),
        running("migrate-memory-ids"),
        running("migrate-memory-ids"),
    )

    assert [one.returncode for one in (dry, first, second)] == [0, 0, 0], first.stderr
    assert dry.stdout.startswith("would migrate 20 points")
    assert first.stdout.startswith("migrated 20 points")
    assert second.stdout.startswith("migrated 0 points")
    assert eventually(lambda: ask(running, "EDGE_PORT", "GET", "/ready")[0] == 200)
    assert json.loads(running("status", "--json").stdout)["exit"] == 0

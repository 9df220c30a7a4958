"""SIGKILL in the middle of a backup or of a restore, many times at random moments."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from service.stack.backup.restore import checked, restore_backup
from service.stack.backup.take import left_over, take_backup
from service.stack.outcome import StackError
from tests.stack.states import contents_of, make_state

_ROOT = Path(__file__).parents[2]
# The embedded engine's folder is large, so copying it has many moments to be killed at; the other store makes it quick.
_ROUNDS = [("sqlite", 100), ("qdrant-edge", 12)]
# Starts once and forks for every round, so that a kill hits the work and not the start of Python.
_PREFORK = """
import os, sys
from pathlib import Path
from service.stack.backup.restore import restore_backup
from service.stack.backup.take import take_backup
import qdrant_edge
for line in sys.stdin:
    action, one, other = line.split()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        {"backup": take_backup, "restore": restore_backup}[action](Path(one), Path(other))
        os._exit(0)
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


class Killer:
    """Starts backups and restores, and kills them."""

    def __init__(self, prefork: subprocess.Popen[str]) -> None:
        self._prefork = prefork

    def run(self, action: str, one: Path, other: Path, *, kill_after: float | None) -> bool:
        """Run it, killed after some seconds; tell whether it came to its end."""
        assert self._prefork.stdin is not None
        assert self._prefork.stdout is not None
        self._prefork.stdin.write(f"{action} {one} {other}\n")
        self._prefork.stdin.flush()
        pid = int(self._prefork.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(pid, signal.SIGKILL)
        return int(self._prefork.stdout.readline()) == 0

    def seconds(self, action: str, one: Path, other: Path) -> float:
        """Measure how long it takes when nobody kills it."""
        began = time.monotonic()
        assert self.run(action, one, other, kill_after=None)
        return time.monotonic() - began


@pytest.fixture
def killer() -> Iterator[Killer]:
    """Give a way to start and kill."""
    command = [sys.executable, "-c", _PREFORK]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as prefork:
        yield Killer(prefork)


@pytest.mark.parametrize(("engine", "kills"), _ROUNDS)
def test_an_interrupted_backup_is_never_taken_for_whole(
    killer: Killer, tmp_path: Path, engine: str, kills: int
) -> None:
    """Whatever is there afterwards is either a backup that restores to what was, or refused."""
    state = make_state(tmp_path / "data", exchanges=40, engine=engine)
    chance = random.Random(11)  # noqa: S311 - moments to kill at, no secret
    usual = killer.seconds("backup", state.folder, tmp_path / "first")
    interrupted = whole = 0
    for number in range(kills):
        target = tmp_path / "all" / f"b{number}"
        ended = killer.run("backup", state.folder, target, kill_after=chance.uniform(0, usual * 1.1))
        usual *= 0.9 if ended else 1.05  # a machine that does other things as well is not always as fast
        if target.exists():
            whole += 1
            checked(target)
            place = tmp_path / "restored" / str(number)
            restore_backup(target, place)
            assert contents_of(place / "agent_state.sqlite") == state.contents()
        else:
            interrupted += 1
    partial = left_over(tmp_path / "all")
    # One that was killed between its manifest and its last rename is whole, and may be restored.
    refused = [folder for folder in partial if not _restores(folder, tmp_path / "partial", state.contents())]

    assert interrupted > kills / 4
    assert len(refused) > kills / 6
    assert interrupted + whole == kills


@pytest.mark.parametrize(("engine", "kills"), _ROUNDS)
def test_an_interrupted_restore_leaves_one_state_whole(killer: Killer, tmp_path: Path, engine: str, kills: int) -> None:
    """The old one or the new one, each with all that belongs to it, and never none."""
    chance = random.Random(12)  # noqa: S311 - moments to kill at, no secret
    old = make_state(tmp_path / "data", exchanges=12, engine=engine)
    new = make_state(tmp_path / "other", exchanges=25, engine=engine)
    contents = {"old": old.contents(), "new": new.contents()}
    take_backup(old.folder, tmp_path / "old")
    take_backup(new.folder, tmp_path / "new")
    usual = killer.seconds("restore", tmp_path / "old", old.folder)
    now, replaced = "old", 0
    for number in range(kills):
        wanted = "new" if now == "old" else "old"
        moment = chance.uniform(0, usual * 1.1) if number < kills - 1 else None
        ended = killer.run("restore", tmp_path / wanted, old.folder, kill_after=moment)
        usual *= 0.9 if ended else 1.05
        found = old.contents()
        if found == contents[wanted]:
            now, replaced = wanted, replaced + 1
        assert found == contents[now], number
        assert old.remembered("conversation-1", "fact 1")[:1] == ["fact 1"]

    assert 0 < replaced < kills


def _restores(folder: Path, place: Path, contents: list[str]) -> bool:
    """Restore it; False where it is refused, and what comes back is all or nothing."""
    try:
        restore_backup(folder, place)
    except StackError:
        assert not place.exists()
        return False
    assert contents_of(place / "agent_state.sqlite") == contents
    shutil.rmtree(place)
    return True

"""What is done next to the state itself, in a container that has its volume mounted; not for operators."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..outcome import StackError
from .held import writer_stands_still
from .restore import restore_backup, take_back
from .shipping import receive, send
from .stable_copy import Unsettled
from .take import take_backup

STATE_DIR = Path("/state/data")  # as the image has it
HELD = "held"
UNSETTLED = 75  # the state is being written; take it again while nobody can
_NAME = "backup"
_PATIENCE_S = 3.0  # the caller has another way


def act(words: Sequence[str], state: Path = STATE_DIR) -> int:
    """Do what the words say. The second one is where an old state lies, or HELD."""
    action, old = words[0], words[1] if len(words) > 1 else ""
    if action == "ship":
        return ship(state, held=old == HELD)
    if action == "put":
        return put(state)
    return {"undo": undo, "discard": discard}[action](state, old)


def ship(state: Path, *, held: bool = False) -> int:
    """Take a backup and write it to standard output; `held` where the caller can hold the writer."""
    with tempfile.TemporaryDirectory(prefix="ship-") as scratch:
        folder = Path(scratch) / _NAME
        try:
            take_backup(state, folder, patience_s=_PATIENCE_S, hold=writer_stands_still if held else None)
        except Unsettled as error:
            sys.stderr.write(f"{error}\n")
            return UNSETTLED
        send(folder, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    return 0


def put(state: Path) -> int:
    """Restore the backup that arrives on standard input; say where the old state lies, or nothing without one."""
    incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=state.parent))
    try:
        receive(sys.stdin.buffer, incoming)
        old = restore_backup(incoming, state)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    sys.stdout.write(old.name if old is not None else "")
    return 0


def undo(state: Path, old: str) -> int:
    """Put the old state back, or remove the new one where there was none."""
    take_back(_beside(state, old), state)
    return 0


def discard(state: Path, old: str) -> int:
    """Remove the old state for good."""
    place = _beside(state, old)
    if place is not None:
        shutil.rmtree(place, ignore_errors=True)
    return 0


def _beside(state: Path, old: str) -> Path | None:
    if not old:
        return None
    if "/" in old or not old.startswith(f".{state.name}."):
        raise StackError(f"{old!r} is no old state of {state}")
    return state.with_name(old)

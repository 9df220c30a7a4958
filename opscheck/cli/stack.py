"""`opscheck stack`: the stack around the reference service, whose command line is the service's own.

On a sensitive host, what changes the stack needs an open maintenance window. Which host the stack is on says `--host`,
else `OPSCHECK_STACK_HOST`, else `stack` of the windows file; the window's name says `--window`, else `OPSCHECK_WINDOW`.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from opscheck.bundled import service_package
from opscheck.errors import OpscheckError, OptionError

_USAGE: Final = 4  # exit code
_HARMLESS: Final = {  # what a command changes nothing with
    "restore": ("--check",),
    "migrate-memory-ids": ("--dry-run",),
}
_HELP: Final = """\
which host the stack is on, for all commands:
  --host NAME           of the host file; else OPSCHECK_STACK_HOST, else stack of windows.toml, else none.
                        Where it is sensitive, what changes the stack needs an open maintenance window
  --window NAME         that window, as opscheck window open has named it; else OPSCHECK_WINDOW"""
_CHANGING: Final = ("up", "down", "restore", "migrate-memory-ids", "prune-review")


def stack(arguments: Sequence[str]) -> int:
    """Run a command of the stack and give its exit code."""
    try:
        words, host = _taken(list(arguments), "--host", "OPSCHECK_STACK_HOST")
        words, window = _taken(words, "--window", "OPSCHECK_WINDOW")
        if changes(words):
            _guard(changes(words), host, window)
    except OpscheckError as error:
        sys.stderr.write(f"opscheck: {error}\n")
        return _USAGE
    command_line = importlib.import_module(f"{service_package()}.stack.cli")
    return int(command_line.main(words, program="opscheck stack", more_help=_HELP))


def changes(words: Sequence[str]) -> str:
    """The command where it changes something, else an empty text.

    >>> changes(["--quiet", "down"]), changes(["restore", "x", "--check"]), changes(["prune-review"])
    ('down', '', '')
    """
    plain = [word for before, word in zip(["", *words], words, strict=False) if not before.startswith("--env")]
    command = next((word for word in plain if not word.startswith("-")), "")
    if command not in _CHANGING or any(word in ("-h", "--help") for word in words):
        return ""
    if command == "prune-review":
        return command if any(word.startswith("--d") for word in words) else ""
    return "" if any(word in _HARMLESS.get(command, ()) for word in words) else command


def _taken(words: list[str], flag: str, variable: str) -> tuple[list[str], str]:
    """The words without an option of ours, and its value; the stack's own command line does not know it."""
    left: list[str] = []
    value = os.environ.get(variable, "")
    rest = iter(words)
    for word in rest:
        if word == flag:
            value = next(rest, "")
            if not value or value.startswith("-"):
                raise OptionError(f"{flag}: a name is missing")
        elif word.startswith(f"{flag}="):
            value = word.partition("=")[2]
            if not value:
                raise OptionError(f"{flag}: a name is missing")
        else:
            left.append(word)
    return left, value


def _guard(command: str, host: str, window: str) -> None:
    """Let a change pass where the host is not sensitive, or within a window.

    Raises:
        OpscheckError: it does not pass, or the host is not known.
    """
    from opscheck.inventory import find_inventory, load_inventory, select  # noqa: PLC0415 - only what changes something
    from opscheck.window.book import find_book  # noqa: PLC0415 - only what changes something
    from opscheck.window.gate import refusal  # noqa: PLC0415 - only what changes something

    here = Path.cwd()
    inventory = load_inventory(find_inventory(here))
    name = host or find_book(inventory.path, here).stack
    if not name:
        return
    (found,) = select([name], inventory)
    if not found.sensitive:
        return
    why = refusal(window, name, host_file=inventory.path, here=here, now=datetime.now(UTC))
    if why:
        raise OptionError(f"stack {command} changes something and host {name} is sensitive: {why}")

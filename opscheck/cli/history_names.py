"""A name that history does not know is told as such: it is not one of which nothing happens to be recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from opscheck.errors import OptionError, did_you_mean
from opscheck.history import History
from opscheck.report.visible import visible

SOURCES: Final = ("run", "watch", "window", "import")
_FEW: Final = 8  # names that are listed where none is near


def ensure_known(history: History, *, host: str = "", check: str = "", window: str = "", source: str = "") -> None:
    """Ask this where nothing was found: whether the names that were asked for are there at all; empty ones are none.

    Raises:
        OptionError: one is not.
    """
    if source and source not in SOURCES:
        raise OptionError(f"--source {visible(source, 80)}: {_hint(source, SOURCES)}")
    if not (host or check or window):
        return
    known = history.names()
    for option, name, names in (
        ("host", host, known.hosts),
        ("check", check, known.checks),
        ("window", window, known.windows),
    ):
        if name and name not in names:
            told = f"history {history.location} has no {option} of that name; {_hint(name, names)}"
            raise OptionError(f"--{option} {visible(name, 80)}: {told}")


def about(names: Iterable[str], told: str) -> str:
    """A line on what was asked for by name: `liveness on prod: nothing was recorded since 2026-03-04`."""
    asked = " on ".join(visible(name, 80) for name in names if name)
    return f"{asked}: {told}" if asked else told


def _hint(name: str, known: Collection[str]) -> str:
    near = did_you_mean(name, sorted(known)).removeprefix("; ")
    if near:
        return near
    if not known:
        return "it knows none yet"
    few = ", ".join(visible(one, 80) for one in sorted(known)[:_FEW])
    return f"it knows {few}" + (f" and {len(known) - _FEW:,} more" if len(known) > _FEW else "")

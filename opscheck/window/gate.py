"""May something be changed on a host now? Only within an open window for it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from opscheck.errors import OptionError
from opscheck.window.book import find_book
from opscheck.window.desk import require
from opscheck.window.places import existing, root
from opscheck.window.state import Window
from opscheck.window.store import Store


def refusal(word: str, host: str, *, host_file: Path | None, here: Path, now: datetime) -> str:
    """Why nothing may be changed on a host, in one line; empty where a window allows it.

    Args:
        word: the window's name, or a path to its folder; empty where none was named.
        now: aware.
    """
    if not word:
        return f"it needs an open maintenance window for {host}: opscheck window open NAME --host {host}"
    try:
        window = require(Store(existing(word, root(find_book(host_file, here), host_file, here), here)))
    except OptionError as error:
        return str(error)
    return _why_not(window, host, now)


def _why_not(window: Window, host: str, now: datetime) -> str:
    if host not in window.hosts:
        return f"window {window.name} is for {', '.join(window.hosts)}, not for {host}"
    if window.closed is not None:
        return f"window {window.name} was closed {window.closed:%Y-%m-%d %H:%M} UTC"
    if now >= window.span.end:
        return f"window {window.name} ended {window.span.end:%Y-%m-%d %H:%M} UTC and is not closed yet"
    return "" if window.allows(now) else f"window {window.name} opens {window.opened:%Y-%m-%d %H:%M} UTC"

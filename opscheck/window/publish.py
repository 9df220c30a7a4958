"""Writes the report of a window and puts its hash into the log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from opscheck.errors import OptionError, SecretLeak
from opscheck.report.whole_file import write_whole
from opscheck.window.account import account_of
from opscheck.window.desk import require
from opscheck.window.page import render
from opscheck.window.store import Store
from opscheck.window.verify import seal


def write_page(store: Store, target: Path, *, now: datetime, by: str, version: str = "") -> Iterator[str]:
    """Write the page; what to tell about it.

    Raises:
        OptionError: the suffix is another one, the window is not known, or the file cannot be written.
        SecretLeak: a secret of a host was about to be written; nothing was.
    """
    if target.suffix.lower() not in (".html", ".htm"):
        raise OptionError(f"{target.name}: the report of a window is one HTML file: --to report.html")
    with store.locked():
        window = require(store)
        told = account_of(store, window)
        text = store.redactor.text(render(told, made=now, version=version))
        leaked = store.redactor.leaks(text)
        if leaked:
            raise SecretLeak(f"secret {', '.join(leaked)} was about to be written to {target.name}: nothing written")
        content = seal(text)
        write_whole(target, content)
        data = {"path": _near(target, store.folder), "sha256": hashlib.sha256(content).hexdigest()}
        store.append(at=now, by=by, kind="report", data=data)
    yield f"{told.judged.decision}: {told.judged.sentence}"
    yield f"written to {target}, {len(content) / 1024:.0f} KiB; is it unchanged later: opscheck window verify {target}"


def _near(path: Path, folder: Path) -> str:
    """As the log names it: relative where it lies in the window's folder, so that the folder can be moved."""
    whole, base = path.resolve(), folder.resolve()
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else str(whole)

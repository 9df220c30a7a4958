"""Where windows are kept: a folder each, below one that lies beside the host file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opscheck.errors import OptionError, did_you_mean
from opscheck.window.book import Book
from opscheck.window.store import LOG, folders_in

FOLDER: Final = Path("reports") / "windows"


def root(book: Book, host_file: Path | None, here: Path) -> Path:
    """The folder of all windows: as the windows file says, else `reports/windows` beside the host file, or here."""
    if book.folder is not None:
        return book.folder
    return (host_file.parent if host_file else book.path.parent if book.path else here) / FOLDER


def folder_of(word: str, windows: Path, here: Path) -> Path:
    """The folder of a window by its name, or by a path to it."""
    given = here / Path(word).expanduser()
    if "/" in word or (given / LOG).is_file():
        return given
    return windows / word


def existing(word: str, windows: Path, here: Path) -> Path:
    """The same, of a window that is there.

    Raises:
        OptionError: there is none of that name; the nearest one is named.
    """
    folder = folder_of(word, windows, here)
    if (folder / LOG).is_file():
        return folder
    known: Sequence[str] = [one.name for one in folders_in(windows)]
    hint = did_you_mean(word, known) or (f" (known: {', '.join(known[-10:])})" if known else "")
    raise OptionError(f'no window "{word}" at {folder}{hint}; opscheck window open {Path(word).name} opens one')

"""Reports out of history and into it: nothing that is there is overwritten, nothing is made for what cannot be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from opscheck.cli.history_places import opened, read_report
from opscheck.errors import OptionError, UserError
from opscheck.history import History
from opscheck.redact import Redactor
from opscheck.report.run import RunReport
from opscheck.report.visible import counted, visible
from opscheck.report.write import renderer_for, write_reports

FOLDER: Final = Path("history-export")  # of the present folder, where none is named
_AT_ONCE: Final = 100  # reports of one transaction
_TOLD: Final = 20  # files that are listed


@dataclass(slots=True)
class Exported:
    """What became of the reports that were to be written.

    Attributes:
        to: the folder, or the one file.
        written: files that are new.
        there: files that hold the report of the same run already.
    """

    to: Path
    written: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For a terminal."""
        more = f", {len(self.there):,} there already" if self.there else ""
        listed = [visible(name) for name in self.written[:_TOLD]]
        left = len(self.written) - len(listed)
        return [
            f"{counted(len(self.written), 'report')} written to {visible(self.to, 200)}{more}",
            *listed,
            *([f"and {left:,} more"] if left else []),
        ]


def export_reports(history: History, runs: Sequence[str], to: Path | None) -> Exported:
    """Write the reports of some runs, a file for each; one that holds the same run already stays as it is.

    Args:
        to: a folder, or for one run a file by its suffix; a folder of its own where nothing is said.

    Raises:
        OptionError: a file is there and holds something else, or cannot be written; then nothing was, or no more.
    """
    if to is not None and to.suffix and not to.is_dir():
        if len(runs) != 1:
            raise OptionError(f"{visible(to, 200)} is one file, and {counted(len(runs), 'run')} are to be written")
        renderer_for(to)
        if to.exists():
            raise OptionError(f"{visible(to, 200)} is there already and is not overwritten: name another file")
        done = Exported(to)
        paths = {runs[0]: to}
    else:
        done = Exported(to or FOLDER)
        paths = _paths(runs, done.to)
        done.there = [str(path) for run, path in paths.items() if _is_there(path, run)]
    for run, path in paths.items():
        report = history.report(run) if str(path) not in done.there else None
        if report is not None:  # it was masked when it was made
            done.written += [str(one) for one in write_reports(report, [path], Redactor())]
    return done


def _paths(runs: Iterable[str], folder: Path) -> dict[str, Path]:
    """A file for each run; two whose ids come to one name get one each."""
    found: dict[str, Path] = {}
    taken: set[str] = set()
    for run in runs:
        plain = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in run)
        first = name = plain.lstrip(".")[:100] or "run"
        number = 2
        while name in taken:
            name = f"{first}_{number}"
            number += 1
        taken.add(name)
        found[run] = folder / f"{name}.json"
    return found


def _is_there(path: Path, run: str) -> bool:
    """Whether it holds the report of that run.

    Raises:
        OptionError: it is there and holds something else.
    """
    if not path.exists():
        return False
    with contextlib.suppress(UserError):
        if read_report(path).run.id == run:
            return True
    raise OptionError(
        f"{visible(path, 200)} is there already and is not the report of that run: nothing was written, "
        "name another folder with --to"
    )


@dataclass(slots=True)
class Imported:
    """How many runs were recorded, known, or as old as what a prune let go of; and a line for each refused file."""

    recorded: int = 0
    known: int = 0
    old: int = 0
    refused: list[str] = field(default_factory=list)


def import_reports(files: Sequence[Path], where: str) -> Imported:
    """Record runs from their JSON reports; a history is made for the first that can be read, and not before.

    Raises:
        UserError: there is no file, or history cannot be written.
    """
    found = [path for one in files for path in (sorted(one.rglob("*.json")) if one.is_dir() else [one])]
    if not found:
        raise OptionError(f"no .json file is in {', '.join(visible(one, 80) for one in files[:5])}")
    done = Imported()
    with contextlib.ExitStack() as stack:
        history: History | None = None
        for batch in _read(found, done.refused):
            if history is None:
                history = stack.enter_context(opened(where, create=True))
            written = history.append_all(batch, source="import")
            done.recorded += written.recorded
            done.old += written.old
    done.known = len(found) - len(done.refused) - done.recorded - done.old
    return done


def _read(files: Iterable[Path], refused: list[str]) -> Iterator[list[RunReport]]:
    """Reports, some at a time; what cannot be read goes to `refused`."""
    waiting: list[RunReport] = []
    for path in files:
        try:
            waiting.append(read_report(path))
        except Exception as error:  # noqa: BLE001 - one broken file does not keep the others out; it is told
            refused.append(str(error))
        if len(waiting) >= _AT_ONCE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting

"""The runs of a window: made by a process of their own, kept with their hash, read back for the comparison."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from opscheck.errors import OptionError
from opscheck.report import RunReport, headline
from opscheck.report.compare import Comparison, compare
from opscheck.report.visible import visible
from opscheck.window.desk import require, require_open
from opscheck.window.state import KeptRun, Phase, Window
from opscheck.window.store import Store

SUITES: Final = "maintenance"  # health, targets, stores, dashboards, alerts and logs; see suites/conftest.py
_RUNS: Final = "runs"  # the folder of reports below a window's own
_LARGEST: Final = 512 * 1024 * 1024  # bytes of a report


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to run.

    Attributes:
        phase: before or after; None for what comes next.
        word: how the run is told of the window: a name that it finds, or a path; empty for the path.
        inventory: the host file; None for none.
        more: arguments of `opscheck run`; without -m among them the suites of SUITES run.
    """

    phase: Phase | None = None
    word: str = ""
    inventory: Path | None = None
    more: Sequence[str] = ()


def command(window: Window, wishes: Wishes, report: Path, folder: Path) -> list[str]:
    """The command line of the run."""
    named = any(word == "-m" or word.startswith("-m=") or "::" in word for word in wishes.more)
    return [
        *(sys.executable, "-m", "opscheck", "run"),
        *(f"--ops-host={host}" for host in window.hosts),
        *([f"--ops-inventory={wishes.inventory}"] if wishes.inventory else []),
        *([] if named else ["-m", SUITES]),
        f"--ops-report={report}",
        f"--ops-window={wishes.word or folder}",
        *wishes.more,
    ]


def next_phase(window: Window, wanted: Phase | None) -> Phase:
    """The phase of the next run: before, until there is one or something was done.

    Raises:
        OptionError: a run before was asked for after something was done.
    """
    if wanted is Phase.BEFORE and window.steps:
        raise OptionError(
            f"window {window.name}: a step was logged already, so no run can tell any more how it was before"
        )
    if wanted is Phase.BEFORE and window.latest(Phase.AFTER):
        raise OptionError(f"window {window.name}: it has a run after already: one before would come too late")
    if wanted is not None:
        return wanted
    return Phase.AFTER if window.steps or window.latest(Phase.BEFORE) else Phase.BEFORE


def run_checks(store: Store, wishes: Wishes, *, clock: Callable[[], datetime], by: str) -> tuple[RunReport, KeptRun]:
    """Run the checks, keep the report, and write it into the log.

    Raises:
        OptionError: the window is not open, or the run left no report.
    """
    window = require_open(store)
    phase = next_phase(window, wishes.phase)
    with _reserved(store, phase, len(window.runs) + 1) as file:
        words = command(window, wishes, file, store.folder.resolve())
        done = subprocess.run(words, check=False)  # noqa: S603 - no shell, and the interpreter that runs this
        content = file.read_bytes()
        if not content:
            raise OptionError(f"window {window.name}: the run ended with {done.returncode} and left no report")
        report = parse(content, file.name)
        strangers = sorted({host.name for host in report.hosts} - set(window.hosts))
        if strangers:
            raise OptionError(f"window {window.name} is not for {strangers[0]}: the run is not kept")
        with store.locked():
            window = require_open(store)
            kept = store.keep(f"{_RUNS}/{file.name}", content)
            told = {"phase": phase.value, "decision": report.decision.value, "headline": headline(report)}
            data = {**kept, **told, "run": report.run.id, "exit_code": done.returncode}
            store.append(at=clock(), by=by, kind="run", data=data)
            return report, require_open(store).runs[-1]


@contextmanager
def _reserved(store: Store, phase: Phase, number: int) -> Iterator[Path]:
    """The file that a run is kept as, empty: nobody else takes it, and it goes again where the run is not kept.

    The run writes its report there itself, so that what it prints names a file that stays.
    """
    folder = store.folder.absolute() / _RUNS
    try:
        folder.mkdir(exist_ok=True)
        file = folder / f"{number:03}-{phase}.json"
        while not _made(file):
            number += 1
            file = folder / f"{number:03}-{phase}.json"
    except OSError as error:
        raise OptionError(f"{visible(folder, 200)} cannot be written: {error.strerror}") from None
    try:
        yield file
    except BaseException:
        with suppress(OSError, OptionError):
            if all(one.file != f"{_RUNS}/{file.name}" for one in require(store).runs):
                file.unlink()
        raise


def _made(file: Path) -> bool:
    try:
        file.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def parse(content: bytes, name: str) -> RunReport:
    """A report from its JSON.

    Raises:
        OptionError: it is none.
    """
    if len(content) > _LARGEST:
        raise OptionError(f"{name}: larger than {_LARGEST // 1024 // 1024} MiB; is it a report?")
    try:
        return RunReport.from_dict(json.loads(content))
    except (ValueError, RecursionError) as error:
        raise OptionError(f"{name}: {visible(error, 160)}") from None


def kept_report(store: Store, run: KeptRun | None) -> RunReport | None:
    """The report of a kept run; None where there is none or it is gone.

    Raises:
        OptionError: the file is no report any more.
    """
    content = store.evidence(run.file) if run is not None else None
    return parse(content, run.file) if run is not None and content is not None else None


def comparison(store: Store, window: Window) -> Comparison | None:
    """The newest run before against the newest after; None while one of them is missing."""
    before, after = (kept_report(store, window.latest(phase)) for phase in (Phase.BEFORE, Phase.AFTER))
    return compare(before, after) if before is not None and after is not None else None

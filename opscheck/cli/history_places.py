"""Which history a command means, which run, and since when."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import typer

from opscheck.errors import OpscheckError, OptionError, UserError
from opscheck.history import History, default_location, open_history
from opscheck.history.amounts import span_of
from opscheck.history.place import OFF, is_url
from opscheck.inventory import find_inventory, load_inventory
from opscheck.report.run import RunReport
from opscheck.report.visible import visible
from opscheck.settings import resolve

_LARGEST: Final = 256 * 1024 * 1024  # bytes of a report


def location_of(stated: str) -> str | Path:
    """The place that the command line, the environment or the host file names; else the user's own.

    Raises:
        OptionError: history is turned off.
    """
    file = find_inventory(Path.cwd())
    inventory = load_inventory(file) if file is not None else None
    settings = resolve(
        lambda option: stated if option.name == "history" else None,
        inventory=inventory.options if inventory is not None else None,
    )
    value = settings.values["history"]
    named = str(value.value)
    if named.strip().lower() == OFF:
        raise OptionError(f"history is off ({value.source}): --ops-history names a file or postgresql://...")
    if not named or is_url(named):
        return named or default_location()
    folder = file.parent if value.source == "inventory" and file is not None else Path.cwd()
    return folder / Path(named).expanduser()


@contextlib.contextmanager
def opened(stated: str, *, create: bool = False) -> Iterator[History]:
    """The history that is meant."""
    with open_history(location_of(stated), create=create) as history:
        yield history


def guarded(act: Callable[[], int | None]) -> None:
    """Do it; one clear line and exit code 4 for what the user can mend."""
    try:
        code = act()
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        raise typer.Exit(4) from None
    if code:
        raise typer.Exit(code)


def instant_of(text: str, now: datetime) -> datetime | None:
    """`30d` ago, or a date or time (UTC where it names no zone); None for nothing.

    Raises:
        UserError: it is neither.
    """
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        try:
            return now - span_of(text)
        except UserError:
            raise OptionError(
                f"{visible(text, 40)!r} is neither a span (24h, 30d) nor a date (2026-03-04, 2026-03-04T22:00Z)"
            ) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def read_report(path: Path) -> RunReport:
    """A report of a run from its JSON file.

    Raises:
        UserError: it cannot be read, or is none.
    """
    shown = visible(path, 200)
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{shown}: larger than {_LARGEST:,} bytes; is it a report?")
        return RunReport.from_dict(json.loads(path.read_bytes()))
    except OSError as error:
        raise UserError(f"{shown}: cannot be read: {visible(error.strerror or error, 120)}") from None
    except (ValueError, RecursionError) as error:
        told = str(error) if "report" in str(error) else "is no JSON"
        raise UserError(f"{shown}: {visible(told, 240)}") from None


def report_of(word: str, stated: str) -> RunReport:
    """The report that a file holds, or that history has of a run.

    Raises:
        UserError: there is neither.
    """
    path = Path(word)
    if path.is_file():
        return read_report(path)
    if path.suffix or "/" in word:
        raise UserError(f"{visible(word, 200)}: there is no such file")
    with opened(stated) as history:
        found = history.report(history.find(word))
        if found is None:
            raise UserError(f"{visible(word, 80)}: the run is no longer in history")
        return found


def local_now() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)


def days_back(since: datetime | None, now: datetime) -> datetime:
    """Since when sums by day are asked for: thirty days where nothing is said."""
    return since if since is not None else now - timedelta(days=30)

"""The end of a run into history. It never decides: what cannot be recorded is a note in the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opscheck.errors import OpscheckError, ToolMissing
from opscheck.history.place import OFF, default_location, is_url
from opscheck.plugin.options import INVENTORY, settings_of
from opscheck.plugin.redaction import leaked, redactor_of

if TYPE_CHECKING:
    import pytest

    from opscheck.report.run import RunReport


def record(config: pytest.Config, report: RunReport) -> str:
    """Append the masked report; why that could not be done, one line, or nothing.

    Without SQLAlchemy nothing is recorded, and that is told only where somebody asked for it.
    """
    settings = settings_of(config)
    if settings.history.strip().lower() == OFF:
        return ""
    from opscheck.history import open_history  # noqa: PLC0415 - only a run that records

    try:
        masked = report.masked(redactor_of(config))
        if _leaks(config, masked):
            return "not recorded: a secret was in what history would have kept"
        with open_history(_location(config, settings.history)) as history:
            source = "window" if settings.window else "run"
            history.append(masked, source=source, window=masked_text(config, settings.window))
    except ToolMissing as error:
        return f"not recorded: {error}" if settings.history else ""
    except OpscheckError as error:
        return f"not recorded: {error}"
    except Exception as error:  # noqa: BLE001 - the run's verdict stands, whatever ails its history
        return f"not recorded: {type(error).__name__} in the code of history"
    return ""


def masked_text(config: pytest.Config, text: str) -> str:
    """A text without secrets."""
    return redactor_of(config).text(text)


def _location(config: pytest.Config, stated: str) -> str | Path:
    """The place that was named, from where pytest was started or, in a host file, from there; else the default one."""
    if not stated:
        return default_location()
    if is_url(stated):
        return stated
    host_file = config.stash[INVENTORY].path
    by_host_file = settings_of(config).values["history"].source == "inventory" and host_file is not None
    folder = host_file.parent if by_host_file and host_file is not None else config.invocation_params.dir
    return folder / Path(stated).expanduser()


def _leaks(config: pytest.Config, masked: RunReport) -> bool:
    """Whether a secret stands in what would be written; if so it is noted as a leak."""
    redactor = redactor_of(config)
    if not redactor:
        return False
    from opscheck.history.packing import json_text  # noqa: PLC0415 - only where there are secrets

    names = redactor.leaks(json_text(masked.as_dict()))
    if names:
        leaked(config, "history", names)
    return bool(names)

"""Keep registered secrets out of every sink of pytest: reports, collection errors, warnings, log records, terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from opscheck.redact import Redactor

REDACTOR: pytest.StashKey[Redactor] = pytest.StashKey()
LEAKS: pytest.StashKey[list[str]] = pytest.StashKey()
TOLD: pytest.StashKey[int] = pytest.StashKey()  # how many of them the end of the run has shown
_RECORDS: pytest.StashKey[Callable[..., logging.LogRecord]] = pytest.StashKey()
_DEPTH: Final = 12  # levels of a failure's representation
_FORMATTER: Final = logging.Formatter()


def redactor_of(config: pytest.Config) -> Redactor:
    """The run's redactor; empty, and then free of cost, until a secret is registered."""
    if REDACTOR not in config.stash:
        config.stash[REDACTOR] = Redactor()
    return config.stash[REDACTOR]


def leaked(config: pytest.Config, sink: str, names: list[str]) -> None:
    """Note that a secret reached a sink: the run will fail and say so."""
    config.stash.setdefault(LEAKS, []).extend(f"{sink}: secret {name}" for name in names)


def clean_report(redactor: Redactor, report: Any) -> None:  # noqa: ANN401 - a TestReport or a CollectReport
    """Mask secrets in everything that a report carries into terminal, JUnit XML and pytest-html."""
    if not redactor:
        return
    report.longrepr = _clean(redactor, report.longrepr, _DEPTH)
    report.sections = [(redactor.text(name), redactor.text(text)) for name, text in report.sections]
    if hasattr(report, "user_properties"):
        report.user_properties = [(name, redactor.tree(value)) for name, value in report.user_properties]
    for extra in ("extras", "extra", "opscheck"):
        if hasattr(report, extra):
            setattr(report, extra, redactor.tree(getattr(report, extra)))


def _clean(redactor: Redactor, value: Any, depth: int) -> Any:  # noqa: ANN401 - pytest's representation tree
    if isinstance(value, str):
        return redactor.text(value)
    if depth == 0 or value is None or isinstance(value, int | float | Path):
        return value
    if isinstance(value, tuple):
        return tuple(_clean(redactor, item, depth - 1) for item in value)
    if isinstance(value, list):
        return [_clean(redactor, item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {key: _clean(redactor, item, depth - 1) for key, item in value.items()}
    for name, item in list(getattr(value, "__dict__", {}).items()):
        object.__setattr__(value, name, _clean(redactor, item, depth - 1))
    return value


def clean_warning(redactor: Redactor, message: Any) -> None:  # noqa: ANN401 - a warnings.WarningMessage
    """Mask a warning before pytest keeps it for its summary."""
    text = str(message.message)
    clean = redactor.text(text)
    if clean != text:
        try:
            message.message = type(message.message)(clean)
        except Exception:  # noqa: BLE001 - a warning class may want more than a text
            message.message = UserWarning(clean)


def guard_log_records(config: pytest.Config) -> None:
    """From now on no log record carries a secret, whatever handler formats it."""
    if _RECORDS in config.stash:
        return
    redactor = redactor_of(config)
    make = config.stash[_RECORDS] = logging.getLogRecordFactory()

    def guarded(*arguments: Any, **more: Any) -> logging.LogRecord:  # noqa: ANN401 - the factory's own signature
        record = make(*arguments, **more)
        if redactor:
            _clean_record(redactor, record)
        return record

    logging.setLogRecordFactory(guarded)


def _clean_record(redactor: Redactor, record: logging.LogRecord) -> None:
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001 - a broken format string is the caller's; its handler will tell
        return
    clean = redactor.text(text)
    if clean != text:
        record.msg, record.args = clean, ()
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = redactor.text(_FORMATTER.formatException(record.exc_info))


def release_log_records(config: pytest.Config) -> None:
    """Give logging back as it was."""
    if _RECORDS in config.stash:
        logging.setLogRecordFactory(config.stash[_RECORDS])


def guard_terminal(config: pytest.Config) -> None:
    """The last sink: what is about to be written to the terminal is masked, and counts as a leak."""
    redactor = redactor_of(config)
    if not config.pluginmanager.hasplugin("terminalreporter"):
        return
    writer = config.get_terminal_writer()
    if getattr(writer, "_opscheck_guarded", False):
        return
    write = writer.write

    def guarded(msg: str, **how: Any) -> None:  # noqa: ANN401 - the writer's own markup options
        names = redactor.leaks(msg)
        if names:
            leaked(config, "terminal", names)
            msg = redactor.text(msg)
        write(msg, **how)

    writer.write = guarded  # type: ignore[method-assign]
    writer._opscheck_guarded = True  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark on it


def scan_files(config: pytest.Config) -> None:
    """The canary's last look: the files that other plugins wrote."""
    redactor = redactor_of(config)
    if not redactor:
        return
    for option in ("xmlpath", "htmlpath", "log_file"):
        path = config.getoption(option, None)
        if path and Path(path).is_file():
            names = redactor.leaks(Path(path).read_text("utf-8", "replace"))
            if names:
                leaked(config, str(path), names)

"""Structured log lines: one JSON object per line, control characters escaped, no process-wide set-up."""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TextIO, cast

if TYPE_CHECKING:
    from pathlib import Path

    from structlog.typing import EventDict, WrappedLogger


class Log(Protocol):
    """Where the service tells what happens, as an event with named values."""

    def info(self, event: str, **values: object) -> object:
        """Tell what went as it should."""

    def warning(self, event: str, **values: object) -> object:
        """Tell what went with a loss."""

    def error(self, event: str, **values: object) -> object:
        """Tell what went wrong."""


class SilentLog:
    """Tells nothing, for a service that lives inside somebody else's process."""

    def info(self, event: str, **values: object) -> None:
        """Drop it."""

    warning = info
    error = info


class FileLog:
    """Appends the same lines to a file, without what is slow to import, for a service inside somebody else's process.

    To be closed.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="ascii")
        self._lock = threading.Lock()

    def info(self, event: str, **values: object) -> None:
        """Tell what went as it should."""
        self._write("info", event, values)

    def warning(self, event: str, **values: object) -> None:
        """Tell what went with a loss."""
        self._write("warning", event, values)

    def error(self, event: str, **values: object) -> None:
        """Tell what went wrong."""
        self._write("error", event, values)

    def close(self) -> None:
        """Release the file; what is told later is dropped."""
        with self._lock:
            self._file.close()

    def _write(self, level: str, event: str, values: dict[str, object]) -> None:
        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        line = _line({**values, "event": event, "level": level, "timestamp": at})
        with self._lock:
            if not self._file.closed:
                self._file.write(line + "\n")
                self._file.flush()


def make_log(level: str, stream: TextIO | None = None) -> Log:
    """Make a log that writes to `stream` (standard error when None) from `level` on."""
    import structlog  # noqa: PLC0415 - slow to import, and a silent service never needs it

    return cast(
        "Log",
        structlog.wrap_logger(
            structlog.PrintLogger(stream if stream is not None else sys.stderr),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _render,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
            cache_logger_on_first_use=True,
        ),
    )


def _render(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return _line(dict(event))


def _line(values: dict[str, object]) -> str:
    # ASCII only: neither a terminal nor a log shipper sees a control, bidi or line-separator character.
    return json.dumps(values, ensure_ascii=True, default=str).replace("\x7f", "\\u007f")

"""What past runs found: every run is appended here, and the trends over them are pure functions.

`records` and `trends` need no database library; `open_history` imports SQLAlchemy, the extra `history`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opscheck.errors import ToolMissing
from opscheck.history.place import default_location
from opscheck.history.records import DayRecord, ResultRecord, RunRecord

if TYPE_CHECKING:
    from opscheck.history.store import History

__all__ = ["DayRecord", "History", "ResultRecord", "RunRecord", "default_location", "open_history"]


def open_history(location: str | Path, *, create: bool = True) -> History:
    """The history at a file or a `postgresql://` URL; made there if there is none, unless `create` is False.

    Raises:
        UserError: it is damaged, of a newer opscheck, no history at all, or cannot be reached; one line. What is
            there is left as it is.
        ToolMissing: SQLAlchemy is not installed.
    """
    try:
        from opscheck.history.store import open_history as opened  # noqa: PLC0415 - SQLAlchemy is slow to import
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("sqlalchemy", "alembic"):
            raise
        raise ToolMissing("SQLAlchemy", "pip install opscheck[history]") from None
    return opened(location, create=create)


def __getattr__(name: str) -> object:
    """`History`, without importing SQLAlchemy for who does not ask for it."""
    if name != "History":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from opscheck.history.store import History as Found  # noqa: PLC0415 - see `open_history`

    return Found

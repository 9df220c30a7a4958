"""Where history is kept: the user's state folder, a file, or a database that several machines share."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from opscheck.errors import OptionError
from opscheck.redact import MASK, Redactor, Secret
from opscheck.report.visible import visible

OFF: Final = "off"
_URL: Final = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
_POSTGRES: Final = frozenset({"postgresql", "postgres", "postgresql+psycopg"})


def default_location(environ: Mapping[str, str] | None = None) -> Path:
    """`$XDG_STATE_HOME/opscheck/history.sqlite`, by default below `~/.local/state`.

    Raises:
        OptionError: the user has no home folder.
    """
    known = os.environ if environ is None else environ
    base = known.get("XDG_STATE_HOME", "")
    if not base or not Path(base).is_absolute():  # a relative one is to be ignored, says its specification
        try:
            base = str(Path.home() / ".local" / "state")
        except RuntimeError:
            raise OptionError("there is no home folder to keep history in: --ops-history names a file") from None
    return Path(base) / "opscheck" / "history.sqlite"


def is_url(location: str | Path) -> bool:
    """Whether a location is a URL, and no file."""
    return bool(_URL.match(str(location)))


def database_url(location: str) -> str:
    """The URL as SQLAlchemy wants it.

    Raises:
        OptionError: it is no URL of Postgres.
    """
    scheme = location.partition("://")[0].lower()
    if scheme not in _POSTGRES:
        raise OptionError(f"history {shown_location(location)}: a file or postgresql://... is expected")
    return "postgresql+psycopg://" + location.partition("://")[2]


def shown_location(location: str | Path) -> str:
    """A location as it may be printed: without credentials and query values."""
    text = str(location)
    if not is_url(text):
        return visible(text, 200)
    rest = text.partition("://")[2]
    before, question, query = rest.partition("?")
    address = before.rpartition("@")[2]
    values = re.sub(r"=[^&]*", f"={MASK}", query)
    return visible(f"{text.partition('://')[0]}://{address}{question}{values}", 200)


def register_password(location: str, redactor: Redactor) -> None:
    """Let a redactor mask the password that a URL carries."""
    if not is_url(location):
        return
    rest = location.partition("://")[2]
    credentials = rest.partition("/")[0].rpartition("@")[0]
    passwords = {credentials.partition(":")[2]}
    with contextlib.suppress(ValueError):
        passwords |= {value for name, value in parse_qsl(urlsplit(location).query) if "password" in name.lower()}
    for password in {form for one in passwords for form in (one, unquote(one))}:
        if len(password) >= 4:
            redactor.register(Secret("history_password", password))

"""A window's log: one line an entry, each holding the hash of the one before it, so that nothing is changed unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from opscheck.redact import Redactor
from opscheck.window.masking import typed_without_secrets

SCHEMA: Final = "opscheck.window/1"
START: Final = "0" * 64  # what the first entry has for a predecessor
KINDS: Final = ("opened", "snapshot", "run", "step", "deviation", "report", "closed")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        number: 1 for the first.
        at: when it was written (UTC).
        by: who wrote it.
        kind: one of KINDS.
        data: what the kind tells, JSON-ready.
        before: the digest of the entry before.
        digest: of all of the above, SHA-256 in hexadecimal.
    """

    number: int
    at: datetime
    by: str
    kind: str
    data: Mapping[str, Any]
    before: str
    digest: str

    def body(self) -> dict[str, Any]:
        """What the digest is of."""
        return {
            "n": self.number,
            "at": self.at.isoformat(timespec="milliseconds"),
            "by": self.by,
            "kind": self.kind,
            "data": self.data,
            "before": self.before,
        }

    def line(self) -> str:
        """As the file holds it, with its line break."""
        return _text({**self.body(), "hash": self.digest}) + "\n"


def entry_after(
    last: Entry | None, *, at: datetime, by: str, kind: str, data: Mapping[str, Any], redactor: Redactor | None = None
) -> Entry:
    """The entry that follows another; secrets in it, registered or known by their looks, are masked before the hash."""
    told = {key: typed_without_secrets(value) for key, value in data.items()}
    if redactor is not None:
        told = {key: redactor.tree(value) for key, value in told.items()}
        by = redactor.text(by)
    number, before = (last.number + 1, last.digest) if last else (1, START)
    entry = Entry(number, at.astimezone(UTC), by, kind, told, before, "")
    return replace(entry, digest=_digest(entry.body()))


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(body).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Log:
    """What a log file holds.

    Attributes:
        entries: those up to the first that is wrong.
        torn: bytes of a last line that was never written whole; whoever wrote it was not told that it is kept.
        broken: what is wrong with the first bad line; empty where the chain is whole.
    """

    entries: Sequence[Entry] = ()
    torn: int = 0
    broken: str = ""

    @property
    def last(self) -> Entry | None:
        """The newest entry."""
        return self.entries[-1] if self.entries else None

    @property
    def head(self) -> str:
        """The digest that stands for the whole log."""
        return self.entries[-1].digest if self.entries else START


def read_log(content: bytes) -> Log:
    """Read a log and hold each entry against the one before it; whatever the bytes are, this does not raise."""
    whole, _, torn = content.rpartition(b"\n")
    entries: list[Entry] = []
    for number, raw in enumerate(whole.split(b"\n") if whole else (), 1):
        entry, why = _entry(raw, entries[-1] if entries else None)
        if entry is None:
            return Log(entries, 0, f"line {number} of the log {why}")
        entries.append(entry)
    return Log(entries, len(torn))


def _entry(raw: bytes, last: Entry | None) -> tuple[Entry | None, str]:
    try:
        data = json.loads(raw)
        at = datetime.fromisoformat(data["at"])
        entry = Entry(
            int(data["n"]), at, str(data["by"]), str(data["kind"]), data["data"], str(data["before"]), str(data["hash"])
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, "cannot be read"
    if at.tzinfo is None or not isinstance(entry.data, dict):
        return None, "cannot be read"
    number, before = (last.number + 1, last.digest) if last else (1, START)
    if entry.line().encode() != raw + b"\n":
        return None, "is not as opscheck writes it"
    if _digest(entry.body()) != entry.digest:
        return None, "was changed: its hash does not match"
    if (entry.number, entry.before) != (number, before):
        return None, "does not follow the line before it: one was changed, removed or put in"
    return entry, ""

"""Is the evidence of a window as it was kept? The log against itself, each file against the log."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from opscheck.errors import OptionError
from opscheck.window.desk import NAME
from opscheck.window.log import Entry, Log
from opscheck.window.store import LOG, Store

_SEAL: Final = re.compile(rb"<!-- opscheck-window sha256 ([0-9a-f]{64}) -->\n?\Z")
_META: Final = re.compile(rb'<meta name="opscheck-window" content="([^"]{0,2000})">')


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: the file.
        problem: what is wrong with it; empty where nothing is.
        note: what else is to be said.
    """

    name: str
    problem: str = ""
    note: str = ""


def verify_folder(folder: Path) -> list[Finding]:
    """Hold everything in a window's folder against its log.

    Raises:
        OptionError: there is no log.
    """
    store = Store(folder)
    log = store.read()
    if not log.entries and not log.broken:
        raise OptionError(f"{folder}: no window is kept here (there is no {LOG})")
    found = [_log_finding(log)]
    for entry in log.entries:
        found += [_kept(store, row) for row in _rows(entry)]
    newest = {entry.data["path"]: entry for entry in log.entries if entry.kind == "report"}
    found += [_report_finding(store, entry, log) for entry in newest.values()]
    return found


def verify_file(file: Path, folder: Path | None) -> list[Finding]:
    """Hold a report against its own seal, and against the window's log where that is known.

    Raises:
        OptionError: it cannot be read, or is no report of a window.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise OptionError(f"{file}: cannot be read: {error.strerror}") from None
    told = _told(content)
    if told is None:
        raise OptionError(f"{file}: is no report of a maintenance window")
    sealed = seal_problem(content)
    found = [Finding(str(file), sealed)]
    if folder is None:
        note = "the window's folder is not known: only the seal was looked at; --folder names it"
        return [*found, Finding("log", note=note)]
    log = Store(folder).read()
    digest = hashlib.sha256(content).hexdigest()
    known = [entry for entry in log.entries if entry.kind == "report" and entry.data["sha256"] == digest]
    if not known and not sealed:
        found = [Finding(str(file), "was changed and sealed again: the log knows no report with this hash")]
    kept = [_kept(Store(folder), row) for entry in log.entries for row in _rows(entry)]
    return [*found, _log_finding(log), *_against_log(told, log), *kept]


def window_folder(report: Path, windows: Path) -> Path | None:
    """The folder of the window that a report is about: where it lies, or by its name below the folder of windows."""
    told = _told(report.read_bytes()) or {}
    name = str(told.get("name", ""))
    places = [report.parent, *([windows / name] if NAME.fullmatch(name) else [])]
    for place in places:
        log = Store(place).read()
        if log.entries and log.entries[0].data.get("name") == name:
            return place
    return None


def _told(content: bytes) -> Mapping[str, Any] | None:
    match = _META.search(content)
    if match is None:
        return None
    try:
        data = json.loads(html.unescape(match[1].decode()))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def seal(page: str) -> bytes:
    """A page with the hash of itself as its last line: damage shows without anything else at hand."""
    content = page.rstrip("\n").encode() + b"\n"
    return content + b"<!-- opscheck-window sha256 %s -->\n" % hashlib.sha256(content).hexdigest().encode()


def seal_problem(content: bytes) -> str:
    """What is wrong with the seal of a page; empty where nothing is."""
    match = _SEAL.search(content)
    if match is None:
        return "was changed: its seal is gone"
    if hashlib.sha256(content[: match.start()]).hexdigest().encode() != match[1]:
        return "was changed: its seal does not match"
    return ""


def _log_finding(log: Log) -> Finding:
    note = "a last line was never written whole, and does not count" if log.torn else f"{len(log.entries)} entries"
    return Finding(LOG, log.broken, "" if log.broken else note)


def _against_log(told: Mapping[str, Any], log: Log) -> Iterator[Finding]:
    """The report says how far the log went and what its head was: the log must still begin like that."""
    count, head = told.get("entries"), told.get("head")
    if not isinstance(count, int) or not 0 < count <= len(log.entries):
        if not log.broken:
            yield Finding(LOG, f"holds {len(log.entries)} entries; the report knew {count}: some were cut off")
    elif log.entries[count - 1].digest != head:
        yield Finding(LOG, f"was written anew: its entry {count} is not the one that the report knew")


def _rows(entry: Entry) -> Iterator[Mapping[str, Any]]:
    """Every piece of evidence that an entry names."""
    data = entry.data
    for row in (data, data.get("rollback"), *(data.get("sources") or ())):
        if isinstance(row, Mapping) and "file" in row and "sha256" in row:
            yield row


def _kept(store: Store, row: Mapping[str, Any]) -> Finding:
    name = str(row["file"])
    content = store.evidence(name)
    if content is None:
        return Finding(name, "is gone")
    if hashlib.sha256(content).hexdigest() != row["sha256"]:
        return Finding(name, "was changed: its hash is not the one in the log")
    return Finding(name)


def _report_finding(store: Store, entry: Entry, log: Log) -> Finding:
    path = Path(entry.data["path"])
    place = path if path.is_absolute() else store.folder / path
    try:
        content = place.read_bytes()
    except OSError:
        return Finding(str(path), note="is not where it was written; opscheck window verify FILE looks at it elsewhere")
    if hashlib.sha256(content).hexdigest() != entry.data["sha256"]:
        return Finding(
            str(path), seal_problem(content) or "was changed and sealed again: its hash is not the one in the log"
        )
    return next(iter(_against_log(_told(content) or {}, log)), Finding(str(path)))

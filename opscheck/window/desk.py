"""What is done with a window: open it, tell what happens, close it; refusals are one line, the time is given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from opscheck.errors import OptionError
from opscheck.model import mask_url
from opscheck.redact import MASK
from opscheck.report.visible import counted, visible
from opscheck.window import snapshot
from opscheck.window.calendar import Calendar
from opscheck.window.log import SCHEMA, Entry
from opscheck.window.roles import Role, is_placeholder, without_backup, without_owner
from opscheck.window.spans import Span, duration
from opscheck.window.state import Phase, Window, window_of
from opscheck.window.store import Store, folders_in

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_INCIDENT: Final = re.compile(r"(?=.*\d)[\w./:#-]{2,80}")
_LONGEST: Final = 4000  # characters of one entry
EMERGENCY: Final = timedelta(hours=4)
_LONGEST_EMERGENCY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Request:
    """What is needed to open a window.

    Attributes:
        hosts: what may be changed.
        incident: makes it an emergency, which needs no schedule and no thaw.
        lasts: how long an emergency may last.
        announced: where it was announced, and when (as the user says it).
        rollback: a file, or the plan as a text.
        snapshot: files, patterns, folders and URLs.
        base: what relative paths start from.
        windows: the folder of all windows; None for the one that the window's own folder is in.
    """

    name: str
    hosts: Sequence[str]
    calendar: Calendar = field(default_factory=Calendar)
    roles: Sequence[Role] = ()
    incident: str = ""
    lasts: timedelta = EMERGENCY
    reason: str = ""
    announced: str = ""
    announced_at: str = ""
    rollback: str = ""
    snapshot: Sequence[str] = ()
    escalation: Sequence[str] = ()
    base: Path = Path()
    windows: Path | None = None


def open_window(store: Store, asked: Request, *, now: datetime, by: str) -> Window:
    """Open a window: take the snapshot, keep the rollback plan, write the first entry.

    Raises:
        OptionError: it may not be opened; one line that says why and what to do.
    """
    _complete(asked)
    calendar = asked.calendar.for_hosts(asked.hosts)
    span, rule, remarks = _emergency(calendar, asked, now) if asked.incident else _scheduled(calendar, asked, now)
    with store.locked():
        _not_taken(store, asked, now)
        sources = snapshot.take(asked.snapshot, asked.base, store.redactor)
        unread = [one for one in sources if one.problem]
        if unread:
            raise OptionError(f"window {asked.name}: the snapshot lacks {unread[0].name}: {unread[0].problem}")
        told: dict[str, Any] = {
            "schema": SCHEMA,
            "name": asked.name,
            "hosts": list(asked.hosts),
            "from": span.start.isoformat(timespec="seconds"),
            "until": span.end.isoformat(timespec="seconds"),
            "rule": rule,
            "incident": asked.incident,
            "reason": asked.reason,
            "roles": [role.as_dict() for role in asked.roles],
            "announced": {"where": asked.announced, "at": asked.announced_at},
            "rollback": _rollback(store, asked),
            "escalation": list(asked.escalation),
            "remarks": [*remarks, *without_backup(asked.roles)],
        }
        with Store(_windows(store, asked)).locked():
            # Once more, and now for sure: a snapshot may take long, and others open windows meanwhile.
            _not_taken(store, asked, now)
            rows = snapshot.keep(sources, store, "before")
            store.append(at=now, by=by, kind="opened", data=told)
        words = [mask_url(word) if "://" in word else word for word in asked.snapshot]
        kept = {"label": "before", "base": str(asked.base), "words": words, "sources": rows}
        store.append(at=now, by=by, kind="snapshot", data=kept)
        return require(store)


def _complete(asked: Request) -> None:
    """Everything that has to be there before a window opens is there."""
    if not NAME.fullmatch(asked.name):
        raise OptionError(f"window {asked.name!r}: a name is letters, digits, dots, dashes and underscores")
    if not asked.hosts:
        raise OptionError(f"window {asked.name}: no host is named: --host prod")
    if asked.incident and not _INCIDENT.fullmatch(asked.incident):
        raise OptionError(f"window {asked.name}: {asked.incident!r} is no incident id such as INC-1042")
    missing = without_owner(asked.roles)
    if missing:
        raise OptionError(f"window {asked.name}: {missing[0]}")
    if is_placeholder(asked.announced):
        raise OptionError(
            f"window {asked.name}: where was it announced? --announced '#ops-shared', or announce in a file"
        )
    if is_placeholder(asked.rollback):
        raise OptionError(f"window {asked.name}: there is no rollback plan: --rollback FILE or TEXT")
    if not asked.snapshot:
        raise OptionError(
            f"window {asked.name}: no configuration to keep a snapshot of: --snapshot FILE or URL, repeatable"
        )


def _scheduled(calendar: Calendar, asked: Request, now: datetime) -> tuple[Span, str, list[str]]:
    slot = calendar.current(now)
    if slot is not None:
        return slot.span, f"{slot.schedule.name}: {slot.schedule}", slot.remarks
    coming = calendar.following(now, 1)
    when = (
        f"the next opens {coming[0].span.start:%Y-%m-%d %H:%M} UTC ({coming[0].schedule.name})"
        if coming
        else f"no schedule covers {', '.join(asked.hosts)}"
    )
    freeze = calendar.frozen(now)
    why = f"{freeze} is on" if freeze else "no window is scheduled now"
    raise OptionError(f"window {asked.name}: {why}; {when}; in an emergency: --emergency INCIDENT")


def _emergency(calendar: Calendar, asked: Request, now: datetime) -> tuple[Span, str, list[str]]:
    if not timedelta() < asked.lasts <= _LONGEST_EMERGENCY:
        raise OptionError(f"window {asked.name}: an emergency lasts up to {duration(_LONGEST_EMERGENCY)}")
    freeze = calendar.frozen(now)
    return Span(now, now + asked.lasts), "", [f"opened in spite of {freeze}"] if freeze else []


def _not_taken(store: Store, asked: Request, now: datetime) -> None:
    log = store.read()
    if log.broken:
        raise OptionError(f"{store.log_file}: {log.broken}; take another name")
    known = window_of(log)
    if known is not None and known.closed:
        raise OptionError(f"window {asked.name} was closed {_stamp(known.closed)}; take another name")
    if known is not None:
        raise OptionError(f"window {asked.name} is already open since {_stamp(known.opened)}; close it first")
    for folder in {*folders_in(store.folder.parent), *folders_in(_windows(store, asked))}:
        other = window_of(Store(folder).read()) if folder != store.folder else None
        shared = sorted(set(other.hosts) & set(asked.hosts)) if other and other.is_open else []
        if other and shared and now < other.span.end:
            raise OptionError(f"{shared[0]} is in window {other.name} since {_stamp(other.opened)}: close that first")


def _windows(store: Store, asked: Request) -> Path:
    return asked.windows or store.folder.parent


def _rollback(store: Store, asked: Request) -> dict[str, Any]:
    path = asked.base / Path(asked.rollback).expanduser() if len(asked.rollback) < 1000 else None
    try:
        is_file = path is not None and path.is_file()
    except (OSError, ValueError):
        is_file = False
    if path is None or not is_file:
        if re.fullmatch(r"\S+\.(md|txt|rst|adoc|sh|html|pdf|ya?ml)|(\.{0,2}/)\S+", asked.rollback):
            raise OptionError(f"window {asked.name}: there is no rollback plan at {visible(asked.rollback, 200)}")
        return {"text": asked.rollback[:_LONGEST]}
    (source,) = snapshot.take([str(path)], asked.base, store.redactor)
    if source.problem or not source.size:
        raise OptionError(f"window {asked.name}: the rollback plan {path} {source.problem or 'is empty'}")
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", path.name).strip("-.")[-80:]
    return {"source": source.name, **store.keep(f"rollback-{plain}", source.content)}


def require(store: Store) -> Window:
    """The window of a folder.

    Raises:
        OptionError: there is none, or its log was tampered with.
    """
    log = store.read()
    if log.broken:
        raise OptionError(f"{store.log_file}: {log.broken}; opscheck window verify tells more")
    found = window_of(log)
    if found is None:
        raise OptionError(f"no window {store.folder.name} at {store.folder}: opscheck window open {store.folder.name}")
    return found


def require_open(store: Store) -> Window:
    """The same, where it is still open.

    Raises:
        OptionError: it is not.
    """
    found = require(store)
    if found.closed is not None:
        raise OptionError(f"window {found.name} was closed {_stamp(found.closed)} by {found.closed_by}")
    return found


def note(store: Store, text: str, *, now: datetime, by: str, deviation: bool = False) -> Entry:
    """Log a step, or something that went otherwise than planned.

    Raises:
        OptionError: the window is not open, or there is nothing to log.
    """
    plain = text.strip()
    if not plain:
        raise OptionError("there is nothing to log: say what was done")
    if len(plain) > _LONGEST:
        raise OptionError(f"an entry has at most {_LONGEST:,} characters; this one has {len(plain):,}")
    with store.locked():
        require_open(store)
        return store.append(at=now, by=by, kind="deviation" if deviation else "step", data={"text": plain})


def close_window(store: Store, told: Mapping[str, str], *, now: datetime, by: str) -> Window:
    """Close a window: what was changed is told, and that those concerned were.

    Args:
        told: `communicated` (where the summary was posted), `lessons`, `tracker`.

    Raises:
        OptionError: it is not open, there is no run after it, or nobody was told.
    """
    with store.locked():
        window = require_open(store)
        _may_close(window, told)
        _snapshot_again(store, window, now=now, by=by)
        late = now - window.span.end
        overrun = duration(late) if late > timedelta() else ""
        store.append(at=now, by=by, kind="closed", data={**told, "overrun": overrun})
        return require(store)


def _snapshot_again(store: Store, window: Window, *, now: datetime, by: str) -> None:
    """Look at the configuration once more: what changed during the window is told."""
    for entry in window.snapshots[:1]:
        words = [one for one in entry.data["words"] if MASK not in one]  # what was masked cannot be asked again
        rows = [row for row in entry.data["sources"] if MASK not in row["source"]]
        sources = snapshot.take(words, Path(entry.data["base"]), store.redactor)
        after = snapshot.keep(sources, store, "after")
        data = {"label": "after", "sources": after, "changed": snapshot.changed(rows, after)}
        store.append(at=now, by=by, kind="snapshot", data=data)


def _may_close(window: Window, told: Mapping[str, str]) -> None:
    again = f"opscheck window run {window.name} --phase"
    if window.latest(Phase.BEFORE) is None and not window.deviations:
        raise OptionError(
            f"window {window.name} has no run before it to compare with: log a deviation that says why, then close"
        )
    after = window.latest(Phase.AFTER)
    if after is None:
        raise OptionError(f"window {window.name} has no run after it: {again} after")
    newer = [one for one in window.steps if one.number > after.number]
    if newer:
        raise OptionError(f"window {window.name}: {counted(len(newer), 'step')} came after its last run: {again} after")
    if is_placeholder(told.get("communicated", "")):
        raise OptionError(f"window {window.name}: where was the summary posted? --communicated '#ops-shared'")


def _stamp(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"

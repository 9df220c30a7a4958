"""The windows file beside the host file: schedules, freezes, roles and habits; the schedules alone may stand in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from opscheck.errors import OptionError, did_you_mean
from opscheck.window.calendar import Calendar
from opscheck.window.roles import Role
from opscheck.window.schedule import Freeze, Schedule
from opscheck.window.spans import Span, instant
from opscheck.window.wording import parse_clock, parse_date, parse_days, parse_schedule, parse_zone

FILE_NAME: Final = "windows.toml"
_LARGEST: Final = 1024 * 1024  # bytes
_TOP: Final = ("windows", "freezes", "roles", "snapshot", "announce", "rollback", "escalation", "stack", "folder")
_WINDOW: Final = ("schedule", "days", "start", "end", "zone", "of_month", "hosts")
_FREEZE: Final = ("from", "until", "zone", "reason", "hosts")
_ROLE: Final = ("owner", "backup", "does")


@dataclass(frozen=True, slots=True)
class Book:
    """What is agreed about maintenance.

    Attributes:
        path: the file; None where there is none.
        snapshot: files and URLs whose state is kept before every window.
        announce: where windows are announced.
        rollback: the plan for going back: a file, or a text.
        escalation: whom to call, in order, each one line.
        stack: the host that `opscheck stack` acts on.
        folder: where the windows' own folders are kept.
        hosts: every host that the file names.
    """

    path: Path | None = None
    calendar: Calendar = field(default_factory=Calendar)
    roles: Sequence[Role] = ()
    snapshot: Sequence[str] = ()
    announce: str = ""
    rollback: str = ""
    escalation: Sequence[str] = ()
    stack: str = ""
    folder: Path | None = None
    hosts: frozenset[str] = field(default_factory=frozenset)

    @property
    def base(self) -> Path:
        """What relative paths of the file start from."""
        return self.path.parent if self.path else Path.cwd()


def find_book(host_file: Path | None, start: Path) -> Book:
    """The book beside the host file, or in the start folder; `[windows]` of the host file where there is no other.

    Raises:
        OptionError: it cannot be used.
    """
    inside = _read(host_file).get("windows") if host_file else None
    for folder in [host_file.parent] if host_file else [start, *start.parents]:
        file = folder / FILE_NAME
        if file.is_file() and inside is not None:
            raise OptionError(f"{file}: [windows] stands in {host_file} as well: keep the schedules in one of them")
        if file.is_file():
            return load_book(file)
    return _book(host_file, {"windows": inside}) if host_file is not None and inside is not None else Book()


def load_book(path: Path) -> Book:
    """Read a windows file.

    Raises:
        OptionError: it cannot be read or is wrong; one line that names file, key and what would be right.
    """
    return _book(path, _read(path))


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise OptionError(f"{path}: larger than {_LARGEST} bytes; is it a windows file?")
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OptionError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise OptionError(f"{path}: is not UTF-8 at byte {error.start}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise OptionError(f"{path}: is not TOML: {error}") from None


def _book(path: Path, data: Mapping[str, Any]) -> Book:
    try:
        _only(data, _TOP, "")
        schedules = [_schedule(name, value) for name, value in _table(data, "windows").items()]
        freezes = [_freeze(name, value) for name, value in _table(data, "freezes").items()]
        folder = _text(data, "folder", "")
        named = [*(host for one in schedules for host in one.hosts), *(host for one in freezes for host in one.hosts)]
        return Book(
            path=path,
            calendar=Calendar(schedules, freezes),
            roles=[_role(name, value) for name, value in _table(data, "roles").items()],
            snapshot=_texts(data, "snapshot"),
            announce=_text(data, "announce", ""),
            rollback=_text(data, "rollback", ""),
            escalation=_texts(data, "escalation"),
            stack=_text(data, "stack", ""),
            folder=path.parent / folder if folder else None,
            hosts=frozenset(named),
        )
    except OptionError as error:
        raise OptionError(f"{path}: {error}") from None


def _schedule(name: str, value: object) -> Schedule:
    table = _mapping(value, f"windows.{name}")
    _only(table, _WINDOW, f"windows.{name}.")
    hosts = _texts(table, "hosts")
    if "schedule" in table:
        if len(set(table) & set(_WINDOW[1:-1])):
            raise OptionError(f"windows.{name}: either schedule, or days, start, end and zone")
        return parse_schedule(name, _text(table, "schedule", f"windows.{name}."), hosts=hosts)
    missing = [key for key in ("days", "start", "end", "zone") if key not in table]
    if missing:
        raise OptionError(f'windows.{name}: {missing[0]} is missing, or schedule = "Saturday 02:00-06:00 UTC"')
    words = " ".join([*_texts(table, "of_month"), *_texts(table, "days")])
    days, of_month, dates = parse_days(name, words)
    start = parse_clock(name, _text(table, "start", f"windows.{name}."))
    end = parse_clock(name, _text(table, "end", f"windows.{name}."), is_end=True)
    if start == end and start != time():
        raise OptionError(f"windows.{name}: it ends when it starts")
    zone = parse_zone(f"windows.{name}.zone", _text(table, "zone", f"windows.{name}."))
    return Schedule(name, start, end, zone, days, of_month, dates, tuple(hosts))


def _freeze(name: str, value: object) -> Freeze:
    table = _mapping(value, f"freezes.{name}")
    _only(table, _FREEZE, f"freezes.{name}.")
    for key in ("from", "until"):
        if key not in table:
            raise OptionError(f"freezes.{name}: {key} is missing, such as {key} = 2026-12-24")
    zone = parse_zone(f"freezes.{name}.zone", str(table.get("zone", "UTC")))
    start = _moment(f"freezes.{name}.from", table["from"], zone, last=False)
    end = _moment(f"freezes.{name}.until", table["until"], zone, last=True)
    if end <= start:
        raise OptionError(f"freezes.{name}: it ends before it starts")
    return Freeze(name, Span(start, end), _text(table, "reason", f"freezes.{name}."), tuple(_texts(table, "hosts")))


def _moment(key: str, value: object, zone: ZoneInfo, *, last: bool) -> datetime:
    """A bound of a freeze; a date as its last day is meant whole."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else instant(value, zone)
    if isinstance(value, str) and len(value) > len("2026-12-24"):
        try:
            return _moment(key, datetime.fromisoformat(value), zone, last=last)
        except ValueError:
            raise OptionError(f"{key}: {value!r} is no date such as 2026-12-24") from None
    day = value if isinstance(value, date) else parse_date(key, str(value))
    return instant(datetime.combine(day + timedelta(days=1) if last else day, time()), zone)


def _role(name: str, value: object) -> Role:
    table = _mapping(value, f"roles.{name}")
    _only(table, _ROLE, f"roles.{name}.")
    owner, backup, does = (_text(table, key, f"roles.{name}.") for key in _ROLE)
    return Role(name, owner, backup, does)


def _only(table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise OptionError(f"{where}{key}: unknown key{did_you_mean(key, known)} (known: {', '.join(known)})")


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise OptionError(f"{where}: is a table, as in [{where}]")
    return value


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return _mapping(data.get(key, {}), key)


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise OptionError(f"{where}{key}: is a text")
    return value.strip()


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key, [])
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(one, str) for one in words):
        raise OptionError(f"{key}: is a list of texts")
    return [one.strip() for one in words if one.strip()]

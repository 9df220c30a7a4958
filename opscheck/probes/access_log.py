"""Counts in access logs who still asks for a path: rotated, compressed or still being written, each line once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter

from opscheck.errors import OpscheckError
from opscheck.model import Kind, Phases, Unmeasured
from opscheck.model.access_log import AccessLogCount, LogFile
from opscheck.model.written import SILENCE
from opscheck.probes.access_log_files import Source, holes, names_of, open_logs
from opscheck.probes.access_log_line import LineReader, fields_of
from opscheck.probes.access_log_path import Wanted, printable
from opscheck.probes.access_log_reading import reading
from opscheck.probes.access_log_scan import Scanner
from opscheck.probes.access_log_shape import Shapes
from opscheck.probes.access_log_tally import Hits


class _Halted(Exception):
    """Nobody waits for the count any more."""


def count_hits(
    files: Sequence[str],
    path: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    fields: Sequence[str] = (),
    silence: timedelta = SILENCE,
    halted: Callable[[], bool] = lambda: False,
) -> AccessLogCount:
    """Count the requests for a path, and for what lies below it.

    Args:
        files: names, patterns such as `access.log*`, or `-` for standard input.
        since, until: from when on and until before when; one without a zone is meant in the zone of the log.
        fields: names of fields of JSON lines, such as `request=req`, in place of the usual ones.
        silence: how long nothing may have been written for the log to cover that time.
        halted: asked now and then; once it is true, the count is broken off.

    Raises:
        LogUnreadable: one of the files cannot be read.
        OptionError: the path is none, or a field is not known.
    """
    began, at = perf_counter(), datetime.now(UTC)
    wanted, hits = Wanted(path), Hits(since, until)
    reader = LineReader(wanted, fields_of(fields))
    shapes = Shapes(wanted, reader)
    sources = open_logs(files)
    try:
        missing = holes([name for name, _ in names_of([one for one in files if one != "-"])])
        read = [_read(source, Scanner(reader, shapes, hits, silence), halted) for source in sources]
    finally:
        for source in sources:
            source.close()
    read.sort(key=lambda one: (one.first is None, one.first or at, one.name))
    return AccessLogCount(
        path=printable(path),
        files=tuple(read),
        hits=hits.total,
        own=hits.own,
        by_path=hits.paths.tally(),
        by_day=hits.days.tally(by_value=True),
        by_agent=hits.agents.tally(),
        by_status=hits.statuses.tally(),
        latest=hits.latest(),
        since=since,
        until=until,
        at=at,
        holes=tuple(printable(name) for name, newer in missing if not _beyond(printable(newer), read, since)),
        silence=silence,
        phases=Phases(total=perf_counter() - began),
    )


def _read(source: Source, scanner: Scanner, halted: Callable[[], bool]) -> LogFile:
    log, broken = reading(source), ""
    try:
        while count := log.read_into(scanner.room()):
            scanner.took(count)
            if halted():
                raise _Halted
    except OSError as error:
        broken = f"it cannot be read to its end: {error.strerror or type(error).__name__}"
    finally:
        log.close()
    scanner.finish()
    return LogFile(
        name=printable(source.name),
        first=scanner.first,
        last=scanner.last,
        lines=scanner.lines,
        unreadable=scanner.unreadable,
        hits=scanner.hits,
        broken=broken or log.broken,
        written=scanner.written,
    )


def _beyond(newer: str, read: Sequence[LogFile], since: datetime | None) -> bool:
    """Whether the log behind a hole reaches back to the window's beginning, so that the hole does not matter."""
    first = next((one.first for one in read if one.name == newer), None)
    if since is None or first is None:
        return False
    return first <= since if since.tzinfo is not None else first.replace(tzinfo=None) <= since


def access_log(
    files: Sequence[str],
    path: str,
    since: timedelta | None,
    *,
    fields: Sequence[str] = (),
    silence: timedelta = SILENCE,
    given_up: threading.Event | None = None,
) -> AccessLogCount | Unmeasured:
    """The hits until now as an observation: what cannot be read is Unmeasured, and nothing is raised.

    Args:
        since: how far back from now; None for all that the logs hold.
        silence: how long nothing may have been written for the logs to cover that time.
        given_up: set once nobody waits for it any more.
    """
    halted = given_up.is_set if given_up is not None else (lambda: False)
    at = datetime.now(UTC)
    try:
        begin = at - since if since is not None else None
        return count_hits(files, path, since=begin, fields=fields, silence=silence, halted=halted)
    except _Halted:
        kind, detail = Kind.TIMEOUT, "the log was not read to its end in time"
    except OpscheckError as error:
        kind, detail = Kind.UNREACHABLE, f"the log cannot be read: {error}"
    return Unmeasured(kind, detail, ", ".join(files)[:500], at, remedy="name logs that this machine can read")

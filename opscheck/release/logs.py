"""The access logs of each server of a host: what they tell of an old address, and for which time they can speak."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from opscheck.errors import OpscheckError
from opscheck.model import Host, HostKind, Unmeasured
from opscheck.model.access_log import AccessLogCount
from opscheck.model.written import SILENCE
from opscheck.probes.access_log import count_hits
from opscheck.release.asked import Context
from opscheck.release.asking import ask
from opscheck.release.checklist import Item
from opscheck.release.coverage import Spans, Stretch, total, union, within
from opscheck.release.quiet import LogRead
from opscheck.release.spans import lasting
from opscheck.report.visible import visible

_PATH: Final = "/status/"
_SECOND: Final = timedelta(seconds=1)  # to which logs tell the time
_WRITTEN: Final = 0.3  # seconds until an answered request stands in the log


@dataclass(frozen=True, slots=True)
class Counted:
    """The access logs of one server of a host, or why they cannot be read.

    Attributes:
        host, name: of the host, and of the server.
        asked: when the host was last asked something that it answered, which the logs should hold; None for never.
    """

    host: str
    name: str
    count: AccessLogCount | None
    problem: str = ""
    asked: datetime | None = None

    def read(self) -> LogRead:
        """What the logs say; those that cannot be read speak for nothing."""
        if self.count is None:
            return LogRead(self.host, self.name, (), doubts=(self.problem,))
        return log_read(self.host, self.name, self.count, asked=self.asked)


def legacy_path(hosts: Sequence[Host], item: Item | None = None) -> str:
    """The old address: of the item, else of the first host that has one."""
    if item is not None and "legacy_path" in item.wants:
        return str(item.wants["legacy_path"])
    told = (str(host.settings.get("legacy", {}).get("path", "")) for host in hosts)
    return next(filter(None, told), _PATH)


def silence_of(host: Host, item: Item, context: Context) -> timedelta:
    """How long the logs of a host may be silent: as typed, else of the checklist, else of the host file, else 1 h."""
    if context.asked.silence is not None:
        return context.asked.silence
    if "silence" in item.wants:
        return item.span("silence", "")
    hours = host.settings.get("legacy", {}).get("silence_hours")
    return timedelta(hours=hours) if hours is not None else SILENCE


def counted_logs(item: Item, context: Context) -> list[Counted]:
    """The access logs of each host, read once however many items ask for the same ones."""
    silences = {host.name: silence_of(host, item, context) for host in context.asked.hosts}
    wide = item.span("covered", "24h") + max(item.span("fresh", "1h"), *silences.values(), SILENCE)
    path = legacy_path(context.asked.hosts, item)
    named = logs_of(item, context)
    key = ("logs", tuple(named.items()), path, wide, tuple(silences.items()))
    return context.once(key, lambda: _counted(named, context, path, wide, silences))


def _counted(
    named: Mapping[tuple[str, str], tuple[str, ...]],
    context: Context,
    path: str,
    wide: timedelta,
    silences: Mapping[str, timedelta],
) -> list[Counted]:
    asked = _wake(context) if named else {}
    fields = {one.name: one.settings.get("legacy", {}).get("log_fields", ()) for one in context.asked.hosts}
    found = []
    for (host, name), patterns in named.items():
        files = [pattern if pattern == "-" else str(context.path(pattern)) for pattern in patterns]
        since = context.clock() - wide
        try:
            count = count_hits(files, path, since=since, fields=fields[host], silence=silences[host])
        except OpscheckError as error:
            found.append(Counted(host, name, None, visible(error, 200)))
        else:
            found.append(Counted(host, name, count, asked=asked.get(host)))
    return found


def logs_of(item: Item, context: Context) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The logs by host and server: as typed, else of the checklist, else of the host file."""
    if context.asked.logs:
        return context.asked.logs
    hosts = context.asked.hosts
    if item.wants.get("logs"):
        return {(host.name, name): tuple(files) for host in hosts for name, files in item.wants["logs"].items()}
    told = {host.name: host.settings.get("legacy", {}).get("log_files", ()) for host in hosts}
    return {(host, host): tuple(files) for host, files in told.items() if files}


def _wake(context: Context) -> dict[str, datetime]:
    """A request to the current address first: where nobody else asks, it shows that the log is still written.

    Returns:
        When each host was asked that answered.
    """
    asked = {}
    for host in context.asked.hosts:
        if host.kind is HostKind.LIVE and host.has("status_summary"):
            at = datetime.now(UTC)
            (answer,) = ask([host.request("status_summary")], context.asked.agent, ca=host.ca)
            if not isinstance(answer, Unmeasured):
                asked[host.name] = at
    time.sleep(_WRITTEN)
    return asked


def log_read(host: str, name: str, count: AccessLogCount, *, asked: datetime | None = None) -> LogRead:
    """What a count says, and for which time it can speak; pure.

    Args:
        asked: since when the logs should hold a line, because the host answered a request then.
    """
    latest = count.latest
    who = latest.agent or "no user agent" if latest is not None else ""
    doubts = count.doubts
    if count.unreadable and not doubts:
        doubts = (f"{count.unreadable} of {count.lines} lines cannot be read, and may be hits",)
    return LogRead(
        host=host,
        name=name,
        covered=() if count.unreadable else _speaks(count, asked),
        hits=count.hits,
        latest=_zoned(latest.at) if latest is not None else None,
        who=who,
        doubts=doubts,
        silent=tuple(Stretch(_zoned(start), _zoned(end)) for start, end in count.silences),
        silence=count.silence,
    )


def _speaks(count: AccessLogCount, asked: datetime | None) -> Spans:
    """The time in which the logs were written without a silence that is longer than they may have.

    The end is now where the last line is recent: it came after a request that has to be in the log, or where there was
    no such request, late enough for the count itself.
    """
    if count.holes or any(one.broken for one in count.files):
        return ()
    spoken = [Stretch(_zoned(start), _zoned(end)) for start, end in count.written]
    now = count.at.astimezone(UTC)
    since_asked = asked is not None and bool(spoken) and spoken[-1].end >= asked - _SECOND
    if since_asked if asked is not None else count.unbroken_since is not None:
        spoken[-1] = Stretch(spoken[-1].start, max(spoken[-1].end, now))
    since = _zoned(count.since) if count.since is not None else datetime.min.replace(tzinfo=UTC)
    return within(spoken, [Stretch(since, datetime.max.replace(tzinfo=UTC))])


def _zoned(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)


def log_doubts(
    item: Item, counts: Sequence[Counted], now: datetime, looked: Mapping[str, Spans] | None = None
) -> list[str]:
    """Why logs do not speak for all of the time that an item wants covered; pure.

    Args:
        looked: by host, the time for which samples speak, that saw nobody ask.
    """
    covered = item.span("covered", "24h")
    found = [f"the logs of {one.name} cannot be read: {one.problem}" for one in counts if one.count is None]
    for one in counts:
        if one.count is None:
            continue
        read = one.read()
        spans = union([*read.covered, *(looked or {}).get(one.host, ())])
        # The evidence may have ended an hour ago; a longer silence that was allowed lies in the spans already.
        end = max(min(spans[-1].end, now) if spans else now, now - min(one.count.silence, SILENCE))
        spoken = total(within(spans, [Stretch(end - covered, end)]))
        if spoken < covered - _SECOND:
            missed = one.asked is not None and (one.count.last is None or _zoned(one.count.last) < one.asked - _SECOND)
            other = "the host has just answered, and it is not in them" if missed else "they begin later"
            why = next(iter(read.doubts), other)
            found.append(
                f"the logs of {one.name} speak for {lasting(spoken)} of {lasting(covered)}: {visible(why, 160)}"
            )
    return found

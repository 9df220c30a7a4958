"""The evidence about an old address: what history holds, what access logs hold."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from opscheck.errors import OpscheckError
from opscheck.history import default_location
from opscheck.model import Host, HostKind, Unmeasured
from opscheck.model.access_log import AccessLogCount
from opscheck.probes.access_log import count_hits
from opscheck.release.asked import Context, unseen
from opscheck.release.asking import ask
from opscheck.release.checklist import Item
from opscheck.release.coverage import Spans, Stretch, total, within, without
from opscheck.release.quiet import Evidence, LogRead, Sample, Wish, judge_quiet
from opscheck.release.samples import recorded, samples_of
from opscheck.release.spans import lasting
from opscheck.release.words import Seen
from opscheck.report.visible import visible

_PATH: Final = "/status/"
_OFF: Final = "off"
_SILENCE: Final = "1h"  # that a log may be silent: nobody may have asked anything
_SECOND: Final = timedelta(seconds=1)  # to which logs tell the time
_WRITTEN: Final = 0.3  # seconds until an answered request stands in the log
_COUNTED_BY: Final = ("legacy-hits",)
_TOLD_BY: Final = ("legacy-answered-by",)


@dataclass(frozen=True, slots=True)
class Counted:
    """The access logs of one server of a host, or why they cannot be read.

    Attributes:
        asked: when the host was last asked something that it answered, which the logs should hold; None for never.
    """

    host: str
    name: str
    count: AccessLogCount | None
    problem: str = ""
    asked: datetime | None = None

    def read(self, silence: timedelta) -> LogRead:
        """What the logs say; those that cannot be read speak for nothing."""
        if self.count is None:
            return LogRead(self.host, self.name, (), doubts=(self.problem,))
        return log_read(self.host, self.name, self.count, silence=silence, asked=self.asked)


def legacy_path(hosts: Sequence[Host], item: Item | None = None) -> str:
    """The old address: of the item, else of the first host that has one."""
    if item is not None and "legacy_path" in item.wants:
        return str(item.wants["legacy_path"])
    told = (str(host.settings.get("legacy", {}).get("path", "")) for host in hosts)
    return next(filter(None, told), _PATH)


def measure_quiet(item: Item, context: Context) -> Seen:
    """Nobody asks, by samples and logs together."""
    hosts = context.asked.hosts
    if not hosts:
        return unseen("no host was named", "--host NAME")
    wish = Wish(
        item.span("covered", "24h"), item.span("every", "30s"), item.span("late", "30s"), item.span("fresh", "1h")
    )
    now, path = context.clock(), legacy_path(hosts, item)
    counts, silence = counted_logs(item, context), item.span("silence", _SILENCE)
    told = [f"{one.host}: the logs of {one.name} cannot be read: {one.problem}" for one in counts if one.count is None]
    logs = [one.read(silence) for one in counts]
    samples: list[Sample] = []
    problem = ""
    try:
        samples = _samples(item, context, path, since=now - wish.covered - wish.fresh - wish.every)
    except OpscheckError as error:
        problem = f"the history could not be read: {visible(error, 160)}"
    seen = Evidence(tuple(host.name for host in hosts), tuple(samples), tuple(logs))
    found = judge_quiet(seen, wish, now=now, path=path)
    return Seen(found.state, found.reason, (*found.evidence, *told, *([problem] if problem else [])), found.remedy)


def _samples(item: Item, context: Context, path: str, *, since: datetime) -> list[Sample]:
    location = context.asked.history or str(default_location())
    if location == _OFF:
        return []
    hosts = context.asked.hosts
    counting = tuple(item.wants.get("counted_by", _COUNTED_BY))
    checks = dict.fromkeys((*counting, *item.wants.get("told_by", _TOLD_BY)))
    rows = recorded(
        location, [host.name for host in hosts], checks, since=since, until=datetime.max.replace(tzinfo=UTC)
    )
    return samples_of(rows, path, counted_by=counting, back={host.name: _back(host) for host in hosts})


def _back(host: Host) -> timedelta | None:
    """How far the check that counts hits looks back on a host."""
    hours = host.settings.get("legacy", {}).get("since_hours", 24)
    return timedelta(hours=hours) if hours else None


def counted_logs(item: Item, context: Context) -> list[Counted]:
    """The access logs of each host, read once however many items ask for them."""
    wide = item.span("covered", "24h") + max(item.span("fresh", "1h"), item.span("silence", _SILENCE))
    path = legacy_path(context.asked.hosts, item)
    return context.once(("logs", path, wide), lambda: _counted(item, context, path, wide))


def _counted(item: Item, context: Context, path: str, wide: timedelta) -> list[Counted]:
    named = logs_of(item, context)
    asked = _wake(context) if named else {}
    found = []
    for (host, name), patterns in named.items():
        fields = next((one.settings.get("legacy", {}).get("log_fields", ()) for one in context.asked.hosts), ())
        files = [pattern if pattern == "-" else str(context.path(pattern)) for pattern in patterns]
        try:
            count = count_hits(files, path, since=context.clock() - wide, fields=fields)
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


def log_read(
    host: str, name: str, count: AccessLogCount, *, silence: timedelta, asked: datetime | None = None
) -> LogRead:
    """What a count says, and for which time it can speak; pure.

    Args:
        silence: how long nothing may have been written; what is longer is a hole, not a zero.
        asked: since when the logs should hold a line, because the host answered a request then.
    """
    latest = count.latest
    who = latest.agent or "no user agent" if latest is not None else ""
    doubts = count.doubts
    if count.unreadable and not doubts:
        doubts = (f"{count.unreadable} of {count.lines} lines cannot be read, and may be hits",)
    covered = () if count.unreadable else _speaks(count, silence, asked)
    for gap in without(covered[:1] and [Stretch(covered[0].start, covered[-1].end)], covered):
        doubts = (*doubts, f"nothing was written for {lasting(gap.length)} from {_stamp(gap.start)}")
    return LogRead(host, name, covered, count.hits, _zoned(latest.at) if latest is not None else None, who, doubts)


def _speaks(count: AccessLogCount, silence: timedelta, asked: datetime | None) -> Spans:
    """The time of each file from its first line to its last one, and what lies between files that follow closely.

    The end is now where the last line is recent: it came after a request that has to be in the log, or where there was
    no such request, within the silence that is allowed.
    """
    if count.holes or any(one.broken for one in count.files):
        return ()
    joined: list[Stretch] = []
    for first, last in sorted(_ends(count)):
        if joined and first - joined[-1].end <= silence:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, last))
        else:
            joined.append(Stretch(first, last))
    now = count.at.astimezone(UTC)
    if joined and joined[-1].end >= (asked - _SECOND if asked is not None else now - silence):
        joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, now))
    since = _zoned(count.since) if count.since is not None else datetime.min.replace(tzinfo=UTC)
    return within(joined, [Stretch(since, datetime.max.replace(tzinfo=UTC))])


def _ends(count: AccessLogCount) -> Iterator[tuple[datetime, datetime]]:
    """The first and the last line of each file that has one; a line may be written before an earlier one."""
    for file in count.files:
        if file.first is not None and file.last is not None:
            one, other = _zoned(file.first), _zoned(file.last)
            yield min(one, other), max(one, other)


def _zoned(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def log_doubts(item: Item, counts: Sequence[Counted], now: datetime) -> list[str]:
    """Why logs do not speak for all of the time that an item wants covered; pure."""
    covered, silence = item.span("covered", "24h"), item.span("silence", _SILENCE)
    found = [f"the logs of {one.name} cannot be read: {one.problem}" for one in counts if one.count is None]
    for one in counts:
        if one.count is None:
            continue
        read = one.read(silence)
        end = min(read.covered[-1].end, now) if read.covered else now
        window = Stretch(max(end, now - silence) - covered, max(end, now - silence))
        spoken = total(within(read.covered, [window]))
        if spoken < covered - _SECOND:
            why = next(iter(read.doubts), "they begin later")
            found.append(
                f"the logs of {one.name} speak for {lasting(spoken)} of {lasting(covered)}: {visible(why, 160)}"
            )
    return found

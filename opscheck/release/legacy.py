"""The evidence about an old address: what history holds, and with it what access logs hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from opscheck.errors import OpscheckError
from opscheck.history import ResultRecord, default_location
from opscheck.model import Host
from opscheck.release.asked import Context, unseen
from opscheck.release.checklist import Item
from opscheck.release.logs import counted_logs, legacy_path, logs_of
from opscheck.release.quiet import Evidence, Sample, Wish, judge_quiet
from opscheck.release.samples import recorded, samples_of
from opscheck.release.words import Seen
from opscheck.report.visible import visible

_OFF: Final = "off"
_COUNTED_BY: Final = ("legacy-hits",)
_TOLD_BY: Final = ("legacy-answered-by",)


def measure_quiet(item: Item, context: Context) -> Seen:
    """Nobody asks, by samples and logs together."""
    hosts = context.asked.hosts
    if not hosts:
        return unseen("no host was named", "--host NAME")
    now, path, wish = context.clock(), legacy_path(hosts, item), wish_of(item)
    counts = counted_logs(item, context)
    told = [f"{one.host}: the logs of {one.name} cannot be read: {one.problem}" for one in counts if one.count is None]
    seen_by: Counter[tuple[str, str]] = Counter()
    samples, problem = looks(item, context, seen_by)
    uncounted = _uncounted(item, context, seen_by)
    reads = tuple(one.read() for one in counts)
    seen = Evidence(tuple(host.name for host in hosts), tuple(samples), reads, uncounted)
    found = judge_quiet(seen, wish, now=now, path=path)
    return Seen(found.state, found.reason, (*found.evidence, *told, *([problem] if problem else [])), found.remedy)


def wish_of(item: Item) -> Wish:
    """What an item asks for."""
    return Wish(
        item.span("covered", "24h"), item.span("every", "30s"), item.span("late", "30s"), item.span("fresh", "1h")
    )


def _uncounted(item: Item, context: Context, seen_by: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """The hosts on which hits are counted neither here nor by a watch, and how often a watch has looked there."""
    counting = _counting(item)
    if counting != _COUNTED_BY:
        return {}  # what a check of somebody's own needs in order to count is not known here
    logged = {host for host, _ in logs_of(item, context)}
    blind = [
        host.name
        for host in context.asked.hosts
        if host.name not in logged
        and not host.settings.get("legacy", {}).get("log_files")
        and not any(seen_by[host.name, check] for check in counting)
    ]
    return {name: max((many for (host, _), many in seen_by.items() if host == name), default=0) for name in blind}


def _counting(item: Item) -> tuple[str, ...]:
    return tuple(item.wants.get("counted_by", _COUNTED_BY))


def looks(item: Item, context: Context, seen_by: Counter[tuple[str, str]] | None = None) -> tuple[list[Sample], str]:
    """The samples that history keeps of the time that an item asks about, or why there are none, in one sentence.

    Args:
        seen_by: is told how many results each host has of each check.
    """
    wish = wish_of(item)
    since = context.clock() - wish.covered - wish.fresh - wish.every
    try:
        rows = _tallied(_rows(item, context, since), Counter() if seen_by is None else seen_by)
        back = {host.name: _back(host) for host in context.asked.hosts}
        path = legacy_path(context.asked.hosts, item)
        return samples_of(rows, path, counted_by=_counting(item), back=back, every=wish.every), ""
    except OpscheckError as error:
        return [], f"the history could not be read: {visible(error, 160)}"


def _rows(item: Item, context: Context, since: datetime) -> Iterator[ResultRecord]:
    location = context.asked.history or str(default_location())
    if location == _OFF:
        return iter(())
    hosts = [host.name for host in context.asked.hosts]
    checks = dict.fromkeys((*_counting(item), *item.wants.get("told_by", _TOLD_BY)))
    return recorded(location, hosts, checks, since=since, until=datetime.max.replace(tzinfo=UTC))


def _tallied(rows: Iterable[ResultRecord], seen_by: Counter[tuple[str, str]]) -> Iterator[ResultRecord]:
    """The same results, counted as they go by."""
    for row in rows:
        seen_by[row.host, row.check] += 1
        yield row


def _back(host: Host) -> timedelta | None:
    """How far the check that counts hits looks back on a host."""
    hours = host.settings.get("legacy", {}).get("since_hours", 24)
    return timedelta(hours=hours) if hours else None

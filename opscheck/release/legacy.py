"""The evidence about an old address: what history holds, and with it what access logs hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from opscheck.errors import OpscheckError
from opscheck.history import default_location
from opscheck.model import Host
from opscheck.release.asked import Context, unseen
from opscheck.release.checklist import Item
from opscheck.release.logs import counted_logs, legacy_path
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
    samples, problem = looks(item, context)
    seen = Evidence(tuple(host.name for host in hosts), tuple(samples), tuple(one.read() for one in counts))
    found = judge_quiet(seen, wish, now=now, path=path)
    return Seen(found.state, found.reason, (*found.evidence, *told, *([problem] if problem else [])), found.remedy)


def wish_of(item: Item) -> Wish:
    """What an item asks for."""
    return Wish(
        item.span("covered", "24h"), item.span("every", "30s"), item.span("late", "30s"), item.span("fresh", "1h")
    )


def looks(item: Item, context: Context) -> tuple[list[Sample], str]:
    """The samples that history keeps of the time that an item asks about, or why there are none, in one sentence."""
    wish = wish_of(item)
    since = context.clock() - wish.covered - wish.fresh - wish.every
    try:
        return _samples(item, context, legacy_path(context.asked.hosts, item), since=since, every=wish.every), ""
    except OpscheckError as error:
        return [], f"the history could not be read: {visible(error, 160)}"


def _samples(item: Item, context: Context, path: str, *, since: datetime, every: timedelta) -> list[Sample]:
    location = context.asked.history or str(default_location())
    if location == _OFF:
        return []
    hosts = context.asked.hosts
    counting = tuple(item.wants.get("counted_by", _COUNTED_BY))
    checks = dict.fromkeys((*counting, *item.wants.get("told_by", _TOLD_BY)))
    rows = recorded(
        location, [host.name for host in hosts], checks, since=since, until=datetime.max.replace(tzinfo=UTC)
    )
    return samples_of(rows, path, counted_by=counting, back={host.name: _back(host) for host in hosts}, every=every)


def _back(host: Host) -> timedelta | None:
    """How far the check that counts hits looks back on a host."""
    hours = host.settings.get("legacy", {}).get("since_hours", 24)
    return timedelta(hours=hours) if hours else None

"""What history keeps of the legacy checks, as samples of how much the old address is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from opscheck.history import ResultRecord, open_history
from opscheck.model import Outcome
from opscheck.release.quiet import Sample


def recorded(
    location: str, hosts: Sequence[str], checks: Iterable[str], *, since: datetime, until: datetime
) -> Iterator[ResultRecord]:
    """The results of these checks on these hosts.

    Raises:
        OpscheckError: the history cannot be read; one line.
    """
    with open_history(location, create=False) as history:
        for check in checks:
            for host in hosts:
                yield from history.results(since=since, until=until, host=host, check=check)


def samples_of(
    rows: Iterable[ResultRecord],
    path: str,
    *,
    counted_by: Iterable[str],
    back: Mapping[str, timedelta | None],
    every: timedelta = timedelta(seconds=30),
) -> list[Sample]:
    """What the results say of hits, where they say anything.

    Args:
        path: the old address; a count of another one is no sample.
        counted_by: the checks that count hits; the others only tell of one where they fail, and cover nothing.
        back: how far the counting check of a host looks back.
        every: the time before it that a sample speaks for, so that it has to have seen it.
    """
    counting = frozenset(counted_by)
    told = (_counted(row, path, back, every) if row.check in counting else _told(row) for row in rows)
    return [sample for sample in told if sample is not None]


def _told(row: ResultRecord) -> Sample | None:
    """It looks at what answers the current address: red says that the old one did; green says nothing of others."""
    # A waiver accepts the failure; that somebody was answered by the old address stays so.
    return Sample(row.host, row.at, 1) if row.outcome in (Outcome.FAIL, Outcome.WAIVED) else None


def _counted(row: ResultRecord, path: str, back: Mapping[str, timedelta | None], every: timedelta) -> Sample | None:
    facts = row.facts
    if str(facts.get("path") or path).rstrip("/") != path.rstrip("/"):
        return None
    looked, hits = back.get(row.host, timedelta()), facts.get("hits")
    if isinstance(hits, int) and hits > 0:
        return Sample(row.host, row.at, hits, looked)
    if row.outcome is Outcome.FAIL:
        return Sample(row.host, row.at, 1, looked)
    blind = Sample(row.host, row.at, None, looked)
    if facts.get("unreadable"):
        return blind  # a line that cannot be read may be a hit
    if row.outcome is Outcome.PASS and facts.get("covered", True):
        return Sample(row.host, row.at, 0, looked)
    # Logs that do not cover all of their time, as after a night without a line, still speak for the end of it.
    since = _instant(facts.get("unbroken_since"))
    unbroken = row.at - since if since is not None and hits == 0 else timedelta()
    return Sample(row.host, row.at, 0, unbroken) if unbroken and unbroken >= every else blind


def _instant(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None

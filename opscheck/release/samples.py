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
    rows: Iterable[ResultRecord], path: str, *, counted_by: Iterable[str], back: Mapping[str, timedelta | None]
) -> list[Sample]:
    """What the results say of hits, where they say anything.

    Args:
        path: the old address; a count of another one is no sample.
        counted_by: the checks that count hits; the others only tell of one where they fail, and cover nothing.
        back: how far the counting check of a host looks back.
    """
    counting = frozenset(counted_by)
    told = (_counted(row, path, back) if row.check in counting else _told(row) for row in rows)
    return [sample for sample in told if sample is not None]


def _told(row: ResultRecord) -> Sample | None:
    """It looks at what answers the current address: red says that the old one did; green says nothing of others."""
    # A waiver accepts the failure; that somebody was answered by the old address stays so.
    return Sample(row.host, row.at, 1) if row.outcome in (Outcome.FAIL, Outcome.WAIVED) else None


def _counted(row: ResultRecord, path: str, back: Mapping[str, timedelta | None]) -> Sample | None:
    facts = row.facts
    if str(facts.get("path") or path).rstrip("/") != path.rstrip("/"):
        return None
    looked = back.get(row.host, timedelta())
    hits = facts.get("hits")
    if isinstance(hits, int) and hits > 0:
        return Sample(row.host, row.at, hits, looked)
    if row.outcome is Outcome.FAIL:
        return Sample(row.host, row.at, 1, looked)
    # A line that cannot be read may be a hit; what does not cover its time could not see.
    clear = facts.get("covered", True) and not facts.get("unreadable")
    return Sample(row.host, row.at, 0 if row.outcome is Outcome.PASS and clear else None, looked)

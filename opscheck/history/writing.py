"""One run into the database, in one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from opscheck.history import tables
from opscheck.history.bounds import bounds
from opscheck.history.dictionary import Dictionary, in_batches
from opscheck.history.facts import facts_of, micros_of, observed_at
from opscheck.history.packing import json_text, pack, pack_json
from opscheck.history.sketch import Sketch
from opscheck.model import Json, Outcome
from opscheck.report.run import Result, RunReport
from opscheck.report.summary import counts

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
OUTCOMES: Final = tuple(Outcome)  # findings keep the place in here: a new outcome goes to the end
WHOLE: Final = 50  # full reports that are kept of each source
MORE_SPECIFIC: Final = ("watch", "window")  # who records a run that recorded itself says whose it was
_TOLD_ELSEWHERE: Final = frozenset({"schema", "run", "hosts", "results", "summary", "incomplete", "triage"})
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is written of one result."""

    series: int
    result: Result
    at: datetime
    micros: int | None
    facts: dict[str, Any]


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 UTC."""
    return (at - EPOCH) // _MILLISECOND


def instant(ms: int) -> datetime:
    """UTC, from milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=ms)


def day_of(at: datetime) -> int:
    """Days since 1970 UTC."""
    return (at - EPOCH).days


class Written(NamedTuple):
    """What became of some runs; those that are neither were there already.

    Attributes:
        recorded: are new.
        old: were passed over, for a prune let go of what is as old: they were counted, or would go with the next one.
    """

    recorded: int
    old: int


def write_runs(
    connection: sa.Connection, words: Dictionary, reports: Sequence[RunReport], *, source: str, window: str
) -> Written:
    """Write each run that is not there yet and is not older than what is kept."""
    days: dict[tuple[int, int], _Day] = {}
    gone = bounds(connection)
    written = old = 0
    for place, report in enumerate(reports):
        found = _present(connection, report.run.id)
        if found is not None:
            _told_again(connection, found, source, window)
            continue
        bad = any(one.outcome is not Outcome.PASS for one in report.results)
        if bad in gone and to_ms(report.run.finished) <= gone[bad]:
            old += 1
            continue
        recorded = _recorded(connection, words, report)
        row = _row(connection, words, report, recorded)
        run = _insert(connection, {**row, "source": plain(source), "window": plain(window)})
        _insert_findings(connection, words, run, recorded)
        if window or len(reports) - place <= WHOLE:
            whole = {"run": run, "source": plain(source), "report": pack_json(report.as_dict())}
            connection.execute(sa.insert(tables.whole), whole)
        _add_to_days(days, recorded)
        written += 1
    if written:
        _write_days(connection, days)
        _drop_old_wholes(connection, source)
    return Written(written, old)


def _present(connection: sa.Connection, name: str) -> int | None:
    found = connection.execute(sa.select(tables.run.c.id).where(tables.run.c.name == plain(name))).scalar()
    return cast("int | None", found)


def _told_again(connection: sa.Connection, run: int, source: str, window: str) -> None:
    change = {"source": source} if source in MORE_SPECIFIC else {}
    change |= {"window": plain(window)} if window else {}
    if change:
        connection.execute(sa.update(tables.run).where(tables.run.c.id == run).values(change))


def _recorded(connection: sa.Connection, words: Dictionary, report: RunReport) -> list[Recorded]:
    rows = [
        (plain(one.host), plain(one.check), plain(one.id), tuple(plain(marker) for marker in one.markers))
        for one in report.results
    ]
    return [
        Recorded(series, result, observed_at(result, report), micros_of(result), facts_of(result))
        for series, result in zip(words.series(connection, rows), report.results, strict=True)
    ]


def _row(
    connection: sa.Connection, words: Dictionary, report: RunReport, recorded: Sequence[Recorded]
) -> dict[str, Any]:
    """The run itself, without who recorded it."""
    whole = replace(report, results=()).as_dict()
    frame = {name: value for name, value in whole.items() if name not in _TOLD_ELSEWHERE}
    gaps, command = json_text(frame.pop("not_applicable")), command_text(report.run.argv)
    texts = [json_text(frame), json_text(whole["hosts"]), plain(report.run.version), gaps, command]
    known = words.words(connection, texts)
    bad = [one.result.as_dict() for one in recorded if _is_bad(one)]
    return {
        "name": plain(report.run.id),
        "started": to_ms(report.run.started),
        "finished": to_ms(report.run.finished),
        "decision": report.decision.value,
        "incomplete": plain(report.incomplete),
        "version": known[texts[2]],
        "hosts": known[texts[1]],
        "frame": known[texts[0]],
        "gaps": known[gaps],
        "command": known[command],
        "roster": words.roster(connection, [one.series for one in recorded]),
        "counts": json.dumps({outcome.value: number for outcome, number in counts(report.results).items()}),
        "bad": len(bad),
        "passes": _packed(report, recorded),
        "failures": pack_json({"results": bad, "triage": whole.get("triage")}) if bad else None,
    }


def command_text(argv: Sequence[str]) -> str:
    """A command as `word` holds it."""
    return json_text([plain(word) for word in argv])


def _insert(connection: sa.Connection, row: Mapping[str, Any]) -> int:
    made = connection.execute(sa.insert(tables.run), dict(row)).inserted_primary_key
    return cast("tuple[int]", made)[0]


def _is_bad(one: Recorded) -> bool:
    return one.result.outcome is not Outcome.PASS


def _insert_findings(connection: sa.Connection, words: Dictionary, run: int, recorded: Sequence[Recorded]) -> None:
    bad = [(place, one) for place, one in enumerate(recorded) if _is_bad(one)]
    if bad:
        known = words.words(
            connection, [plain(text) for _, one in bad for text in (one.result.reason, one.result.cause)]
        )
        connection.execute(sa.insert(tables.finding), [_finding(run, place, one, known) for place, one in bad])


def _packed(report: RunReport, recorded: Sequence[Recorded]) -> bytes:
    start = report.run.started
    offsets = [max((one.at - start) // _MILLISECOND, 0) for one in recorded]
    facts = {place: one.facts for place, one in enumerate(recorded) if one.facts}
    return pack([one.micros for one in recorded], offsets, facts)


def _finding(run: int, place: int, one: Recorded, words: Mapping[str, int]) -> Json:
    return {
        "run": run,
        "place": place,
        "series": one.series,
        "outcome": OUTCOMES.index(one.result.outcome),
        "at": to_ms(one.at),
        "micros": one.micros,
        "reason": words[plain(one.result.reason)],
        "cause": words[plain(one.result.cause)],
        "facts": json_text(one.facts) if one.facts else None,
    }


class _Day:
    """What one day adds to one series."""

    __slots__ = ("counts", "latency")

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.latency = Sketch()


def _add_to_days(days: dict[tuple[int, int], _Day], recorded: Iterable[Recorded]) -> None:
    for one in recorded:
        key = (day_of(one.at), one.series)
        if key not in days:
            days[key] = _Day()
        found = days[key]
        found.counts[one.result.outcome.value] += 1
        if one.micros is not None:
            found.latency.add(one.micros / 1e6)


def _write_days(connection: sa.Connection, days: Mapping[tuple[int, int], _Day]) -> None:
    """Add to what the days have."""
    table = tables.day
    for number in sorted({day for day, _ in days}):
        mine = sorted(series for day, series in days if day == number)
        rows = []
        for batch in in_batches(mine):
            _make_days(connection, number, batch)
            asked = sa.select(table).where(table.c.day == number, table.c.series.in_(batch)).order_by(table.c.series)
            for _, series, told, latency in connection.execute(asked):
                one = days[number, series]
                together = Counter(json.loads(told)) + one.counts
                merged = Sketch.decode(bytes(latency)).merge(one.latency)
                rows.append({"n": number, "s": series, "counts": json.dumps(together), "latency": merged.encode()})
        change = sa.update(table).where(table.c.day == sa.bindparam("n"), table.c.series == sa.bindparam("s"))
        connection.execute(change, rows)


def _make_days(connection: sa.Connection, number: int, series: Sequence[int]) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    rows = [{"day": number, "series": one, "counts": "{}", "latency": b""} for one in series]
    connection.execute(dialect.insert(tables.day).on_conflict_do_nothing(), rows)


def _drop_old_wholes(connection: sa.Connection, source: str) -> None:
    """Keep the newest full reports of a source; those of windows stay as long as their run."""
    table = tables.whole
    newest = (
        sa.select(table.c.run)
        .where(table.c.source == plain(source))
        .order_by(table.c.run.desc())
        .offset(WHOLE)
        .limit(1)
    )
    last = connection.execute(newest).scalar()
    if last is None:
        return
    windows = sa.select(tables.run.c.id).where(tables.run.c.window != "", tables.run.c.id == table.c.run).exists()
    connection.execute(sa.delete(table).where(table.c.source == plain(source), table.c.run <= last, ~windows))


def plain(text: str) -> str:
    """A text that every database takes: no lone surrogate, no NUL."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")

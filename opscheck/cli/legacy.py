"""`opscheck legacy count`: who still asks for an old address, by the access logs.

`--json` prints one object, `schema` = `opscheck.legacy-count/1`:

    path          as it was asked for
    hits, own     requests within the window; those of opscheck itself, which are no hits
    by_path, by_day, by_agent, by_status
                  {"rows": [[value, hits], ...], "other": hits of values that are no longer told apart}
    latest        null, or {"at", "path", "agent", "status"} of the last hit
    window        {"since", "until"}: ISO 8601 or null; without an offset it is meant in the zone of the log
    covered       whether no hit would mean that nobody asked
    doubts        why not, one sentence each
    silences      [[from, to], ...]: where nothing was written for longer than a log may be silent, ISO 8601
    first, last   the times of the first and the last readable line, ISO 8601 or null
    lines, unreadable
                  of all the logs, within the window or not
    files         [{"name", "first", "last", "lines", "unreadable", "hits", "broken"}, ...], the oldest first
    seconds       that it took
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from opscheck.errors import OpscheckError, OptionError

if TYPE_CHECKING:
    from opscheck.model.access_log import AccessLogCount, Tally

SCHEMA: Final = "opscheck.legacy-count/1"
UNREADABLE: Final = 2  # exit code
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO: Final = re.compile(r"(\d{1,6})([smhdw])")
_ROWS: Final = 20  # of a table

legacy = typer.Typer(help="Old addresses: who still asks for them.", no_args_is_help=True)


@legacy.callback()
def _root() -> None:
    """See the commands below."""


@legacy.command()
def count(  # noqa: PLR0917 - typer reads a command's options from its arguments
    logs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LOG]...", help="access logs or patterns; - or none: standard input"),
    ] = None,
    path: Annotated[str, typer.Option(help="the old address, such as /status/; what lies below counts as well")] = "",
    since: Annotated[str, typer.Option(help="from when on: 24h, 7d, 2026-10-10, 2026-10-10T12:00+02:00")] = "",
    until: Annotated[str, typer.Option(help="before when")] = "",
    field: Annotated[
        list[str] | None, typer.Option(help="a field of JSON lines, such as request=req; time, status, agent as well")
    ] = None,
    silence: Annotated[str, typer.Option(help="how long a log may be silent; for longer, it covers nothing")] = "1h",
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
    fail: Annotated[bool, typer.Option(help="exit 1 on any hit, or where the logs do not cover the window")] = False,
) -> None:
    """Count the requests for an old address by path, day and user agent.

    Reads nginx's combined format and JSON lines, told apart line by line, plain or compressed by gzip. A time without
    an offset is meant in the zone of the log. Exit code 0, whatever the number; 2 where a log cannot be read.

    opscheck legacy count --path /status/ --since 24h '/var/log/nginx/access.log*'
    """
    from opscheck.probes.access_log import count_hits  # noqa: PLC0415 - each command imports what it needs

    try:
        if not path:
            raise OptionError("--path is missing: the old address, such as /status/")
        if not logs and sys.stdin.isatty():
            raise OptionError("name the logs, or hand one over on standard input")
        now = datetime.now(UTC)
        window = [_instant(text, name, now) for text, name in ((since, "--since"), (until, "--until"))]
        _in_order(*window)
        counted = count_hits(
            logs or ["-"], path, since=window[0], until=window[1], fields=field or (), silence=_silence(silence)
        )
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        raise typer.Exit(UNREADABLE) from None
    for line in [json.dumps(as_document(counted))] if as_json else table(counted):
        typer.echo(line)
    raise typer.Exit(1 if fail and (counted.hits or not counted.covered) else 0)


def _instant(text: str, name: str, now: datetime) -> datetime | None:
    if not text:
        return None
    ago = _AGO.fullmatch(text)
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise OptionError(
            f"{name}: {text!r} is neither a span such as 24h nor a time such as 2026-10-10T12:00"
        ) from None


def _silence(text: str) -> timedelta:
    from opscheck.model.written import LONGEST_SILENCE, may_be_silent  # noqa: PLC0415 - each command imports what it needs

    told = _AGO.fullmatch(text)
    if told is None:
        raise OptionError(f"--silence: {text!r} is no span such as 1h or 8h")
    silence = timedelta(**{_UNITS[told[2]]: int(told[1])})
    if not may_be_silent(silence):
        raise OptionError(f"--silence {text}: at most {LONGEST_SILENCE.days} d, and more than nothing")
    return silence


def _in_order(since: datetime | None, until: datetime | None) -> None:
    if since is None or until is None:
        return
    # Where only one of them has a zone, that of the log decides, which nobody knows yet.
    if (since.tzinfo is None) == (until.tzinfo is None) and since >= until:
        raise OptionError("--since is not before --until")


def as_document(counted: AccessLogCount) -> dict[str, Any]:
    """The object that `--json` prints."""
    latest = counted.latest
    return {
        "schema": SCHEMA,
        "path": counted.path,
        "hits": counted.hits,
        "own": counted.own,
        "by_path": _rows(counted.by_path),
        "by_day": _rows(counted.by_day),
        "by_agent": _rows(counted.by_agent),
        "by_status": _rows(counted.by_status),
        "latest": None
        if latest is None
        else {"at": _iso(latest.at), "path": latest.path, "agent": latest.agent, "status": latest.status},
        "window": {"since": _iso(counted.since), "until": _iso(counted.until)},
        "covered": counted.covered,
        "doubts": list(counted.doubts),
        "silences": [[_iso(start), _iso(end)] for start, end in counted.silences],
        "first": _iso(counted.first),
        "last": _iso(counted.last),
        "lines": counted.lines,
        "unreadable": counted.unreadable,
        "files": [
            {
                "name": one.name,
                "first": _iso(one.first),
                "last": _iso(one.last),
                "lines": one.lines,
                "unreadable": one.unreadable,
                "hits": one.hits,
                "broken": one.broken,
            }
            for one in counted.files
        ],
        "seconds": round(counted.phases.total or 0.0, 3),
    }


def _rows(tally: Tally) -> dict[str, Any]:
    return {"rows": [list(row) for row in tally.rows], "other": tally.other}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def table(counted: AccessLogCount) -> Iterator[str]:
    """What is printed for people."""
    from opscheck.model.access_log import stamp  # noqa: PLC0415 - each command imports what it needs

    window = " ".join(
        f"{word} {stamp(bound)}" for word, bound in (("since", counted.since), ("until", counted.until)) if bound
    )
    yield f"{counted.hits} {'hit' if counted.hits == 1 else 'hits'} of {counted.path} {window}".rstrip()
    if counted.own:
        yield f"of opscheck itself, which is no hit: {counted.own}"
    for title, tally in (
        ("path", counted.by_path),
        ("day", counted.by_day),
        ("user agent", counted.by_agent),
        ("answer", counted.by_status),
    ):
        yield from _section(title, tally)
    if counted.latest is not None:
        yield f"latest: {stamp(counted.latest.at)}  {counted.latest.path}  {counted.latest.agent or 'no user agent'}"
    logs = f"{len(counted.files)} logs" if len(counted.files) > 1 else "1 log"
    told = f"{logs}, {counted.lines} lines"
    told += f" from {stamp(counted.first)} to {stamp(counted.last)}" if counted.first is not None else ""
    yield told
    if counted.unreadable:
        yield f"unreadable, so that they tell no time or not what was asked for: {counted.unreadable}"
    for doubt in counted.doubts:
        yield f"not covered: {doubt}"


def _section(title: str, tally: Tally) -> Iterator[str]:
    if not tally.rows:
        return
    shown: Sequence[tuple[str, int]] = tally.rows[-_ROWS:] if title == "day" else tally.rows[:_ROWS]
    left = tally.other + sum(hits for _, hits in tally.rows) - sum(hits for _, hits in shown)
    width = len(str(max(left, *(hits for _, hits in shown))))
    yield f"by {title}"
    for value, hits in shown:
        yield f"  {hits:>{width}}  {value or '(none)'}"
    if left:
        yield f"  {left:>{width}}  others"

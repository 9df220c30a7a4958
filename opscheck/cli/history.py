"""`opscheck history`: what past runs found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from opscheck.cli.history_names import about, ensure_known
from opscheck.cli.history_places import days_back, guarded, instant_of, local_now, opened
from opscheck.errors import OptionError
from opscheck.history import History, ResultRecord
from opscheck.report.visible import counted, visible
from opscheck.report.waived import NOT_IN_ORDER

app = typer.Typer(
    name="history",
    help="What past runs found: runs, trends, flaps, regressions; kept within bounds, taken out and in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_Where = Annotated[str, typer.Option("--ops-history", "--history", metavar="PATH|URL", help="which history")]
_Json = Annotated[bool, typer.Option("--json", help="print JSON")]
_Host = Annotated[str, typer.Option(help="only this host")]
_Check = Annotated[str, typer.Option(help="only this check")]
_Since = Annotated[str, typer.Option(metavar="SPAN|DATE", help="30d, 24h or 2026-03-04")]
_Run = Annotated[str, typer.Argument(metavar="RUN", help="a run's id, its beginning, latest or latest~1")]


@app.command("list")
def list_(  # noqa: PLR0917 - typer reads a command's options from its arguments
    host: _Host = "",
    source: Annotated[str, typer.Option(help="only run, watch, window or import")] = "",
    window: Annotated[str, typer.Option(help="only this maintenance window")] = "",
    since: _Since = "",
    limit: Annotated[int, typer.Option(min=1, help="so many at most")] = 20,
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """List runs, the newest first."""

    def act() -> None:
        with opened(where) as history:
            since_when = instant_of(since, local_now())
            runs = history.runs(since=since_when, host=host, source=source, window=window, limit=limit)
            if not runs:
                ensure_known(history, host=host, source=source, window=window)
        if as_json:
            _print([one.as_dict() for one in runs])
            return
        from opscheck.cli.history_words import run_rows, terminal_width  # noqa: PLC0415 - see app

        asked = (*filter(None, (source, window)), host)
        _echo(run_rows(runs, terminal_width()) if runs else [about(asked, f"no run{_span(since_when)}")])

    guarded(act)


@app.command()
def show(
    run: _Run = "latest",
    against: Annotated[str, typer.Option(metavar="RUN", help="tell what is worse than in this run")] = "",
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """Show a run, or what it does worse than a baseline run (exit code 1 if anything)."""

    def act() -> int:
        with opened(where) as history:
            name = history.find(run)
            if against:
                return _against(history, history.find(against), name, as_json=as_json)
            report = history.report(name)
        if report is None:
            raise OptionError(f"{visible(name, 80)}: the run is no longer in history")
        if as_json:
            _print(report.as_dict())
            return 0
        from opscheck.cli.history_words import report_lines  # noqa: PLC0415 - see app

        _echo(report_lines(report))
        return 0

    guarded(act)


def _against(history: History, baseline: str, run: str, *, as_json: bool) -> int:
    from opscheck.cli.history_close import regression_json  # noqa: PLC0415 - see app
    from opscheck.cli.history_words import regression_lines  # noqa: PLC0415 - see app
    from opscheck.history.trends import regressions  # noqa: PLC0415 - see app

    found = regressions(history.results(run=baseline), history.results(run=run))
    if as_json:
        _print({"baseline": baseline, "run": run, "regressions": regression_json(found)})
    else:
        what = counted(len(found), "check is", "checks are") if found else "nothing is"
        _echo([f"{what} worse in {run} than in {baseline}", *regression_lines(found)])
    return 1 if found else 0


@app.command()
def trend(
    host: _Host = "",
    check: _Check = "",
    since: _Since = "30d",
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """How often each check was good, and its p50, p95 and p99; of one check also by time and day by day, with its gaps.

    Whole days (UTC) are told from sums by day, which stay when results are pruned.
    """

    def act() -> None:
        from opscheck.cli import history_close as close  # noqa: PLC0415 - see app
        from opscheck.cli import history_words as words  # noqa: PLC0415 - see app

        now = local_now()
        first = days_back(instant_of(since, now), now).date()
        with opened(where) as history:
            days = history.days(since=first, host=host, check=check)
            if not days:
                ensure_known(history, host=host, check=check)
            midnight = datetime.combine(first, time(), UTC)
            found = [*history.results(since=midnight, host=host, check=check)] if check and days else []
            mended = _mended(history, found)
        begin = close.whole_since(days, found) if check else None
        records = [one for one in found if begin is not None and one.at.date() >= begin]
        if as_json:
            told = close.close_json(records, now, mended)
            _print({"since": first.isoformat(), "tests": close.trend_json(days), "close": told})
            return
        if not days:
            _echo([about((check, host), f"nothing was recorded since {first}")])
            return
        _echo([*words.trend_rows(days, words.terminal_width()), words.LEGEND])
        if check:
            _echo(["", *close.close_lines(records, now, begin, days[0].day, mended)])
            _echo(["", "by day (UTC), all of the above together", *words.day_rows(days, first, now.date())])

    guarded(act)


@app.command()
def flaps(
    host: _Host = "",
    check: _Check = "",
    since: _Since = "7d",
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """Tests that changed between good and bad, most often first, and those that are failing now, since when."""

    def act() -> None:
        from opscheck.cli.history_close import flap_json, troubled  # noqa: PLC0415 - see app
        from opscheck.cli.history_words import flap_rows, terminal_width  # noqa: PLC0415 - see app

        begin = instant_of(since, local_now())
        with opened(where) as history:
            records = list(history.results(since=begin, host=host, check=check, troubled=True))
            mended = _mended(history, records)
            looked = bool(records) or _anything(history, begin, host, check)
        found = troubled(records, mended)
        if as_json:
            _print(flap_json(found))
            return
        quiet = "nothing changed between good and bad, and nothing is failing" if looked else "nothing was recorded"
        _echo(flap_rows(found, terminal_width()) if found else [about((check, host), quiet + _span(begin))])

    guarded(act)


def _anything(history: History, since: datetime | None, host: str, check: str) -> bool:
    """Whether there is a result at all; an unknown name is refused."""
    with closing(history.results(since=since, host=host, check=check)) as records:
        if next(records, None) is not None:
            return True
    ensure_known(history, host=host, check=check)
    return False


@app.command()
def prune(  # noqa: PLR0917 - typer reads a command's options from its arguments
    keep_passes: Annotated[str, typer.Option(metavar="SPAN", help="results that passed")] = "90d",
    keep_failures: Annotated[str, typer.Option(metavar="SPAN", help="results that did not, with evidence")] = "400d",
    max_size: Annotated[
        str, typer.Option(metavar="SIZE", help="on disk at most, such as 500MB or 1GB: the oldest go")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only tell what would go")] = False,
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """Let go of what is old: passes first, failures later, sums by day last. Runs may be recorded meanwhile."""

    def act() -> int:
        from opscheck.cli.history_words import pruned_lines  # noqa: PLC0415 - see app
        from opscheck.history.amounts import bytes_of, span_of  # noqa: PLC0415 - see app
        from opscheck.history.pruning import prune as prune_history  # noqa: PLC0415 - see app

        with opened(where) as history:
            done = prune_history(
                history.connections,
                now=local_now(),
                keep_passes=span_of(keep_passes),
                keep_failures=span_of(keep_failures),
                max_size=bytes_of(max_size) if max_size else 0,
                dry_run=dry_run,
            )
        if as_json:
            _print(done.as_dict())
        else:
            _echo(pruned_lines(done, dry_run=dry_run))
        return 1 if done.kept_back else 0

    guarded(act)


@app.command()
def export(  # noqa: PLR0917 - typer reads a command's options from its arguments
    runs: Annotated[list[str] | None, typer.Argument(metavar="[RUN]...", help="which; or all --since")] = None,
    to: Annotated[
        Path | None,
        typer.Option(help="a folder (default: history-export here), or for one run a file (.json, .html, .md)"),
    ] = None,
    since: _Since = "",
    host: _Host = "",
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """Write the reports of runs, a file for each; none that is there is overwritten."""

    def act() -> None:
        from opscheck.cli.history_transfer import export_reports  # noqa: PLC0415 - see app

        if not runs and not since:
            raise OptionError("which runs? name them, or say --since 30d")
        with opened(where) as history:
            names = [history.find(word) for word in runs or ()]
            if not runs:
                names = [one.id for one in history.runs(since=instant_of(since, local_now()), host=host)]
            if not names:
                ensure_known(history, host=host)
                _print([]) if as_json else _echo([about((host,), f"no run since {since}, nothing was written")])
                return
            done = export_reports(history, list(dict.fromkeys(names)), to)
        _print(done.written) if as_json else _echo(done.lines())

    guarded(act)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", help="JSON reports, such as CI kept")],
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """Record runs from their JSON reports; one that is there, or is as old as what prune let go of, is passed over."""

    def act() -> int:
        from opscheck.cli.history_transfer import import_reports  # noqa: PLC0415 - see app

        done = import_reports(files, where)
        if as_json:
            _print({"recorded": done.recorded, "known": done.known, "old": done.old, "refused": done.refused})
        else:
            old = f", {done.old:,} passed over: older than what is kept" if done.old else ""
            _echo([f"{counted(done.recorded, 'run')} recorded, {done.known:,} known already{old}"])
            for line in done.refused:
                typer.echo(f"opscheck: not recorded: {visible(line, 300)}", err=True)
        return 4 if done.refused else 0

    guarded(act)


def _mended(history: History, records: Sequence[ResultRecord]) -> frozenset[tuple[str, str, str]]:
    """Of the records' tests the waivers that are in order again."""
    from opscheck.history.trends import mended_waivers  # noqa: PLC0415 - see app

    waivers = [one for one in records if one.check == NOT_IN_ORDER]
    return mended_waivers(waivers, history.runs(since=waivers[0].at)) if waivers else frozenset()


def _span(since: datetime | None) -> str:
    return f" since {since:%Y-%m-%d %H:%MZ}" if since else ""


def _print(value: object) -> None:
    typer.echo(json.dumps(value, indent=1))


def _echo(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line)

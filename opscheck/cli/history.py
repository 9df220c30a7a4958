"""`opscheck history`: what past runs found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from opscheck.cli.history_places import days_back, guarded, instant_of, local_now, opened, read_report
from opscheck.errors import OptionError
from opscheck.history import History
from opscheck.report.run import RunReport
from opscheck.report.visible import counted, visible

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
_AT_ONCE = 100  # reports of one transaction


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
        if as_json:
            _print([one.as_dict() for one in runs])
            return
        from opscheck.cli.history_words import run_rows  # noqa: PLC0415 - see app

        _echo(run_rows(runs) if runs else ["no such run"])

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
        from opscheck.report.terminal import summary_lines  # noqa: PLC0415 - see app

        _echo([f"run {visible(report.run.id)}, {report.run.started:%Y-%m-%d %H:%M:%SZ}", *summary_lines(report)])
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
    """How often each check was good, and its p50, p95 and p99; of one check also day by day, with its gaps.

    Whole days (UTC) are told from sums by day, which stay when results are pruned.
    """

    def act() -> None:
        from opscheck.cli.history_close import close_json, close_lines, trend_json  # noqa: PLC0415 - see app
        from opscheck.cli.history_words import day_rows, trend_rows  # noqa: PLC0415 - see app

        now = local_now()
        begin = days_back(instant_of(since, now), now)
        with opened(where) as history:
            days = history.days(since=begin.date(), host=host, check=check)
            records = [*history.results(since=begin, host=host, check=check)] if check and days else []
        if as_json:
            _print({"since": begin.date().isoformat(), "tests": trend_json(days), "close": close_json(records, now)})
            return

        if not days:
            _echo([f"nothing was recorded since {begin:%Y-%m-%d}"])
            return
        _echo(trend_rows(days))
        if check:
            _echo(["", *close_lines(records, now), "", *day_rows(days, begin.date(), now.date())])

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
        from opscheck.cli.history_words import flap_rows  # noqa: PLC0415 - see app

        begin = instant_of(since, local_now())
        with opened(where) as history:
            records = list(history.results(since=begin, host=host, check=check, troubled=True))
        found = troubled(records)
        if as_json:
            _print(flap_json(found))
            return
        _echo(flap_rows(found) if found else ["nothing changed between good and bad, and nothing is failing"])

    guarded(act)


@app.command()
def prune(  # noqa: PLR0917 - typer reads a command's options from its arguments
    keep_passes: Annotated[str, typer.Option(metavar="SPAN", help="results that passed")] = "90d",
    keep_failures: Annotated[str, typer.Option(metavar="SPAN", help="results that did not, with evidence")] = "400d",
    max_size: Annotated[str, typer.Option(metavar="SIZE", help="on disk at most, such as 1GB: the oldest go")] = "",
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
    to: Annotated[Path, typer.Option(help="a folder, or for one run a file (.json, .html, .md)")] = Path(),
    since: _Since = "",
    host: _Host = "",
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """Write the reports of runs, a file for each."""

    def act() -> None:
        from opscheck.redact import Redactor  # noqa: PLC0415 - see app
        from opscheck.report.write import write_reports  # noqa: PLC0415 - see app

        if not runs and not since:
            raise OptionError("which runs? name them, or say --since 30d")
        with opened(where) as history:
            names = [history.find(word) for word in runs or ()]
            if not runs:
                names = [one.id for one in history.runs(since=instant_of(since, local_now()), host=host)]
            if to.suffix and len(names) != 1:
                raise OptionError(f"{visible(to, 200)} is one file, and {counted(len(names), 'run')} are to be written")
            written = []
            for name in names:
                report = history.report(name)
                if report is not None:
                    path = to if to.suffix else to / f"{_file_name(name)}.json"
                    written += [str(one) for one in write_reports(report, [path], Redactor())]
        _print(written) if as_json else _echo([counted(len(written), "report"), *written[:20]])

    guarded(act)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", help="JSON reports, such as CI kept")],
    where: _Where = "",
    as_json: _Json = False,
) -> None:
    """Record runs from their JSON reports; one that is there already is passed over."""

    def act() -> int:
        found = [path for one in files for path in (sorted(one.rglob("*.json")) if one.is_dir() else [one])]
        if not found:
            raise OptionError("there is no .json file")
        new = 0
        refused: list[str] = []
        with opened(where, create=True) as history:
            waiting: list[RunReport] = []
            for path in found:
                try:
                    waiting.append(read_report(path))
                except Exception as error:  # noqa: BLE001 - one broken file does not keep the others out; it is told
                    refused.append(str(error))
                if len(waiting) >= _AT_ONCE:
                    new += history.append_all(waiting, source="import")
                    waiting = []
            new += history.append_all(waiting, source="import")
        known = len(found) - len(refused) - new
        if as_json:
            _print({"recorded": new, "known": known, "refused": refused})
        else:
            _echo([f"{counted(new, 'run')} recorded, {known:,} known already"])
            for line in refused:
                typer.echo(f"opscheck: not recorded: {visible(line, 300)}", err=True)
        return 4 if refused else 0

    guarded(act)


def _file_name(run: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in run).lstrip(".")[:100] or "run"


def _print(value: object) -> None:
    typer.echo(json.dumps(value, indent=1))


def _echo(lines: Sequence[str]) -> None:
    for line in lines:
        typer.echo(line)

"""`opscheck report`: a report rendered again, or two of them held against each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from opscheck.cli.history_places import guarded, report_of
from opscheck.errors import OptionError

app = typer.Typer(
    name="report",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command(no_args_is_help=True)
def report(  # noqa: PLR0917 - typer reads a command's options from its arguments
    source: Annotated[str, typer.Argument(metavar="FILE|RUN", help="a JSON report, or a run of history")] = "",
    to: Annotated[list[Path] | None, typer.Option(help="write it as .html, .md, .json or .prom; repeatable")] = None,
    diff: Annotated[
        tuple[str, str] | None, typer.Option(metavar="BEFORE AFTER", help="compare two: files or runs of history")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="print Markdown")] = False,
    factor: Annotated[float, typer.Option(min=1.0, help="slower is what takes more than so many times as long")] = 1.5,
    floor: Annotated[float, typer.Option(min=0.0, metavar="MS", help="and so many milliseconds longer")] = 100.0,
    where: Annotated[
        str, typer.Option("--ops-history", "--history", metavar="PATH|URL", help="history, for runs")
    ] = "",
) -> None:
    """Render a report again, or tell check by check what became of it from one run to the next.

    opscheck report smoke.json --to smoke.html

    opscheck report --diff before.json after.json; exit code 1 if something got worse
    """

    def act() -> int:
        if diff is not None:
            if source or to:
                raise OptionError("--diff takes the two reports, and nothing beside them")
            return _compared(diff, where, factor, floor, as_json=as_json, as_markdown=as_markdown)
        if not source:
            raise OptionError("which report? name its JSON file, or a run of history")
        _rendered(source, to or [], where, as_json=as_json, as_markdown=as_markdown)
        return 0

    guarded(act)


def _compared(
    names: tuple[str, str], where: str, factor: float, floor: float, *, as_json: bool, as_markdown: bool
) -> int:
    from opscheck.cli.report_words import markdown, text  # noqa: PLC0415 - see app
    from opscheck.report.compare import compare  # noqa: PLC0415 - see app

    before, after = (report_of(name, where) for name in names)
    found = compare(before, after, factor=factor, more_ms=floor)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=1))
    else:
        typer.echo("\n".join(markdown(found) if as_markdown else text(found)))
    return 1 if found.regressed or found.slower else 0


def _rendered(source: str, to: list[Path], where: str, *, as_json: bool, as_markdown: bool) -> None:
    from opscheck.redact import Redactor  # noqa: PLC0415 - see app
    from opscheck.report import json_report  # noqa: PLC0415 - see app
    from opscheck.report import markdown as markdown_report  # noqa: PLC0415 - see app
    from opscheck.report.terminal import summary_lines  # noqa: PLC0415 - see app
    from opscheck.report.write import renderer_for, write_reports  # noqa: PLC0415 - see app

    for path in to:
        renderer_for(path)
    found = report_of(source, where)
    if as_json:
        typer.echo(json_report.render(found), nl=False)
    elif as_markdown:
        typer.echo(markdown_report.render(found), nl=False)
    for path in write_reports(found, to, Redactor()):  # it was masked when it was made
        typer.echo(f"report: {path}", err=as_json or as_markdown)
    if not (to or as_json or as_markdown):
        typer.echo("\n".join(summary_lines(found, width=160)))

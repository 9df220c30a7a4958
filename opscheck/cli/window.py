"""`opscheck window`: a maintenance window from its announcement to its report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from opscheck.errors import OpscheckError, OptionError

app = typer.Typer(
    name="window",
    help="A maintenance window: opened, checked before and after, logged, closed, told.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_Name = Annotated[str, typer.Argument(help="the window's name, or a path to its folder")]
_Folder = Annotated[Path | None, typer.Option(help="its folder (reports/windows/NAME beside the host file)")]
_HostFile = Annotated[Path | None, typer.Option("--inventory", help="the host file (opscheck.toml here or above)")]
_File = Annotated[Path | None, typer.Option("--file", help="the windows file (windows.toml beside the host file)")]
_By = Annotated[str, typer.Option(help="who does it (you)")]


@app.command("open")
def open_(  # noqa: PLR0917 - typer reads a command's options from its arguments
    name: Annotated[str, typer.Argument(help="the window's name")],
    host: Annotated[list[str] | None, typer.Option("--host", help="what may be changed; repeatable")] = None,
    emergency: Annotated[str, typer.Option(metavar="INCIDENT", help="outside the schedule, for this incident")] = "",
    lasts: Annotated[str, typer.Option(help="how long an emergency may last, as 90m or 2h")] = "4h",
    reason: Annotated[str, typer.Option(help="what it is for")] = "",
    owner: Annotated[str, typer.Option(help="who answers for it, where the windows file names no roles")] = "",
    backup: Annotated[str, typer.Option(help="who stands in")] = "",
    announced: Annotated[str, typer.Option(help="where it was announced")] = "",
    announced_at: Annotated[str, typer.Option(help="when it was announced")] = "",
    rollback: Annotated[str, typer.Option(metavar="FILE|TEXT", help="the plan for going back")] = "",
    snapshot: Annotated[list[str] | None, typer.Option(metavar="FILE|URL", help="configuration to keep")] = None,
    folder: _Folder = None,
    inventory: _HostFile = None,
    file: _File = None,
    by: _By = "",
) -> None:
    """Open a window: now is within its schedule, or there is an incident; everything before it is there.

    opscheck window open 2026-w12 --host prod --announced '#ops-shared' --rollback rollback.md --snapshot prometheus.yml
    """

    def act() -> None:
        from opscheck.cli.window_places import Stated, place, someone  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.desk import open_window  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.words import opened  # noqa: PLC0415 - each command imports what it needs

        where = place(inventory, file)
        stated = Stated(
            name=name,
            hosts=host or [],
            incident=emergency,
            lasts=lasts,
            reason=reason,
            owner=owner,
            backup=backup,
            announced=announced,
            announced_at=announced_at,
            rollback=rollback,
            snapshot=snapshot or [],
        )
        asked = where.request(stated)
        store = where.new(name, folder, asked.hosts)
        for line in opened(open_window(store, asked, now=_now(), by=someone(by)), store.folder):
            typer.echo(line)

    _guarded(act)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(  # noqa: PLR0917 - typer reads a command's options from its arguments
    context: typer.Context,
    name: _Name,
    phase: Annotated[str, typer.Option(help="before or after (what comes next)")] = "",
    folder: _Folder = None,
    inventory: _HostFile = None,
    by: _By = "",
) -> None:
    """Run the checks and keep the report; what is not an option here is passed on to opscheck run.

    Without -m: readiness, infra and observability. The exit code is that of the run.
    """
    code = 0

    def act() -> None:
        nonlocal code
        from opscheck.cli.window_places import place, someone  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.desk import require  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.runs import Wishes, comparison, run_checks  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.state import Phase  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.words import compared, ran  # noqa: PLC0415 - each command imports what it needs

        if phase not in ("", *Phase):
            raise OptionError(f"--phase: {phase!r} is neither before nor after")
        where = place(inventory, None)
        store = where.known(name, folder)
        word = name if store.folder == where.windows / name else ""
        wishes = Wishes(Phase(phase) if phase else None, word, where.inventory.path, context.args)
        report, kept = run_checks(store, wishes, clock=_now, by=someone(by))
        code = kept.exit_code
        for line in [ran(report, kept), *compared(comparison(store, require(store)))]:
            typer.echo(line)

    _guarded(act)
    raise typer.Exit(code)


@app.command()
def log(  # noqa: PLR0917 - typer reads a command's options from its arguments
    name: _Name,
    text: Annotated[str, typer.Argument(help="what was done, or what went otherwise")],
    deviation: Annotated[bool, typer.Option("--deviation", help="it went otherwise than planned")] = False,
    folder: _Folder = None,
    inventory: _HostFile = None,
    by: _By = "",
) -> None:
    """Log a step, with the time and who did it."""

    def act() -> None:
        from opscheck.cli.window_places import place, someone  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.desk import note  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.words import noted  # noqa: PLC0415 - each command imports what it needs

        store = place(inventory, None).known(name, folder)
        typer.echo(noted(note(store, text, now=_now(), by=someone(by), deviation=deviation)))

    _guarded(act)


@app.command()
def close(  # noqa: PLR0917 - typer reads a command's options from its arguments
    name: _Name,
    communicated: Annotated[str, typer.Option(help="where the summary was posted")] = "",
    lessons: Annotated[str, typer.Option(help="what was learned, or where it is written")] = "",
    tracker: Annotated[str, typer.Option(help="the incident or ticket that was updated")] = "",
    folder: _Folder = None,
    inventory: _HostFile = None,
    by: _By = "",
) -> None:
    """Close a window after its run after; tells what it comes to, and exits with the code of that decision."""
    code = 0

    def act() -> None:
        nonlocal code
        from opscheck.cli.window_places import place, someone  # noqa: PLC0415 - each command imports what it needs
        from opscheck.report import exit_code  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.account import account_of  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.desk import close_window  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.words import closed  # noqa: PLC0415 - each command imports what it needs

        store = place(inventory, None).known(name, folder)
        told = {"communicated": communicated, "lessons": lessons, "tracker": tracker}
        window = close_window(store, told, now=_now(), by=someone(by))
        judged = account_of(store, window).judged
        code = exit_code(judged.decision)
        for line in closed(window, judged):
            typer.echo(line)

    _guarded(act)
    raise typer.Exit(code)


@app.command()
def report(
    name: _Name,
    to: Annotated[Path | None, typer.Option(metavar="FILE.html", help="where to (report.html in its folder)")] = None,
    folder: _Folder = None,
    inventory: _HostFile = None,
    by: _By = "",
) -> None:
    """Write the report of a window: one HTML file that opens offline and prints well."""

    def act() -> None:
        from opscheck import __version__  # noqa: PLC0415 - each command imports what it needs
        from opscheck.cli.window_places import place, someone  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.publish import write_page  # noqa: PLC0415 - each command imports what it needs

        where = place(inventory, None)
        store = where.known(name, folder)
        target = where.here / to if to else store.folder / "report.html"
        for line in write_page(store, target, now=_now(), by=someone(by), version=__version__):
            typer.echo(line)

    _guarded(act)


@app.command()
def verify(
    what: Annotated[str, typer.Argument(metavar="NAME|FILE", help="a window, or a report of one")],
    folder: _Folder = None,
    inventory: _HostFile = None,
) -> None:
    """Tell whether the evidence of a window is as it was kept: log, runs, snapshots, reports. Exits 1 where not."""
    good = True

    def act() -> None:
        nonlocal good
        from opscheck.cli.window_places import place  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.places import existing  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.verify import verify_file, verify_folder, window_folder  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.words import looked_at  # noqa: PLC0415 - each command imports what it needs

        where = place(inventory, None)
        given = where.here / Path(what).expanduser()
        known = where.here / folder if folder else None
        if given.suffix == ".html" and not given.is_file():
            raise OptionError(f"{given}: there is no such file")
        if given.is_file():
            found = verify_file(given, known or window_folder(given, where.windows))
        else:
            found = verify_folder(known or existing(what, where.windows, where.here))
        good = not any(one.problem for one in found)
        for line in looked_at(found):
            typer.echo(line)

    _guarded(act)
    raise typer.Exit(0 if good else 1)


@app.command("list")
def list_(inventory: _HostFile = None) -> None:
    """List the windows that are kept, the newest first: which are open, and what the closed ones came to."""

    def act() -> None:
        from opscheck.cli.window_places import place  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.words import overview  # noqa: PLC0415 - each command imports what it needs

        for line in overview(place(inventory, None).windows, now=_now()):
            typer.echo(line)

    _guarded(act)


@app.command("next")
def next_(
    host: Annotated[list[str] | None, typer.Option("--host", help="for these hosts")] = None,
    count: Annotated[int, typer.Option(min=1, max=200, help="how many")] = 5,
    inventory: _HostFile = None,
    file: _File = None,
) -> None:
    """Tell when the next windows are, in UTC and in the zone of their schedule, and which freezes come."""

    def act() -> None:
        from opscheck.cli.window_places import known_host, place  # noqa: PLC0415 - each command imports what it needs
        from opscheck.window.words import coming  # noqa: PLC0415 - each command imports what it needs

        where = place(inventory, file)
        for one in host or []:
            known_host(one, where.inventory, "--host")
        calendar = where.book.calendar.for_hosts(host) if host else where.book.calendar
        for line in coming(calendar, now=_now(), count=count):
            typer.echo(line)

    _guarded(act)


def _now() -> datetime:
    return datetime.now(UTC)


def _guarded(act: Callable[[], None]) -> None:
    """One clear line and exit code 4 for what the user can mend."""
    try:
        act()
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        raise typer.Exit(4) from None

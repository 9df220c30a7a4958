"""`opscheck watch`: rounds of checks on a grid, recorded, served, told to receivers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

import opscheck
from opscheck.errors import OpscheckError, ToolMissing
from opscheck.redact import Redactor

if TYPE_CHECKING:
    from opscheck.inventory import Inventory
    from opscheck.watch.running import Around
    from opscheck.watch.setup import Setup
    from opscheck.watch.view import WindowView

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
_WINDOWS: Final = 100  # folders of windows that are looked at, the last by name
_PASSED_ON: Final = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": ["-h", "--help"],
}


@app.command(context_settings=_PASSED_ON)
def watch(  # noqa: PLR0917 - typer reads a command's options from its arguments
    context: typer.Context,
    every: Annotated[str, typer.Option(help="from one round to the next, such as 30s or 5m")] = "60s",
    length: Annotated[str, typer.Option("--for", help="how long to watch, such as 24h (default: until stopped)")] = "",
    history: Annotated[
        str, typer.Option(metavar="PATH|URL", help="where rounds are recorded: a file, postgresql://..., or off")
    ] = "",
    serve: Annotated[
        str, typer.Option(metavar="ADDRESS", help="serve metrics and a status page, such as 127.0.0.1:9099")
    ] = "",
    alertmanager: Annotated[str, typer.Option(metavar="URL", help="tell this Alertmanager of incidents")] = "",
    alertmanager_header: Annotated[
        list[str] | None, typer.Option(metavar="NAME=env:VAR", help="a header for it; also NAME=file:PATH")
    ] = None,
    webhook: Annotated[str, typer.Option(metavar="URL", help="post incidents as JSON to this address")] = "",
    webhook_header: Annotated[
        list[str] | None, typer.Option(metavar="NAME=env:VAR", help="a header for it; also NAME=file:PATH")
    ] = None,
    notify_after: Annotated[int, typer.Option(help="rounds in a row that open or close an incident")] = 2,
    round_limit: Annotated[
        str, typer.Option(metavar="SPAN", help="end a round that takes longer (default: 3m, or twice --every)")
    ] = "",
) -> None:
    """Run checks again and again; options of pytest and of the plugin are passed on to each round.

    opscheck watch -m legacy --host prod --every 30s --for 24h

    Exit code: 0 GO, 10 DEGRADED, 20 FAIL in any round, 30 where anything could not be measured or sampled, 4 where an
    option cannot be used.
    """
    from opscheck.watch.running import watch as run_watch  # noqa: PLC0415 - each command imports what it needs
    from opscheck.watch.setup import read_setup  # noqa: PLC0415 - each command imports what it needs

    try:
        setup = read_setup(
            context.args,
            every=every,
            length=length,
            limit=round_limit,
            history=history,
            serve=serve,
            alertmanager=alertmanager,
            alertmanager_headers=alertmanager_header or (),
            webhook=webhook,
            webhook_headers=webhook_header or (),
            patience=notify_after,
        )
        code = run_watch(setup, replace(_around(setup), version=opscheck.__version__))
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        raise typer.Exit(4) from None
    raise typer.Exit(code)


def _around(setup: Setup) -> Around:
    """What a watch needs of this machine: history, secrets to mask, open windows, a terminal.

    Raises:
        UserError: the host file or history cannot be used.
    """
    from opscheck.history import default_location, open_history  # noqa: PLC0415 - as above
    from opscheck.watch.running import Around, place_of  # noqa: PLC0415 - as above
    from opscheck.watch.setup import history_place  # noqa: PLC0415 - as above

    redactor = _redactor(setup)
    inventory = _inventory(setup.arguments)
    windows = _windows(inventory.path)
    fallback = _stated_history(inventory)
    said = setup.history or fallback
    place = history_place(setup, fallback, Path("/") if said else default_location())
    say = _sayer(redactor)
    if place is None:
        return Around(say, redactor, windows=windows)
    location = place_of(place)
    from opscheck.history.place import register_password  # noqa: PLC0415 - as above

    register_password(str(location), redactor)
    try:
        with open_history(location):
            pass
    except ToolMissing as error:
        if said:
            raise
        return Around(say, redactor, why_not=str(error), windows=windows)
    return Around(say, redactor, lambda: open_history(location), windows=windows)


def _windows(host_file: Path | None) -> Callable[[], Sequence[WindowView]]:
    """What tells the maintenance windows that are open; one that cannot be read is left out."""
    from opscheck.watch.view import WindowView  # noqa: PLC0415 - each command imports what it needs
    from opscheck.window.book import find_book  # noqa: PLC0415 - as above
    from opscheck.window.places import root  # noqa: PLC0415 - as above
    from opscheck.window.state import window_of  # noqa: PLC0415 - as above
    from opscheck.window.store import Store, folders_in  # noqa: PLC0415 - as above

    folder = root(find_book(host_file, Path.cwd()), host_file, Path.cwd())

    def look() -> list[WindowView]:
        found = []
        for one in folders_in(folder)[-_WINDOWS:]:
            with contextlib.suppress(OpscheckError, OSError):
                window = window_of(Store(one).read())
                if window is not None and window.is_open:
                    reason = window.reason or window.incident or window.rule
                    found.append(WindowView(window.name, window.opened, window.span.end, tuple(window.hosts), reason))
        return found

    return look


def _redactor(setup: Setup) -> Redactor:
    redactor = Redactor()
    for secret in (*setup.alertmanager_headers.values(), *setup.webhook_headers.values()):
        with contextlib.suppress(ValueError):  # too short to be masked, and no word of its own is printed
            redactor.register(secret)
    return redactor


def _inventory(arguments: Sequence[str]) -> Inventory:
    from opscheck.inventory import find_inventory, load_inventory  # noqa: PLC0415 - each command imports what it needs

    named = _value(arguments, "--ops-inventory") or os.environ.get("OPSCHECK_INVENTORY", "")
    return load_inventory(Path(named) if named else find_inventory(Path.cwd()))


def _stated_history(inventory: Inventory) -> str:
    """What the environment or the host file says of history."""
    from opscheck.settings import resolve  # noqa: PLC0415 - each command imports what it needs

    return str(resolve(lambda _: None, inventory=inventory.options).history)


def _value(arguments: Sequence[str], option: str) -> str:
    for number, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name == option:
            return value if equals else "".join(arguments[number + 1 : number + 2])
    return ""


def _sayer(redactor: Redactor) -> Callable[[str], None]:
    """Prints one line at once; a terminal that has gone away ends no watch."""

    def say(line: str) -> None:
        with contextlib.suppress(OSError):
            typer.echo(redactor.text(line))

    return say

"""The commands, each delegating to a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Final

import typer

import opscheck
from opscheck.cli.legacy import legacy
from opscheck.cli.sri import app as sri
from opscheck.errors import OpscheckError

app = typer.Typer(
    name="opscheck",
    help="Operations runbooks of LLM and RAG systems as checks that run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(sri, name="sri")
app.add_typer(legacy, name="legacy")
_TO_PYTEST = {"allow_extra_args": True, "ignore_unknown_options": True}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"opscheck {opscheck.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """See the commands below."""


@app.command(context_settings=_TO_PYTEST)
def run(context: typer.Context) -> None:
    """Run the shipped suites; every option of pytest and of the plugin is passed on.

    opscheck run -m smoke --host prod --ops-report smoke.html
    """
    from opscheck.cli.run import run_suites  # noqa: PLC0415 - each command imports what it needs

    raise typer.Exit(run_suites(context.args))


@app.command(context_settings=_TO_PYTEST)
def plan(context: typer.Context) -> None:
    """Print what a run would ask, and ask nothing. Takes the same options as run."""
    from opscheck.cli.run import run_suites  # noqa: PLC0415 - each command imports what it needs

    raise typer.Exit(run_suites(["-q", "--ops-plan", *context.args]))


@app.command()
def init(
    url: Annotated[str, typer.Argument(help="where the system is, such as https://ops.example.org")],
    name: Annotated[str, typer.Option(help="what to call the host")] = "prod",
    file: Annotated[Path, typer.Option(help="the host file to write, or to add the host to")] = Path("opscheck.toml"),
) -> None:
    """Look at the well-known endpoints of a system and write a host file for it.

    A host file that is there gets one host more at its end; what stands in it is never changed.
    """
    from opscheck.cli.init import write_host_file  # noqa: PLC0415 - each command imports what it needs

    _guarded(lambda: _echo(write_host_file(url, name, file)))


@app.command()
def doctor(
    host: Annotated[list[str] | None, typer.Option("--host", help="also reach these hosts")] = None,
) -> None:
    """Tell versions, options and their sources, what is installed, and which hosts can be reached."""
    from opscheck.cli.doctor import examine  # noqa: PLC0415 - each command imports what it needs

    healthy = True

    def tell() -> None:
        nonlocal healthy
        for line, good in examine(host or []):
            healthy &= good
            typer.echo(line)

    _guarded(tell)
    raise typer.Exit(0 if healthy else 1)


@app.command()
def checks(
    identifier: Annotated[str, typer.Argument(metavar="[ID]", help="one check in full")] = "",
) -> None:
    """List every check: what it promises, and the faults that turn it red."""
    from opscheck.cli.checks import listed  # noqa: PLC0415 - each command imports what it needs

    _guarded(lambda: _echo(listed(identifier)))


@app.command(context_settings={**_TO_PYTEST, "help_option_names": []})
def serve(context: typer.Context) -> None:
    """Run the reference service alone; its own options are passed on (opscheck serve --help)."""
    from opscheck.cli.serve import serve as start  # noqa: PLC0415 - each command imports what it needs

    _guarded(lambda: start(context.args))


@app.command(context_settings={**_TO_PYTEST, "help_option_names": []})
def stack(context: typer.Context) -> None:
    """Bring the service up over Docker Compose, look at it, back it up (opscheck stack --help)."""
    from opscheck.cli.stack import stack as run_stack  # noqa: PLC0415 - each command imports what it needs

    raise typer.Exit(run_stack(context.args))


# Commands with commands of their own: a module each, imported when it is asked for.
_FAMILIES: Final = {
    "history": "Tell what past runs found: runs, trends, flaps, regressions; prune.",
    "release": "GO or NO-GO by the release checklist, with every reason.",
    "report": "Render a report of a run again, or compare two of them.",
    "triage": "Name the likely causes behind a report's failures.",
    "watch": "Run checks again and again, record them, serve metrics and a status page.",
    "window": "Open, run, close and report a maintenance window.",
}


def _mount(name: str, text: str) -> None:
    def family(context: typer.Context) -> None:
        import_module(f"opscheck.cli.{name}").app(args=context.args, prog_name=f"opscheck {name}")

    app.command(name, help=text, context_settings={**_TO_PYTEST, "help_option_names": []})(family)


for _name, _text in _FAMILIES.items():
    _mount(_name, _text)


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _guarded(act: Callable[[], None]) -> None:
    """One clear line and exit code 4 for what the user can mend."""
    try:
        act()
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        raise typer.Exit(4) from None

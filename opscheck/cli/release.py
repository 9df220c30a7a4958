"""`opscheck release`: GO or NO-GO by a checklist, and what people have attested for it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

import opscheck
from opscheck.cli.release_arguments import exit_codes, logs_of, results_of, silence_of
from opscheck.errors import OpscheckError, OptionError

if TYPE_CHECKING:
    from opscheck.inventory import Inventory
    from opscheck.model import Host
    from opscheck.redact import Redactor
    from opscheck.release import Asked, Checklist, Finding, Item
    from opscheck.settings import Settings

USAGE: Final = 4  # exit code
_SECRET_NAME: Final = re.compile(r"(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|CREDENTIALS)", re.IGNORECASE)

app = typer.Typer(
    help="GO or NO-GO by the release checklist, with every reason.",
    pretty_exceptions_enable=False,
    add_completion=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_Plan = Annotated[str, typer.Option("--plan", help="the checklist: release or legacy-cutover")]
_Own = Annotated[
    list[Path] | None, typer.Option("--checklist", metavar="FILE", help="a checklist of your own, merged in; repeat it")
]
_Host = Annotated[list[str] | None, typer.Option("--host", "--ops-host", help="names of the host file, or URLs")]
_State = Annotated[Path | None, typer.Option("--state", metavar="FILE", help="attestations (attested.json here)")]
_Release = Annotated[str, typer.Option("--release", help="its name, where it is not the commit")]
_Range = Annotated[str, typer.Option("--range", help="the commits of the release, such as v1..HEAD")]
_Junit = Annotated[
    list[str] | None,
    typer.Option("--junit", metavar="[ID=]FILE", help="results of CI: JUnit XML, or a JSON report"),
]
_ExitCode = Annotated[
    list[str] | None, typer.Option("--exit-code", metavar="ID=N", help="how CI's command of an item ended")
]
_Log = Annotated[
    list[str] | None,
    typer.Option("--log", metavar="[[HOST/]SERVER=]FILES", help="access logs; a SERVER is covered by its own"),
]
_Silence = Annotated[
    str, typer.Option("--silence", metavar="SPAN", help="how long these logs may be silent, such as 8h at night (1h)")
]
_Prometheus = Annotated[
    list[str] | None, typer.Option("--prometheus", metavar="URL|FILE", help="whose targets are looked at")
]
_Report = Annotated[
    list[Path] | None,
    typer.Option("--report", "--ops-report", metavar="PATH", help=".html, .json or .md; repeat it"),
]
_Inventory = Annotated[str, typer.Option("--inventory", "--ops-inventory", help="host file")]
_System = Annotated[str, typer.Option("--system", "--ops-system", help="system pack of a host given as a URL")]
_History = Annotated[str, typer.Option("--history", "--ops-history", help="where runs are recorded, or off")]
_Folder = Annotated[Path, typer.Option("--folder", help="of the repository (the present one)")]
_AllowChanges = Annotated[bool, typer.Option("--allow-changes", help="items that change something may")]
_AtOnce = Annotated[int, typer.Option("--at-once", min=1, max=64, help="items measured side by side")]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="no progress")]


@app.callback()
def release(  # noqa: PLR0917 - typer reads a command's options from its arguments
    context: typer.Context,
    plan: _Plan = "release",
    host: _Host = None,
    checklist: _Own = None,
    range_: _Range = "",
    release_: _Release = "",
    junit: _Junit = None,
    exit_code: _ExitCode = None,
    log: _Log = None,
    silence: _Silence = "",
    prometheus: _Prometheus = None,
    report: _Report = None,
    inventory: _Inventory = "",
    system: _System = "",
    history: _History = "",
    state: _State = None,
    folder: _Folder = Path(),
    allow_changes: _AllowChanges = False,
    at_once: _AtOnce = 4,
    quiet: _Quiet = False,
) -> None:
    """Go through a checklist. Exit code 0 GO, 1 NO-GO, 4 for what was typed.

    opscheck release --host prod --range v1..HEAD --report release.html

    opscheck release --plan legacy-cutover --host prod --log 'edge-1=/var/log/nginx/access.log*'
    """
    if context.invoked_subcommand is not None:
        return

    def act() -> int:
        from opscheck.release import load_checklist  # noqa: PLC0415 - each command imports what it needs
        from opscheck.release.asked import Asked  # noqa: PLC0415 - each command imports what it needs

        wanted = load_checklist(plan, checklist or ())
        settings, found = _settings(inventory, host=host or [], history=history, system=system)
        hosts, redactor = _hosts(settings, found)
        asked = Asked(
            folder=folder.resolve(),
            hosts=tuple(hosts),
            named=tuple(settings.host) if hosts else (),
            system=settings.system,
            inventory=str(found.path or ""),
            range=range_,
            release=release_,
            results=results_of(junit or (), wanted),
            exit_codes=exit_codes(exit_code or ()),
            logs=logs_of(log or (), hosts),
            silence=silence_of(silence),
            prometheus=tuple(prometheus or ()),
            history=settings.history,
            state=_state_file(state, folder),
            reports=tuple(report or ()),
            allow_changes=allow_changes,
            version=opscheck.__version__,
        )
        return _decide(wanted, asked, redactor, report or (), at_once=at_once, quiet=quiet)

    _guarded(act)


@app.command()
def attest(  # noqa: PLR0917 - see release
    item: Annotated[str, typer.Argument(help="of the checklist")],
    by: Annotated[str, typer.Option("--by", help="who has seen it")],
    seen: Annotated[str, typer.Option("--seen", help="what was seen")],
    plan: _Plan = "release",
    checklist: _Own = None,
    release_: _Release = "",
    state: _State = None,
    folder: _Folder = Path(),
) -> None:
    """Keep that somebody has seen something, for the present commit (or --release NAME) and for no other."""

    def act() -> int:
        from opscheck.release import load_checklist  # noqa: PLC0415 - each command imports what it needs
        from opscheck.release.attest import Attestation, stamp  # noqa: PLC0415 - each command imports what it needs
        from opscheck.release.attest import attest as keep  # noqa: PLC0415 - each command imports what it needs
        from opscheck.release.git import Git, NoGit  # noqa: PLC0415 - each command imports what it needs
        from opscheck.release.processes import Programs  # noqa: PLC0415 - each command imports what it needs

        found = load_checklist(plan, checklist or ()).item(item)
        if found.kind != "attested":
            raise OptionError(f'item "{item}" is measured (kind {found.kind}); nobody can attest it')
        git = Git(Programs(folder.resolve()))
        try:
            name = release_ or git.commit().sha
        except NoGit:
            raise OptionError(f"{git.why_no_commit()}: name what is released, --release 1.4.0") from None
        file = _state_file(state, folder)
        keep(file, Attestation(plan, item, name, by.strip(), stamp(datetime.now(UTC)), seen.strip()))
        typer.echo(f"{item}: attested by {by.strip()} for {name}, in {file}")
        return 0

    _guarded(act)


@app.command()
def items(plan: _Plan = "release", checklist: _Own = None) -> None:
    """List what a checklist asks for: id, kind, title, and how a result of CI takes its place."""

    def act() -> int:
        from opscheck.release import load_checklist  # noqa: PLC0415 - each command imports what it needs

        found = load_checklist(plan, checklist or ())
        name = max(len(one.id) for one in found.items)
        kind = max(len(one.kind) for one in found.items)
        for one in found.items:
            typer.echo(f"{one.id:<{name}}  {one.kind:<{kind}}  {one.title}{_remark(one)}")
        return 0

    _guarded(act)


def _remark(one: Item) -> str:
    remarks = [f"left out: {one.skip}"] if one.skip else []
    remarks += [f"waived: {one.waived.line()}"] if one.waived else []
    remarks += [f"due once {one.after} is met"] if one.after else []
    remarks += ["wants --allow-changes"] if one.wants.get("changes") else []
    return f" ({'; '.join(remarks)})" if remarks else ""


def _settings(inventory: str, **typed: object) -> tuple[Settings, Inventory]:
    """Options as a run has them: as typed, else from the environment, else from the host file."""
    from opscheck.inventory import find_inventory, load_inventory  # noqa: PLC0415 - each command imports what it needs
    from opscheck.settings import resolve  # noqa: PLC0415 - each command imports what it needs

    path = inventory or os.environ.get("OPSCHECK_INVENTORY", "")
    found = load_inventory(Path(path) if path else find_inventory(Path.cwd()))
    return resolve(lambda option: typed.get(option.name), inventory=found.options), found


def _hosts(settings: Settings, inventory: Inventory) -> tuple[list[Host], Redactor]:
    """The hosts that were named, none where none was; and who masks their secrets."""
    from opscheck.inventory import select  # noqa: PLC0415 - each command imports what it needs
    from opscheck.redact import Redactor, Secret  # noqa: PLC0415 - each command imports what it needs

    named = settings.values["host"].source != "default"
    hosts = select(settings.host, inventory, system=settings.system) if named else []
    redactor = Redactor()
    try:
        for one in hosts:
            for secret in one.sent_secrets():
                redactor.register(secret)
    except ValueError as error:
        raise OptionError(str(error)) from None
    # Commands have the whole environment, and may print of it what they like. What is a mere word stays readable.
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name) and len(value) >= 8 and not value.isalpha() and not _is_path(value):
            redactor.register(Secret(name, value))
    return hosts, redactor


def _is_path(value: str) -> bool:
    """A variable such as API_KEY_FILE names a file, which is no secret."""
    try:
        return Path(value).exists()
    except (OSError, ValueError):
        return False


def _state_file(state: Path | None, folder: Path) -> Path:
    from opscheck.release.attest import FILE_NAME  # noqa: PLC0415 - each command imports what it needs

    return (state if state is not None else folder / FILE_NAME).expanduser().resolve()


def _decide(
    checklist: Checklist, asked: Asked, redactor: Redactor, reports: Sequence[Path], *, at_once: int, quiet: bool
) -> int:
    from opscheck.release import decide, run_checklist  # noqa: PLC0415 - each command imports what it needs
    from opscheck.release.as_text import lines  # noqa: PLC0415 - each command imports what it needs
    from opscheck.release.ending import ended_in_order  # noqa: PLC0415 - each command imports what it needs
    from opscheck.release.policy import EXIT_CODES  # noqa: PLC0415 - each command imports what it needs
    from opscheck.release.write import check_paths, write_reports  # noqa: PLC0415 - each command imports what it needs

    check_paths(reports)
    if not asked.folder.is_dir():
        raise OptionError(f"--folder {asked.folder}: there is no such folder")
    tell = _Progress(len(checklist.items), redactor, quiet=quiet)
    argv = ["opscheck", "release", *sys.argv[2:]]
    with ended_in_order() as ending:
        try:
            found = run_checklist(checklist, asked, at_once=at_once, tell=tell, argv=argv)
            for line in lines(found.masked(redactor)):
                typer.echo(redactor.text(line))
            write_reports(found, reports, redactor)
            for path in reports:
                typer.echo(f"report: {path}")
        except (KeyboardInterrupt, OSError):
            if not ending.number:  # a terminal that has hung up cannot be told anything either
                raise
            return ending.code(0)
    return ending.code(EXIT_CODES[decide(found.findings)])


class _Progress:
    """Tells on the error output what was found, as it is found."""

    def __init__(self, total: int, redactor: Redactor, *, quiet: bool) -> None:
        self._total, self._redactor, self._quiet, self._done = total, redactor, quiet, 0

    def __call__(self, item: Item, finding: Finding | None) -> None:
        from opscheck.report.visible import cut, visible  # noqa: PLC0415 - each command imports what it needs

        if finding is None:
            told = f"  ...    {item.id}: {item.title}"
        else:
            self._done += 1
            told = f"[{self._done}/{self._total}]  {item.id}: {finding.state.value} ({finding.seconds:.1f} s): "
            told += finding.reason
        if not self._quiet:
            typer.echo(cut(visible(self._redactor.text(told)), 160), err=True)


def _guarded(act: Callable[[], int]) -> None:
    """The command's exit code; one clear line and 4 for what the user can mend."""
    try:
        code = act()
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        code = USAGE
    raise typer.Exit(code)

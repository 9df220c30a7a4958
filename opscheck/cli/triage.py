"""`opscheck triage`: name the likely causes behind a report's failures, with the signatures of today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from opscheck.errors import OpscheckError, OptionError, did_you_mean

if TYPE_CHECKING:
    from opscheck.report.run import RunReport

app = typer.Typer(
    name="triage",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_LARGEST: Final = 256 * 1024 * 1024  # bytes of a report
_WIDTH: Final = 160


@app.command()
def triage(
    report: Annotated[Path | None, typer.Argument(metavar="REPORT.json", help="a report of a run, as JSON")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON instead of text")] = False,
    inventory: Annotated[
        Path | None, typer.Option(help="host file (default: opscheck.toml here or in a parent folder)")
    ] = None,
    signatures: Annotated[bool, typer.Option("--signatures", help="list every known failure instead")] = False,
    signature: Annotated[str, typer.Option(metavar="ID", help="tell one known failure in full instead")] = "",
) -> None:
    """Name the likely causes behind the failures of a report, and what nothing explains.

    Signatures are those that ship, and a signatures.toml beside the host file, which extends and overrides them.
    """
    try:
        for line in _told(report, inventory, as_json=as_json, listed=signatures, one=signature):
            typer.echo(line)
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        raise typer.Exit(4) from None


def _told(path: Path | None, inventory: Path | None, *, as_json: bool, listed: bool, one: str) -> Iterator[str]:
    from opscheck.inventory import find_inventory, load_inventory  # noqa: PLC0415 - each command imports what it needs

    if inventory is not None and not inventory.is_file():
        raise OptionError(f"--inventory: {inventory}: there is no such file")
    hosts = load_inventory(inventory or find_inventory(Path.cwd()))
    if listed or one:
        yield from _signatures(hosts.path, one)
        return
    if path is None:
        raise OptionError("name a report: opscheck triage REPORT.json (opscheck run --ops-report r.json writes one)")
    yield from _causes(path, hosts.path, as_json=as_json)


def _causes(path: Path, host_file: Path | None, *, as_json: bool) -> Iterator[str]:
    from opscheck.report.terminal import likely_lines  # noqa: PLC0415 - each command imports what it needs
    from opscheck.report.visible import visible  # noqa: PLC0415 - each command imports what it needs
    from opscheck.triage import explain, known_hosts, load_signatures  # noqa: PLC0415 - each command imports what it needs

    report = _read(path)
    known = known_hosts(host_file, [host.name for host in report.hosts])
    found = explain(report, load_signatures(host_file), known)
    if as_json:
        yield json.dumps({"run": report.run.id, "decision": report.decision.value, **found.as_dict()}, indent=1)
        return
    if not found:
        yield f"run {visible(report.run.id, 60)}: nothing to explain"
        return
    yield from likely_lines(report, found, width=_WIDTH, brief=False)


def _read(path: Path) -> RunReport:
    from opscheck.report.run import RunReport  # noqa: PLC0415 - each command imports what it needs

    try:
        if path.stat().st_size > _LARGEST:
            raise OptionError(f"{path}: larger than {_LARGEST} bytes; is it a report?")
        return RunReport.from_dict(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise OptionError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        words = str(error) if str(error).startswith("not a report") else f"is not a JSON report: {error}"
        raise OptionError(f"{path}: {words}") from None


def _signatures(host_file: Path | None, one: str) -> Iterator[str]:
    from opscheck.triage import load_signatures  # noqa: PLC0415 - each command imports what it needs

    known = {signature.id: signature for signature in load_signatures(host_file)}
    if not one:
        width = max(map(len, known))
        for signature in known.values():
            yield f"{signature.id:<{width}}  {signature.title}{'  (your own)' if signature.own else ''}"
        return
    if one not in known:
        hint = did_you_mean(one, known)
        raise OptionError(f'unknown signature "{one}"{hint} (opscheck triage --signatures lists them)')
    found = known[one]
    yield f"{found.id}: {found.title}"
    for name in ("cause", "confirm", "remedy", "runbook", "escalate"):
        yield f"  {name:<9} {getattr(found, name) or '-'}"

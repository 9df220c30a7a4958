"""`opscheck triage`: name the likely causes behind a report's failures, with the signatures of today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer

from opscheck.errors import OpscheckError, OptionError, did_you_mean

app = typer.Typer(
    name="triage",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_WIDTH: Final = 160


@app.command()
def triage(  # noqa: PLR0917 - typer reads a command's options from its arguments
    report: Annotated[str, typer.Argument(metavar="FILE|RUN", help="a JSON report, or a run of history")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="print JSON instead of text")] = False,
    inventory: Annotated[
        Path | None, typer.Option(help="host file (default: opscheck.toml here or in a parent folder)")
    ] = None,
    signatures: Annotated[bool, typer.Option("--signatures", help="list every known failure instead")] = False,
    signature: Annotated[str, typer.Option(metavar="ID", help="tell one known failure in full instead")] = "",
    where: Annotated[
        str, typer.Option("--ops-history", "--history", metavar="PATH|URL", help="history, for runs")
    ] = "",
) -> None:
    """Name the likely causes behind the failures of a report, and what nothing explains.

    opscheck triage r.json; of a run in history: opscheck triage latest

    Signatures are those that ship, and a signatures.toml beside the host file, which extends and overrides them.
    """
    try:
        for line in _told(report, where, inventory, as_json=as_json, listed=signatures, one=signature):
            typer.echo(line)
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        raise typer.Exit(4) from None


def _told(source: str, where: str, inventory: Path | None, *, as_json: bool, listed: bool, one: str) -> Iterator[str]:
    from opscheck.inventory import find_inventory, load_inventory  # noqa: PLC0415 - each command imports what it needs

    if inventory is not None and not inventory.is_file():
        raise OptionError(f"--inventory: {inventory}: there is no such file")
    hosts = load_inventory(inventory or find_inventory(Path.cwd()))
    if listed or one:
        yield from _signatures(hosts.path, one)
        return
    if not source:
        raise OptionError(
            "which report? name its JSON file (opscheck run --ops-report r.json writes one), or a run of history: "
            "opscheck triage latest"
        )
    yield from _causes(source, where, hosts.path, as_json=as_json)


def _causes(source: str, where: str, host_file: Path | None, *, as_json: bool) -> Iterator[str]:
    from opscheck.cli.history_places import report_of  # noqa: PLC0415 - each command imports what it needs
    from opscheck.report.terminal import likely_lines  # noqa: PLC0415 - each command imports what it needs
    from opscheck.report.visible import visible  # noqa: PLC0415 - each command imports what it needs
    from opscheck.triage import explain, known_hosts, load_signatures  # noqa: PLC0415 - each command imports what it needs

    report = report_of(source, where)
    known = known_hosts(host_file, [host.name for host in report.hosts])
    found = explain(report, load_signatures(host_file), known)
    if as_json:
        yield json.dumps({"run": report.run.id, "decision": report.decision.value, **found.as_dict()}, indent=1)
        return
    if not found:
        yield f"run {visible(report.run.id, 60)}: nothing to explain"
        return
    yield from likely_lines(report, found, width=_WIDTH, brief=False)


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

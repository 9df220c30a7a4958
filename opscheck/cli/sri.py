"""`opscheck sri`: integrity metadata, checked and generated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from opscheck.errors import OpscheckError

app = typer.Typer(
    help="Subresource integrity: manifests, files, pages and hosts held against each other.", no_args_is_help=True
)
_ALGORITHMS: Final = ("sha256", "sha384", "sha512")
Manifest = Annotated[Path, typer.Option("--manifest", metavar="FILE", help="path to hash, as JSON")]
Root = Annotated[Path, typer.Option("--root", metavar="DIR", help="the folder that its paths are relative to")]
_MANIFEST: Final = Path("sri-manifest.json")
_ROOT: Final = Path()


@app.command()
def check(
    manifest: Manifest = _MANIFEST,
    root: Root = _ROOT,
    host: Annotated[str, typer.Option("--host", help="also look at what this host serves, and at its page")] = "",
) -> None:
    """Hold a manifest against files: 0 where all match, 1 where one does not, 2 where there is nothing to compare.

    opscheck sri check --manifest dist/sri-manifest.json --root dist --host prod
    """
    from opscheck.cli.sri_check import compare, entries_of, exit_code, summary  # noqa: PLC0415 - each command imports what it needs

    def act() -> int:
        entries = entries_of(manifest)
        lines = list(compare(entries, root))
        typer.echo("\n".join(line.text for line in lines))
        last, code = summary(lines, "files"), exit_code(lines)
        if host:
            from opscheck.cli.sri_host import live_host, look  # noqa: PLC0415 - each command imports what it needs

            seen = list(look(live_host(host), entries, manifest))
            typer.echo("\n".join(line.text for line in seen))
            last, code = f"{last}; {summary(seen, f'answers of {host}')}", exit_code([*lines, *seen])
        typer.echo(last)
        return code

    _guarded(act)


@app.command()
def generate(  # noqa: PLR0917 - typer reads the options from the parameters
    html: Annotated[list[Path], typer.Option("--html", metavar="FILE", help="a page, or a folder of pages; repeat it")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="further pages")] = None,
    manifest: Manifest = _MANIFEST,
    root: Root = _ROOT,
    algorithm: Annotated[str, typer.Option(help=", ".join(_ALGORITHMS))] = "sha384",
    ignore: Annotated[list[str] | None, typer.Option(help="leave files of this pattern alone; repeat it")] = None,
    check: Annotated[bool, typer.Option("--check", help="write nothing; 1 where something would change")] = False,
) -> None:
    """Write integrity attributes into pages, and the manifest: of all pages that are named, and of nothing else.

    opscheck sri generate --root dist --html dist --manifest dist/sri-manifest.json
    """
    from opscheck.cli.sri_generate import planned, write  # noqa: PLC0415 - each command imports what it needs
    from opscheck.cli.sri_words import Unusable, shown_path  # noqa: PLC0415 - each command imports what it needs

    def act() -> int:
        if algorithm not in _ALGORITHMS:
            raise Unusable(f"--algorithm {algorithm}: one of {', '.join(_ALGORITHMS)}")
        plan = planned(root, [*html, *(more or ())], manifest, algorithm, ignore or ())
        for line in plan.told:
            typer.echo(line)
        for line in plan.problems:
            typer.echo(f"ERR {line}", err=True)
        if plan.problems:
            raise Unusable(f"nothing was written: {len(plan.problems)} problems")
        needed = plan.needed
        if not check:
            write(needed)
        for one in needed:
            typer.echo(f"{'would change' if check else 'written'} {shown_path(str(one.path))}")
        done = f"{len(needed)} to change" if check else f"{len(needed)} written"
        typer.echo(f"{len(plan.pages)} pages, {plan.files} files: {done}")
        return 1 if check and needed else 0

    _guarded(act)


def _guarded(act: Callable[[], int]) -> None:
    """The command's exit code; one clear line and 2 where there is nothing to compare or to write."""
    try:
        code = act()
    except OpscheckError as error:
        typer.echo(f"opscheck: {error}", err=True)
        code = 2
    raise typer.Exit(code)

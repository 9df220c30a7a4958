"""Record anew what live runs over broken services find: `python -m tests.triage.record`, with every tool installed.

Only what the table of rows names is kept, without what changes from run to run and no signature looks at.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.faults.catalogs import CATALOGS
from tests.faults.running import Broken
from tests.infra.catalog import ROWS as INFRA
from tests.infra.hosts import host_file
from tests.infra.hosts import run as run_infra
from tests.infra.world import World
from tests.triage.sources import RECORDED, Live

ROOT: Final = Path(__file__).resolve().parents[2]
_QUIET: Final = ("PASS", "NOT_APPLICABLE")
_DROPPED: Final = ("headers", "request", "phases_ms", "http_version", "raw_length", "decoded_length", "arrivals_s")
_LONGEST: Final = 400


def main() -> None:
    """Run everything and write the file."""
    wanted = _wanted()
    kept: dict[str, list[Any]] = {}
    for catalog in sorted({name.partition("/")[0] for name in wanted}):
        with tempfile.TemporaryDirectory() as folder:
            report = (_infra if catalog == "infra" else _catalog)(catalog, Path(folder)).replace(folder, "/srv")
        kept |= keep(catalog, json.loads(report)["results"], wanted)
    RECORDED.write_text(json.dumps(kept, indent=0, sort_keys=True) + "\n")


def _wanted() -> set[str]:
    from tests.triage import rows  # noqa: PLC0415 - it reads what is written here

    return {source.name for row in rows.ROWS for source in (row.named, row.silent) if isinstance(source, Live)}


def keep(catalog: str, results: Iterable[Mapping[str, Any]], wanted: set[str]) -> dict[str, list[Any]]:
    """What is not green of each wanted host."""
    kept: dict[str, list[Any]] = {}
    for result in results:
        name = f"{catalog}/{result['host']}"
        if name in wanted and result["outcome"] not in _QUIET:
            kept.setdefault(name, []).append(_trimmed(result))
    return kept


def _trimmed(result: Mapping[str, Any]) -> dict[str, Any]:
    exchanges = [
        {key: value for key, value in item.items() if key not in _DROPPED} | {"phases_ms": {}}
        for item in result["evidence"]["exchanges"][:2]
    ]
    evidence = {**result["evidence"], "exchanges": exchanges, "curl": ""}
    return {**result, "evidence": evidence, "duration_s": 0, "observed": result["observed"][:_LONGEST]}


def _catalog(name: str, folder: Path) -> str:
    catalog = CATALOGS[name]
    with Broken(catalog.every, folder) as broken:
        (folder / "opscheck.toml").write_text(broken.toml)
        command = [
            *(sys.executable, "-m", "pytest", str(ROOT / "suites"), "-q", "--tb=no", "-p", "no:cacheprovider"),
            *("-m", catalog.suites, f"--ops-inventory={folder / 'opscheck.toml'}", "--ops-concurrency=8"),
            *(f"--ops-host={','.join(fault.name for fault in catalog.every)}", f"--ops-report={folder / 'r.json'}"),
        ]
        subprocess.run(command, cwd=ROOT, check=False)
    return (folder / "r.json").read_text()


def _infra(_: str, folder: Path) -> str:
    with World(folder) as world:
        (folder / "opscheck.toml").write_text(host_file(INFRA, world.places))
        names = [row.name for row in INFRA]
        run_infra(folder / "opscheck.toml", names, folder / "r.json", "-q", "--ops-concurrency=8", "--ops-timeout=8")
    return (folder / "r.json").read_text()


if __name__ == "__main__":
    main()

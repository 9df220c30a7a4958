"""A manifest held against its files: opscheck beside openssl, which only hashes them, on the same folder."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import sys
import tempfile
from base64 import b64encode
from functools import partial
from pathlib import Path

from benchmarks.table import show, table
from benchmarks.timing import Run, Variant, interleaved, median, median_cpu, peak_kb, ratio, run, spread

OURS = "opscheck sri check"
OPENSSL = "openssl dgst, one process"
PARALLEL = "openssl dgst, a process a core"
_BATCH = 100  # files that xargs gives to one process


def main(*, quick: bool = False, count: int = 2000, size: int = 250_000, rounds: int = 7) -> None:
    """Print seconds, ratios and memory of each, and what an empty run of opscheck takes."""
    if quick:
        count, rounds = min(count, 200), 1
    with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as place:
        folder = Path(place)
        manifest = _files(folder / "root", count, size)
        taken = interleaved(_variants(folder, manifest, count), rounds, seconds=120, warm=not quick)
    rows = [_row(name, runs, taken) for name, runs in taken.items()]
    floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # a child is counted from its fork on
    title = f"sri: {count:,} files, {count * size / 1e6:,.0f} MB; median of {len(taken[OURS])} in turns"
    title += f"; peaks count from {floor:.0f} MB"
    show(table(title, ("program", "seconds", "CPU", "opscheck / it", "peak MB", "spread"), rows), "")


def _files(root: Path, count: int, size: int) -> Path:
    """Files of random bytes, and their manifest beside the folder."""
    root.mkdir()
    record = {}
    for number in range(count):
        content = os.urandom(size)
        name = f"asset-{number:05}.js"
        (root / name).write_bytes(content)
        record[name] = {"sha384": f"sha384-{b64encode(hashlib.sha384(content).digest()).decode()}"}
    manifest = root.parent / "sri-manifest.json"
    manifest.write_text(json.dumps(record, indent=2))
    (root.parent / "one.json").write_text(json.dumps(dict([next(iter(record.items()))])))
    (root.parent / "list").write_text("".join(f"{root / name}\n" for name in record))
    return manifest


def _variants(folder: Path, manifest: Path, count: int) -> dict[str, Variant]:
    ours = (sys.executable, "-m", "opscheck", "sri", "check", "--root", folder / "root", "--manifest")
    variants: dict[str, Variant] = {
        OURS: partial(run, [*ours, manifest], expect=f"{count} OK, 0 ERR"),
        f"{OURS}, one file": partial(run, [*ours, folder / "one.json"], expect="1 OK, 0 ERR"),
    }
    openssl, xargs = shutil.which("openssl"), shutil.which("xargs")
    if openssl is None:
        show("no openssl here: nothing to compare with")
        return variants
    hashing = (openssl, "dgst", "-sha384", "-binary")
    files = (folder / "list").read_text().split("\n")[:-1]
    variants[OPENSSL] = partial(run, [*hashing, *files])
    if xargs is not None:
        cores = str(os.cpu_count() or 1)
        variants[PARALLEL] = partial(run, [xargs, "-a", folder / "list", "-P", cores, "-n", str(_BATCH), *hashing])
    return variants


def _row(name: str, runs: list[Run], taken: dict[str, list[Run]]) -> tuple[object, ...]:
    compared = f"{ratio(taken[OURS], runs):.2f}"
    return name, median(runs), median_cpu(runs), compared, f"{peak_kb(runs) / 1024:.0f}", f"{spread(runs):.0%}"

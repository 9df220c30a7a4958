"""Injected faults: which check names each, how long that takes, and with which remedy.

Real servers with real defects (see `tests/infra` and `benchmarks.faulty`), one host each, all of them in one run. A
fault that no check names, or names without a remedy, ends the benchmark with an error.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.faulty import broken_disks, cut_off, old_certificate, slow
from benchmarks.table import show, table
from benchmarks.timing import ROOT, Broken
from tests.docker.catalog import ROWS as ENGINE_ROWS
from tests.docker.catalog import USUAL
from tests.docker.hosts import host_file as engine_host_file
from tests.docker.world import World as EngineWorld
from tests.infra.catalog import LAB, ROWS
from tests.infra.hosts import environment, host_file
from tests.infra.row import KEY, Row, row
from tests.infra.world import World
from tests.parts.ca import create_ca
from tests.parts.docker_engine import DockerEngine

_SUITES: Final = "infra or observability or edge"
_SLOW: Final = 20.0  # seconds that each answer takes on the slow way: more than any check waits
_TIMEOUT: Final = 8.0
_RED: Final = ("FAIL", "UNMEASURED")


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault: what it is, the host that has it, and words of the reason by which a check names it."""

    fault: str
    host: str
    because: str


INJECTED: Final = (
    Injected("stopped: Redis", "redis-refused", "refused"),
    Injected("stopped: Mongo", "mongo-refused", "refused"),
    Injected("stopped: Postgres", "postgres-refused", "refused"),
    Injected("stopped: Prometheus", "prometheus-refused", "refused"),
    Injected("paused: Redis", "redis-paused", "no answer"),
    Injected("paused: Mongo", "mongo-paused", "no answer"),
    Injected("paused: Postgres", "postgres-paused", "no answer"),
    Injected("cut off: Redis", "redis-cut-off", "no connection"),
    Injected("slow: Redis", "redis-slow", "no answer"),
    Injected("half-open connection: Mongo", "mongo-mute", "no answer"),
    Injected("half-open connection: Postgres", "postgres-mute", "no answer"),
    Injected("wrong password: Redis", "redis-password", "login refused"),
    Injected("wrong password: Mongo", "mongo-password", "login refused"),
    Injected("wrong password: Postgres", "postgres-password", "wrong password"),
    Injected("wrong database: Postgres", "store-wrong-database", "database does not exist"),
    Injected("wrong auth source: Mongo", "store-wrong-auth-source", "login refused"),
    Injected("full disk: Redis", "redis-disk-full", "last save to disk failed"),
    Injected("full memory: Redis", "redis-full", "memory is full"),
    Injected("read-only file system: Redis", "redis-read-only", "last save to disk failed"),
    Injected("read-only database: Postgres", "postgres-read-only", "read-only"),
    Injected("migration behind: Postgres", "migration-behind", "is at 'a1'"),
    Injected("expired certificate: edge", "old-certificate", "has expired"),
    Injected("wrong dimension: Qdrant", "wrong-dimension", "makes 768"),
    Injected("wrong distance: Qdrant", "wrong-distance", "not by Dot"),
    Injected("empty collection: Qdrant", "collection-empty", "is empty"),
    Injected("missing index: Qdrant", "payload-index-missing", "no index on lang"),
    Injected("missing index: Mongo", "mongo-index-missing", "no index on customer"),
    Injected("missing model: LLM", "llm-model-missing", "nobody is not among"),
    Injected("missing model: Ollama", "ollama-model-missing", "was not pulled"),
    Injected("retired model: LLM", "llm-retired", "is gone"),
    Injected("key refused: LLM", "llm-unauthorised", "key is refused"),
    Injected("dead target: Prometheus", "target-down", "is 'down'"),
    Injected("silent exporter: Prometheus", "silent-exporter", ""),
    Injected("stale scrape: Prometheus", "scrape-stale", "last scraped"),
    Injected("rule without metric", "rule-without-metric", "Broken "),
    Injected("ratio that never matches", "ratio-never-matches", "Broken "),
    Injected("threshold out of reach", "quantile-out-of-reach", "Broken "),
    Injected("silence that stays silent", "silence-stays-silent", "Broken "),
    Injected("route without receiver", "route-without-receiver", "does not exist"),
    Injected("receiver that tells nobody", "receiver-tells-nobody", "notifies nobody"),
    Injected("retention off: Loki", "retention-off", "nothing is ever deleted"),
    Injected("missing dashboard: Grafana", "dashboard-missing", "'Costs'"),
    Injected("stopped: engine", "daemon-ended", ""),
    Injected("half-open connection: engine", "mute-socket", ""),
    Injected("stopped: container", "container-stopped", "ended with code 3"),
    Injected("paused: container", "container-paused", "is paused"),
    Injected("crashed and restarting container", "container-restarting", "last exit code 3"),
    Injected("unhealthy container", "container-unhealthy", "the disk is gone"),
    Injected("unpinned image", "image-unpinned", "not pinned"),
    Injected("missing volume", "volume-missing", "no volume"),
    Injected("state in the container itself", "state-in-the-container", "in the container itself"),
)
"""The order of the table."""


def main(*, quick: bool) -> None:
    """Inject them all, run once, print the table; then the time of `-m infra` beside that of its probes."""
    _ = quick  # one run is all there is
    with tempfile.TemporaryDirectory(prefix="opscheck-faults-") as name, ExitStack() as stack:
        folder = Path(name)
        show("faults: starting the servers", "")
        (folder / "world").mkdir()
        world = stack.enter_context(World(folder / "world"))
        rows, sites = _more(stack, folder, world.places)
        inventory = folder / "opscheck.toml"
        inventory.write_text(host_file([*ROWS, *rows], world.places) + sites)
        here = {one.name for one in (*ROWS, *rows)} | {"old-certificate"}
        faults = [one for one in INJECTED if one.host in here]
        lab = _run(inventory, [LAB.name], folder / "lab.json", "infra", environment())
        results = _run(inventory, [one.host for one in faults], folder / "report.json", _SUITES, environment())[
            "results"
        ]
        results += _containers(stack, folder)
        missed = _tell([one for one in INJECTED if one.host in {result["host"] for result in results}], results)
        absent = [one.fault for one in INJECTED if one.host not in {result["host"] for result in results}]
        if absent:
            show(f"not injected here (that takes root, and a container engine): {', '.join(absent)}", "")
        _tell_speed(lab)
    if missed:
        raise Broken(f"no check names: {'; '.join(missed)}")


def _containers(stack: ExitStack, folder: Path) -> list[dict[str, Any]]:
    """The results of the suite docker on containers with faults; none where there is no engine."""
    (folder / "engine").mkdir()
    try:
        engine = stack.enter_context(DockerEngine(folder / "docker"))
        world = stack.enter_context(EngineWorld(engine, create_ca(folder / "ca-engine"), folder / "engine"))
    except pytest.skip.Exception:
        return []
    inventory = folder / "engine.toml"
    rows = [row for row in ENGINE_ROWS if row.name in {one.host for one in INJECTED}]
    inventory.write_text(engine_host_file(rows, world.places, system="shared-infra", usual=USUAL))
    variables = {**os.environ, **world.environment}
    found: list[dict[str, Any]] = _run(
        inventory, [row.name for row in rows], folder / "engine.json", "docker", variables
    )["results"]
    return found


def _more(stack: ExitStack, folder: Path, places: dict[str, str]) -> tuple[list[Row], str]:
    """Further hosts: rows as the tests have them, and the text of one of another system."""
    disks = stack.enter_context(broken_disks(folder, KEY))
    address = places["redis"].rpartition("/")[2].rpartition(":")
    places |= disks
    places["slow"] = stack.enter_context(slow((address[0], int(address[2])), _SLOW))
    places["cut_off"] = stack.enter_context(cut_off())
    rows = [row(name.replace("_", "-"), {"redis": f"{{{name}}}"}) for name in disks]
    rows += [row("redis-slow", {"redis": "redis://{slow}"}), row("redis-cut-off", {"redis": "redis://{cut_off}"})]
    url, ca = stack.enter_context(old_certificate(folder))
    return rows, f'\n[hosts.old-certificate]\nsystem = "web"\nca = "{ca}"\nurls = {{ edge = "{url}" }}\n'


def _run(
    inventory: Path, hosts: Sequence[str], report: Path, suites: str, variables: Mapping[str, str]
) -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "opscheck", "run", "-q", "-m", suites, f"--ops-inventory={inventory}"),
        *(f"--host={','.join(hosts)}", f"--ops-report={report}", "--ops-history=off", "--ops-allow-mutating"),
        *("--ops-concurrency=16", f"--ops-timeout={_TIMEOUT:g}"),
    ]
    done = subprocess.run(command, cwd=ROOT, env=dict(variables), capture_output=True, text=True, check=False)
    if not report.is_file():
        raise Broken(f"the run left no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    document: dict[str, Any] = json.loads(report.read_text())
    return document


def _tell(faults: Sequence[Injected], results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Print the table; the faults that no check names with a remedy."""
    lines: list[Sequence[object]] = []
    missed = []
    for one in faults:
        named = next(_naming(one, results), None)
        if named is None:
            missed.append(one.fault)
            lines.append((one.fault, "nobody", "", "", ""))
            continue
        lines.append((one.fault, named["check"], named["outcome"], _seconds(named), named["remedy"][:70]))
    show(table(f"{len(faults)} faults", ("fault", "check", "outcome", "seconds", "remedy"), lines), "")
    return missed


def _naming(one: Injected, results: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for result in results:
        red = result["host"] == one.host and result["outcome"] in _RED
        if red and one.because in result["reason"] and result["remedy"]:
            yield result


def _seconds(result: Mapping[str, Any]) -> float:
    """How long the check's slowest probe took; what has no phases, how long the test waited."""
    probes = [_took(exchange) for exchange in result["evidence"]["exchanges"]]
    return max(probes, default=0.0) or float(result["duration_s"])


def _took(exchange: Mapping[str, Any]) -> float:
    phases: Mapping[str, float] = exchange["phases_ms"]
    return (phases["total"] if "total" in phases else sum(phases.values())) / 1000


def _tell_speed(document: Mapping[str, Any]) -> None:
    """One run over all components, beside what its probes took one by one, and the slowest of them."""
    probes = {
        (exchange["where"], exchange["at"]): _took(exchange)
        for result in document["results"]
        for exchange in result["evidence"]["exchanges"]
    }
    times = [document["run"]["finished"], document["run"]["started"]]
    whole = _apart(times[0], times[1])
    total, slowest = sum(probes.values()), max(probes.values())
    lines = [
        ("the run, start of pytest to report", whole, whole / total),
        (f"its {len(probes)} probes, one after the other", total, 1.0),
        ("the slowest probe", slowest, slowest / total),
    ]
    show(table("-m infra over all components", ("", "seconds", "ratio"), lines), "")


def _apart(later: str, earlier: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()

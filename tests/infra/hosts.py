"""The host file of rows, and the run over it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.infra.catalog import SUITES
from tests.infra.row import SECRETS, WRONG, Expect, Row
from tests.infra.world import INDEX, SIZE

ROOT: Final = Path(__file__).resolve().parents[2]
_USUAL: Final[Expect] = {
    "prometheus": {"jobs": ["worker"], "series": ["worker: tasks_total"], "ready": ["agent"]},
    "mongo": {"user": "ops", "auth_source": "admin", "indexes": [f"orders: {', '.join(INDEX)}"]},
    "postgres": {"user": "ops", "head": "b2"},
    "qdrant": {"collection": "docs", "alias": "live", "size": SIZE, "distance": "Cosine", "indexes": ["tenant"]},
    "milvus": {"collection": "docs", "size": SIZE, "metric": "COSINE"},
    "embedding": {"model": "tiny"},
    "llm": {"model": "tiny"},
    "ollama": {"model": "tiny"},
    "loki": {"retention": "31d"},
    "grafana": {"sources": ["Prometheus"], "dashboards": ["Overview"]},
}
_SLO: Final = {"log_line_seconds": 8, "completion_seconds": 60}
_ALERT: Final = {"alert_seconds": 10}


def host_file(rows: Iterable[Row], places: Mapping[str, str]) -> str:
    """The inventory, with every row as a host."""
    return "\n".join(_section(row, places) for row in rows)


def _section(row: Row, places: Mapping[str, str]) -> str:
    shared = row.system == "shared-infra"
    expected = {**(_USUAL if shared else {}), **row.expect}
    secrets = {
        name: {"env": variable("wrong" if name in row.wrong else name)}
        for name in SECRETS
        if shared and name not in row.without
    }
    lines = [
        f"[hosts.{row.name}]",
        f'system = "{row.system}"',
        f"urls = {_inline({name: url.format_map(places) for name, url in row.urls.items()})}",
        f"slo = {_inline(_SLO | (_ALERT if shared else {}))}",
        f"secrets = {_inline(secrets)}",
    ]
    for section, values in expected.items():
        told = {**_USUAL.get(section, {}), **values} if shared else values
        lines += [f"[hosts.{row.name}.expect.{section}]"]
        lines += [f"{key} = {_value(_placed(value, places))}" for key, value in told.items()]
    return "\n".join([*lines, ""])


def _placed(value: object, places: Mapping[str, str]) -> object:
    """The names of files among what is expected, where they really are."""
    if isinstance(value, str):
        return places.get(value[1:-1], value) if value.startswith("{") else value
    return [_placed(one, places) for one in value] if isinstance(value, list) else value


def _inline(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in values.items()) + " }"


def _value(value: object) -> str:
    return _inline(value) if isinstance(value, Mapping) else json.dumps(value)


def variable(name: str) -> str:
    """The environment variable that holds a secret."""
    return f"WORLD_{name.upper()}"


def environment() -> dict[str, str]:
    """The environment of a run: the secrets, as a user would set them."""
    return {**os.environ, **{variable(name): value for name, value in SECRETS.items()}, variable("wrong"): WRONG}


def run(
    inventory: Path, names: Sequence[str], report: Path, *more: str, mutating: bool = True
) -> subprocess.CompletedProcess[str]:
    """`opscheck run` over these hosts; with `mutating` they may be changed."""
    allowed = ["--ops-allow-mutating"] if mutating else []
    command = [
        *(sys.executable, "-m", "opscheck", "run", "-m", SUITES, f"--ops-inventory={inventory}"),
        *(f"--host={','.join(names)}", f"--ops-report={report}", *allowed, *more),
    ]
    return subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=240, check=False
    )


def results(report: Path) -> list[dict[str, Any]]:
    """What a run found, check by check."""
    found: list[dict[str, Any]] = json.loads(report.read_text())["results"]
    return found

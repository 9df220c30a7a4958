"""The host file of rows, and the run over it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.infra.row import Row

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Judged:
    """What one run over all hosts found.

    Attributes:
        results: by host.
        text: the reports and the terminal, one after the other.
    """

    results: Mapping[str, list[dict[str, Any]]]
    text: str

    def of(self, host: str) -> dict[str, set[str]]:
        """The checks of a host by outcome."""
        found: dict[str, set[str]] = defaultdict(set)
        for result in self.results[host]:
            found[result["outcome"]].add(result["check"])
        return dict(found)

    def reasons(self, host: str, outcome: str) -> str:
        """Why, of all its checks with that outcome."""
        return "\n".join(result["reason"] for result in self.results[host] if result["outcome"] == outcome)

    def told(self, host: str, outcome: str) -> list[dict[str, Any]]:
        """Its results with that outcome."""
        return [result for result in self.results[host] if result["outcome"] == outcome]


def host_file(rows: Iterable[Row], places: Mapping[str, str], *, system: str, usual: Mapping[str, Any]) -> str:
    """The inventory, with every row as a host; `{name}` stands for a place wherever a row has a text."""
    return "\n".join(_section(row, places, system, usual) for row in rows)


def _section(row: Row, places: Mapping[str, str], system: str, usual: Mapping[str, Any]) -> str:
    slo = row.expect.get("slo", {})
    lines = [f"[hosts.{row.name}]", f'system = "{system}"', f"urls = {_value(_filled(row.urls, places))}"]
    lines += [f"slo = {_value(slo)}"] if slo else []
    for section in {**usual, **row.expect}:
        if section == "slo":
            continue
        values = {**usual.get(section, {}), **row.expect.get(section, {})}
        lines += [f"[hosts.{row.name}.expect.{section}]"]
        lines += [f"{key} = {_value(_filled(value, places))}" for key, value in values.items()]
    return "\n".join([*lines, ""])


def _filled(value: Any, places: Mapping[str, str]) -> Any:  # noqa: ANN401 - whatever TOML can hold
    if isinstance(value, str):
        return value.format_map(places)
    if isinstance(value, Mapping):
        return {_filled(key, places): _filled(one, places) for key, one in value.items()}
    return [_filled(one, places) for one in value] if isinstance(value, list | tuple) else value


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


def command(suite: str, inventory: Path, names: Sequence[str], report: Path, *more: str) -> list[str]:
    """`opscheck run` of a suite over these hosts."""
    return [
        *(sys.executable, "-m", "opscheck", "run", "-m", suite, f"--ops-inventory={inventory}"),
        *(f"--host={','.join(names)}", f"--ops-report={report}", *more),
    ]


def judge(
    suite: str, inventory: Path, names: Sequence[str], folder: Path, *more: str, env: Mapping[str, str] | None = None
) -> Judged:
    """Run a suite over these hosts and read all that it has written."""
    report = folder / "report.json"
    reports = [f"--ops-report={folder / name}" for name in ("report.html", "report.md")]
    done = subprocess.run(
        command(suite, inventory, names, report, *reports, f"--junitxml={folder / 'junit.xml'}", *more),
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout[-4000:] + done.stderr[-4000:]
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in json.loads(report.read_text())["results"]:
        found[result["host"]].append(result)
    written = [path.read_text() for path in sorted(folder.iterdir()) if path.is_file()]
    return Judged(found, "\n".join([*written, done.stdout, done.stderr]))

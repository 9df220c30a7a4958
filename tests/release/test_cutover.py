"""An old address is given up, from its last monitor to its last header: a real service, a real edge, real logs."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from service.running import EmbeddedService
from service.settings import Settings
from tests.parts.edge import Edge
from tests.release.repository import Repository

Told = dict[str, Any]
Cutover = Callable[..., Told]
PROMETHEUS = '{"scrape_configs": [{"job_name": "app", "metrics_path": "/metrics"}]}'


class Site:
    """A repository that is deployed: a service behind the shipped edge, and its host file."""

    def __init__(self, folder: Path, repository: Repository) -> None:
        self.folder, self.repository = folder, repository
        self._number = 0

    def deployed(self, *, legacy: Literal["on", "off"]) -> Iterator[Edge]:
        """Roll HEAD out, with the old address answering or gone."""
        self._number += 1
        sha = self.repository.git("rev-parse", "HEAD")
        settings = Settings(
            state_dir=self.folder / f"state{self._number}",
            vector_engine="sqlite",
            legacy_status=legacy,
            build_sha=sha,
            build_time=datetime(2026, 3, 1, tzinfo=UTC),
        )
        with EmbeddedService(settings) as service, Edge(self.folder / f"edge{self._number}", service.agent_url) as edge:
            text = f'[hosts.prod]\nsystem = "assistant"\nurls = {{ edge = "{edge.url}" }}\n'
            (self.repository.folder / "opscheck.toml").write_text(text)
            yield edge

    def cutover(self, *arguments: str) -> Told:
        """What the command says, as JSON."""
        command = [sys.executable, "-m", "opscheck", "release", "-q", "--plan", "legacy-cutover", "--host", "prod"]
        done = subprocess.run(
            [*command, "--report", f"{self.folder}/r.json", "--report", f"{self.folder}/r.html", *arguments],
            cwd=self.repository.folder,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
            env=dict(os.environ),
        )
        told: Told = json.loads((self.folder / "r.json").read_text())
        assert done.returncode == (0 if told["decision"] == "GO" else 1), done.stderr
        assert done.stdout.splitlines()[-3].startswith(f"{told['decision']}: ")
        return told


@pytest.fixture
def site(tmp_path: Path, repository: Repository) -> Site:
    """With a Prometheus configuration, and no changelog yet."""
    (repository.folder / "prometheus.yml").write_text(PROMETHEUS)
    repository.commit({})
    return Site(tmp_path, repository)


def states(told: Told) -> dict[str, str]:
    """The state of each item."""
    return {one["id"]: one["state"] for one in told["findings"]}


def steps(told: Told) -> list[str]:
    """The standing of each step."""
    return [one["standing"] for one in told["playbook"]]


def in_the_way(told: Told) -> list[str]:
    """What stands between the site and GO."""
    bad = {"not met", "not measured", "not attested"}
    return [f"{one['id']}: {one['reason']}" for one in told["findings"] if one["counts"] and one["state"] in bad]


def hours_before(first: float, last: float) -> bytes:
    """Lines from so many hours ago to so many, one each half hour."""
    return b"".join(days_before(first - step / 2) for step in range(int((first - last) * 2) + 1))


def days_before(hours: float, *, agent: str = "Mozilla/5.0", path: str = "/") -> bytes:
    """A line as the edge writes it, from so many hours ago."""
    at = datetime.now(UTC) - timedelta(hours=hours)
    return f'127.0.0.1 - - [{at:%d/%b/%Y:%H:%M:%S +0000}] "GET {path} HTTP/1.1" 200 5 "-" "{agent}"\n'.encode()


def gate_of_ci(site: Site) -> Path:
    """What CI hands over: the legacy suite, on the branch that takes the address away, with the gate on."""
    folder = site.folder / "ci"
    folder.mkdir(exist_ok=True)
    settings = Settings(state_dir=folder / "state", vector_engine="sqlite", legacy_status="off")
    with EmbeddedService(settings) as service:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "opscheck",
                "run",
                "-q",
                "-m",
                "legacy",
                f"--host={service.agent_url}",
                "--junitxml=ci.xml",
            ],
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=120,
            env={**os.environ, "FAIL_ON_LEGACY": "true"},
        )
    return folder / "ci.xml"


def test_the_whole_way(site: Site) -> None:
    """Nothing is known; a monitor asks; it is quiet and GO; it is taken away; the headers say api."""
    prometheus = ("--prometheus", "prometheus.yml")
    for edge in site.deployed(legacy="on"):
        log = edge.access_log
        logs = ("--log", f"edge-1={log}*")

        # Nobody has looked: every condition has its own word.
        first = site.cutover()
        assert first["decision"] == "NO-GO"
        assert states(first) == {
            "quiet": "not measured",
            "ci": "not measured",
            "monitors": "not measured",
            "changelog": "not met",
            "removed": "not met",
            "integrity": "not due yet",
            "deployed": "not due yet",
            "headers": "not due yet",
        }
        assert steps(first) == ["next", *["later"] * 5]

        # Logs of a day and more, rotated and compressed, with a monitor and a clean Prometheus.
        with gzip.open(f"{log}.2.gz", "wb") as old:
            old.write(days_before(30, path="/status/summary", agent="curl/8") + hours_before(29.5, 20))
        monitor = days_before(2, agent="Uptime-Kuma/1.23", path="/status/")
        ends = hours_before(19.5, 2.5), hours_before(1.5, 0.5)
        Path(f"{log}.1").write_bytes(ends[0] + monitor + ends[1])
        second = site.cutover(*logs, *prometheus)
        found = {one["id"]: one for one in second["findings"]}
        assert found["quiet"]["state"] == "not met"
        assert "by Uptime-Kuma/1.23" in found["quiet"]["reason"]
        assert found["monitors"]["reason"] == "a monitor reads /status/: monitor Uptime Kuma: 1 request"

        # The monitor has moved; CI is green; the changelog says it. A request of 30 hours ago is too old to count.
        Path(f"{log}.1").write_bytes(b"".join(ends))
        site.repository.commit({"CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n- `/status/` goes\n"})
        third = site.cutover(*logs, *prometheus, "--junit", str(gate_of_ci(site)))
        assert in_the_way(third) == []
        assert third["decision"] == "GO"
        assert states(third)["removed"] == "not met"
        assert steps(third) == ["done", "done", "next", "later", "later", "later"]
        assert "0 hits of /status/ in 24 h" in third["findings"][0]["reason"]

        kept = log.read_bytes()

    # Taken away and deployed: every step is done, and the headers say api only.
    for edge in site.deployed(legacy="off"):
        logs = ("--log", f"edge-1={edge.access_log}*")
        Path(f"{edge.access_log}.1").write_bytes(hours_before(30, 0.5) + kept)
        last = site.cutover(*logs, *prometheus, "--junit", str(gate_of_ci(site)), "--range", "v1..HEAD")
        found = {one["id"]: one for one in last["findings"]}
        assert in_the_way(last) == []
        assert last["decision"] == "GO"
        assert found["removed"]["state"] == "met"
        assert found["headers"]["state"] == "met"
        assert found["headers"]["reason"] == "legacy-answered-by: all of 5 answers came by api on prod"
        assert found["deployed"]["state"] == "met"
        assert found["integrity"]["reason"] == "v1..HEAD changes nothing of *.html, *.js, *.css"
        assert steps(last) == ["done"] * 6


def test_a_log_that_ended_is_no_quiet_log(site: Site) -> None:
    """A second edge that writes no more: its hours are a gap, and the first one cannot speak for it."""
    for edge in site.deployed(legacy="on"):
        log, other = edge.access_log, site.folder / "other.log"
        Path(f"{log}.1").write_bytes(hours_before(30, 0.5))
        other.write_bytes(hours_before(30, 12))

        told = site.cutover("--log", f"edge-1={log}*", "--log", f"edge-2={other}")

        quiet = told["findings"][0]
        assert quiet["state"] == "not measured"
        assert any(line.startswith("prod: the logs of edge-2 speak for 1") for line in quiet["evidence"]), quiet
        assert any("the log ends at" in line for line in quiet["evidence"])
        httpx.get(f"{edge.url}/status/summary", headers={"user-agent": "Mozilla/5.0"}, trust_env=False)
        assert states(site.cutover("--log", f"edge-1={log}*"))["quiet"] == "not met"

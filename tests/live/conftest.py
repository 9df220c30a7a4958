"""A live host: the service as a process of its own behind nginx, with a real model where it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.parts.ca import CertificateAuthority
from tests.parts.fixtures import NginxFactory
from tests.parts.nginx import Nginx
from tests.parts.ollama import Ollama
from tests.parts.process import RunningProcess, answers, free_port

ROOT = Path(__file__).parents[2]


@dataclass
class Service:
    """The reference service as a program, with its fetcher."""

    folder: Path
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    fetcher_port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The agent."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def fetcher_url(self) -> str:
        """The page fetcher."""
        return f"http://127.0.0.1:{self.fetcher_port}"

    def process(self) -> RunningProcess:
        """Start it with `with`."""
        command = [sys.executable, "-m", "service", "--port", str(self.port), "--webfetch-port", str(self.fetcher_port)]
        return RunningProcess(
            [*command, "--state-dir", str(self.folder), *self.arguments],
            log=self.folder / "service.log",
            ready=lambda: answers(f"{self.url}/healthz"),
            env=self.environment,
            cwd=ROOT,
            deadline=30,
        )


@dataclass(frozen=True)
class Run:
    """What a run of the suites came to."""

    code: int
    output: str
    report: dict[str, Any]

    @property
    def red(self) -> dict[str, str]:
        """Check id to reason of everything that is not PASS."""
        return {
            f"{one['id'].rpartition('::')[2]} {one['outcome']}": f"{one['reason']} {one['observed']}"
            for one in self.report["results"]
            if one["outcome"] != "PASS"
        }


@dataclass(frozen=True)
class Suites:
    """Runs the shipped suites against a host file."""

    folder: Path

    def run(self, hosts: str, *arguments: str, select: str = "smoke or readiness") -> Run:
        """As a user would, in a process of its own."""
        (self.folder / "opscheck.toml").write_text(hosts)
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "opscheck", "run", "-q", "-m", select, f"--ops-report={report}", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=180, check=False)
        assert report.is_file(), done.stdout + done.stderr
        return Run(done.returncode, done.stdout + done.stderr, json.loads(report.read_text()))


@pytest.fixture
def suites(tmp_path: Path) -> Suites:
    """A folder with a host file of its own."""
    folder = tmp_path / "ops"
    folder.mkdir()
    return Suites(folder)


@pytest.fixture(scope="session")
def ollama_service(tmp_path_factory: pytest.TempPathFactory, ollama_tiny: Ollama) -> Iterator[Service]:
    """The service with a real Ollama behind it."""
    environment = {"AGENT_PROVIDER": "ollama", "AGENT_LLM_BASE_URL": ollama_tiny.url, "AGENT_LLM_MODEL": "tiny"}
    service = Service(tmp_path_factory.mktemp("ollama-service"), environment=environment)
    with service.process():
        yield service


@pytest.fixture(scope="session")
def edge(ollama_service: Service, nginx_factory: NginxFactory, test_ca: CertificateAuthority) -> Nginx:
    """Nginx over TLS in front of it."""
    return nginx_factory(ollama_service.url, certificate=test_ca.good)

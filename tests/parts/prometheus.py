"""A real Prometheus that scrapes what it is given, and itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.parts.find import require_tool
from tests.parts.process import LOOPBACK, RunningProcess, free_port
from tests.parts.server import Server

ITSELF = "prometheus"


@dataclass(frozen=True)
class ScrapeJob:
    """What is scraped as one job: each target is `host:port`."""

    name: str
    targets: Sequence[str]
    path: str = "/metrics"
    labels: Mapping[str, str] = field(default_factory=dict)


class Prometheus(Server):
    """A server that scrapes `jobs` and itself, as the job `prometheus`, every `interval`, and evaluates `rules`.

    It takes five seconds after it is ready before it looks at what it has to scrape for the first time.
    `rules` are files as Prometheus reads them; what fires is sent to `alertmanager`, a base URL.
    """

    def __init__(
        self,
        folder: Path,
        *,
        jobs: Sequence[ScrapeJob] = (),
        rules: Sequence[Path] = (),
        alertmanager: str = "",
        interval: str = "1s",
    ) -> None:
        super().__init__(folder)
        address = f"{LOOPBACK}:{free_port()}"
        self.url = f"http://{address}"
        self.jobs = list(jobs)
        self.rules = list(rules)
        self._alertmanager = alertmanager.removeprefix("http://").rstrip("/")
        self._interval = interval
        self._itself = ScrapeJob(ITSELF, [address])
        self._config = self.folder / "prometheus.yml"
        self.process = RunningProcess(
            [
                *(require_tool("prometheus"), f"--config.file={self._config}", f"--web.listen-address={address}"),
                *(f"--storage.tsdb.path={self.folder / 'tsdb'}", "--web.enable-lifecycle", "--log.level=warn"),
                # An alert sent before it has found its Alertmanager is lost, and would not be sent again for a minute.
                "--rules.alert.resend-delay=1s",
            ],
            log=self.folder / "prometheus.log",
            ready=f"{self.url}/-/ready",
            cwd=self.folder,
        )

    def prepare(self) -> None:
        """Write the configuration, as JSON, which is YAML."""
        config: dict[str, Any] = {
            "global": {
                "scrape_interval": self._interval,
                "scrape_timeout": self._interval,
                "evaluation_interval": self._interval,
            },
            "scrape_configs": [_scraped(job) for job in (self._itself, *self.jobs)],
            "rule_files": [str(path.absolute()) for path in self.rules],
        }
        if self._alertmanager:
            targets = [{"targets": [self._alertmanager]}]
            config["alerting"] = {"alertmanagers": [{"static_configs": targets, "api_version": "v2"}]}
        self._config.write_text(json.dumps(config, indent=1))

    def reload(self) -> None:
        """Take up `jobs` and `rules` as they are now; an error if Prometheus refuses them."""
        self.prepare()
        httpx.post(f"{self.url}/-/reload", trust_env=False).raise_for_status()

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Give labels and value of each series that `expression` has now; nothing scraped gives an empty list."""
        response = httpx.get(f"{self.url}/api/v1/query", params={"query": expression}, trust_env=False)
        response.raise_for_status()
        return [(series["metric"], float(series["value"][1])) for series in response.json()["data"]["result"]]


def _scraped(job: ScrapeJob) -> dict[str, Any]:
    return {
        "job_name": job.name,
        "metrics_path": job.path,
        "static_configs": [{"targets": list(job.targets), "labels": dict(job.labels)}],
    }

"""A real Alertmanager that passes on alerts at once."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.parts.find import require_tool
from tests.parts.process import LOOPBACK, RunningProcess, free_port
from tests.parts.server import Server


class Alertmanager(Server):
    """A server without a cluster, with the configuration `config`, or one that sends every alert to `webhook`.

    With neither, its only receiver tells nobody. The storage is fresh in each instance: one that is used again
    remembers what it has sent, and says nothing.
    """

    def __init__(self, folder: Path, *, webhook: str = "", config: Mapping[str, Any] | None = None) -> None:
        super().__init__(folder)
        address = f"{LOOPBACK}:{free_port()}"
        self.url = f"http://{address}"
        self.config = dict(config) if config is not None else receiver(webhook)
        self.folder.mkdir(parents=True, exist_ok=True)
        storage = tempfile.mkdtemp(prefix="storage-", dir=self.folder)
        self._config = self.folder / "alertmanager.yml"
        self.process = RunningProcess(
            [
                *(require_tool("alertmanager"), f"--config.file={self._config}", f"--storage.path={storage}"),
                *(f"--web.listen-address={address}", "--cluster.listen-address=", "--log.level=warn"),
            ],
            log=self.folder / "alertmanager.log",
            ready=f"{self.url}/-/ready",
            cwd=self.folder,
        )

    def prepare(self) -> None:
        """Write the configuration, as JSON, which is YAML."""
        self._config.write_text(json.dumps(self.config, indent=1))

    def reload(self) -> None:
        """Take up `config` as it is now; an error if Alertmanager refuses it."""
        self.prepare()
        httpx.post(f"{self.url}/-/reload", trust_env=False).raise_for_status()

    def fire(self, name: str, **labels: str) -> None:
        """Tell it of an alert, as Prometheus would."""
        alert = {"labels": {"alertname": name, **labels}}
        httpx.post(f"{self.url}/api/v2/alerts", json=[alert], trust_env=False).raise_for_status()

    def alerts(self) -> list[dict[str, Any]]:
        """List the alerts it knows, silenced and inhibited ones too."""
        response = httpx.get(f"{self.url}/api/v2/alerts", trust_env=False)
        response.raise_for_status()
        found: list[dict[str, Any]] = response.json()
        return found


def receiver(webhook: str = "") -> dict[str, Any]:
    """Return a configuration whose one receiver posts to `webhook` at once, or tells nobody."""
    hooks = {"webhook_configs": [{"url": webhook, "send_resolved": True}]} if webhook else {}
    route = {"receiver": "ops", "group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h"}
    return {"route": route, "receivers": [{"name": "ops", **hooks}]}

"""A real Loki in one process that takes lines and finds them again."""

import json
import time
from pathlib import Path
from typing import Any

import httpx

from tests.parts.find import require_tool
from tests.parts.process import LOOPBACK, RunningProcess, answers, free_port
from tests.parts.server import Server


class Loki(Server):
    """A server that keeps lines for `retention`, such as `744h`; without one it keeps them for ever."""

    def __init__(self, folder: Path, *, retention: str = "744h") -> None:
        super().__init__(folder)
        self._port = free_port()
        self._inner_port = free_port()
        self.url = f"http://{LOOPBACK}:{self._port}"
        self.retention = retention
        self._config = self.folder / "loki.yml"
        self.process = RunningProcess(
            [require_tool("loki"), "-target=all", f"-config.file={self._config}"],
            log=self.folder / "loki.log",
            ready=self._finds,
            cwd=self.folder,
            deadline=90,
            grace=15,
        )

    def prepare(self) -> None:
        """Write the configuration, as JSON, which is YAML."""
        self._config.write_text(json.dumps(self._settings(), indent=1))

    def push(self, line: str, **labels: str) -> None:
        """Give it a line, of now."""
        stream = {"stream": labels, "values": [[str(time.time_ns()), line]]}
        response = httpx.post(f"{self.url}/loki/api/v1/push", json={"streams": [stream]}, trust_env=False, timeout=30)
        response.raise_for_status()

    def find(self, query: str) -> list[str]:
        """List the lines of the last hour that a LogQL query finds, oldest first."""
        asked: dict[str, str] = {"query": query, "direction": "forward", "since": "1h"}
        response = httpx.get(f"{self.url}/loki/api/v1/query_range", params=asked, trust_env=False, timeout=30)
        response.raise_for_status()
        found = (value for stream in response.json()["data"]["result"] for value in stream["values"])
        return [line for _, line in sorted(found)]

    def _finds(self) -> bool:
        """Ready is what it says some seconds before its parts have found each other and a query is answered."""
        try:
            return answers(f"{self.url}/ready") and self.find('{app="nobody"}') == []
        except httpx.HTTPError:
            return False

    def _settings(self) -> dict[str, Any]:
        data = self.folder / "data"
        chunks = {"chunks_directory": str(data / "chunks"), "rules_directory": str(data / "rules")}
        index = {"prefix": "index_", "period": "24h"}
        schema = {"from": "2024-01-01", "store": "tsdb", "object_store": "filesystem", "schema": "v13", "index": index}
        compactor: dict[str, Any] = {"working_directory": str(data / "compactor")}
        if self.retention:
            compactor |= {"retention_enabled": True, "delete_request_store": "filesystem"}
        return {
            "auth_enabled": False,
            "server": {
                "http_listen_address": LOOPBACK,
                "http_listen_port": self._port,
                "grpc_listen_address": LOOPBACK,
                "grpc_listen_port": self._inner_port,
                "log_level": "warn",
            },
            "common": {
                "instance_addr": LOOPBACK,
                "path_prefix": str(data),
                "replication_factor": 1,
                "ring": {"kvstore": {"store": "inmemory"}},
                "storage": {"filesystem": chunks},
            },
            "schema_config": {"configs": [schema]},
            "ingester": {"lifecycler": {"min_ready_duration": "0s"}},
            "limits_config": {"retention_period": self.retention} if self.retention else {},
            "compactor": compactor,
            # How often its own parts look for each other; at first they find nobody, and wait that long.
            "frontend": {"scheduler_dns_lookup_period": "500ms"},
            "frontend_worker": {"dns_lookup_duration": "500ms"},
            "analytics": {"reporting_enabled": False},
        }

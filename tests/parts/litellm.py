"""A real LiteLLM proxy in front of model servers that speak OpenAI's API."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.parts.find import require_tool
from tests.parts.process import LOOPBACK, RunningProcess, free_port
from tests.parts.server import Server

ENTRY = "from litellm import run_server; run_server()"


@dataclass(frozen=True)
class ModelRoute:
    """A model that the proxy offers as `name`: `upstream` at `base_url`, which ends in `/v1`.

    `settings` are LiteLLM's own, beside these.
    """

    name: str
    base_url: str
    upstream: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def entry(self) -> dict[str, Any]:
        """Return the entry of LiteLLM's model list."""
        reached = {"model": f"openai/{self.upstream or self.name}", "api_base": self.base_url, "api_key": "none"}
        return {"model_name": self.name, "litellm_params": {**reached, **self.settings}}


class LiteLLM(Server):
    """A proxy that offers `routes` to whoever has the `master_key`, without a database; without a key to anybody."""

    def __init__(self, folder: Path, routes: Sequence[ModelRoute], *, master_key: str = "sk-made-up") -> None:
        super().__init__(folder)
        port = free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        self.routes = list(routes)
        self.master_key = master_key
        self._config = self.folder / "litellm.yml"
        python = require_tool("litellm")
        self.process = RunningProcess(
            [
                *(python, "-c", ENTRY, "--config", self._config, "--host", LOOPBACK, "--port", str(port)),
                *("--num_workers", "1", "--telemetry", "False"),
            ],
            log=self.folder / "litellm.log",
            ready=f"{self.url}/health/liveliness",
            env={
                "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", "")]),
                "HOME": str(self.folder),
                "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # the one of this version, instead of a download
                "LITELLM_TELEMETRY": "False",
                "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": str(not master_key).lower(),
            },
            cwd=self.folder,
            deadline=90,
        )

    def prepare(self) -> None:
        """Write the configuration, as JSON, which is YAML."""
        config: dict[str, Any] = {
            "model_list": [route.entry() for route in self.routes],
            "litellm_settings": {"telemetry": False, "num_retries": 0, "callbacks": ["prometheus"]},
        }
        if self.master_key:
            config["general_settings"] = {"master_key": self.master_key}
        self._config.touch(mode=0o600)
        self._config.write_text(json.dumps(config, indent=1))

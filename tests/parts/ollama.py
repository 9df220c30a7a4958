"""A real Ollama with its own home and models, and a tiny random model made on the spot."""

import os
import subprocess
from pathlib import Path

from tests.parts.find import find_tool, require_tool
from tests.parts.process import RunningProcess, free_port
from tests.parts.server import Server

# Greedy: random weights, but the same answer every time.
MODELFILE = "FROM {model}\nPARAMETER num_ctx 256\nPARAMETER num_predict 16\nPARAMETER temperature 0\nPARAMETER seed 1\n"


class Ollama(Server):
    """An `ollama serve`, with no model at first."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._program = require_tool("ollama")
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "OLLAMA_HOST": f"127.0.0.1:{port}",
            "OLLAMA_MODELS": str(self.folder / "models"),
            "OLLAMA_NO_CLOUD": "1",
            "OLLAMA_KEEP_ALIVE": "10m",
        }
        self.process = RunningProcess(
            [self._program, "serve"],
            log=self.folder / "ollama.log",
            ready=f"{self.url}/api/version",
            env=self._environment,
            cwd=self.folder,
            deadline=30,
        )

    def create_tiny(self, name: str = "tiny") -> str:
        """Make the tiny random model known as `name`, and return the name. What it says is noise."""
        modelfile = self.folder / f"Modelfile.{name.replace('/', '-')}"
        modelfile.write_text(MODELFILE.format(model=self._tiny_model()))
        subprocess.run(
            [self._program, "create", name, "-f", modelfile],
            env=self._environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=60,
        )
        return name

    def _tiny_model(self) -> Path:
        cached = find_tool("tiny.gguf")
        if cached is not None:
            return cached
        from tests.parts.gguf_tiny import write_tiny_model  # noqa: PLC0415 - numpy is slow to import

        made = self.folder / "tiny.gguf"
        write_tiny_model(made)
        return made

"""A real Ollama with its own home and models, and a tiny random model made on the spot."""

import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.parts.find import find_tool, require_tool
from tests.parts.process import RunningProcess, free_port

# Greedy: random weights, but the same answer every time.
MODELFILE = "FROM {model}\nPARAMETER num_ctx 256\nPARAMETER num_predict 16\nPARAMETER temperature 0\nPARAMETER seed 1\n"


class Ollama:
    """An `ollama serve` on a free port of 127.0.0.1 that keeps everything in `folder`.

    The constructor skips the test where Ollama is absent. Use it as a context manager, or `start` and `stop`.
    """

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._program = require_tool("ollama")
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            "OLLAMA_HOST": f"127.0.0.1:{port}",
            "OLLAMA_MODELS": str(folder / "models"),
            "OLLAMA_NO_CLOUD": "1",
            "OLLAMA_KEEP_ALIVE": "10m",
        }
        self.process = RunningProcess(
            [self._program, "serve"],
            log=folder / "ollama.log",
            ready=f"{self.url}/api/version",
            env=self._environment,
            cwd=folder,
            deadline=30,
        )

    def create_tiny(self, name: str = "tiny") -> str:
        """Make the tiny random model known as `name`, and return the name. What it says is noise."""
        modelfile = self._folder / f"Modelfile.{name.replace('/', '-')}"
        modelfile.write_text(MODELFILE.format(model=self._tiny_model()))
        subprocess.run(
            [self._program, "create", name, "-f", modelfile],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=60,
        )
        return name

    def start(self) -> Self:
        """Start the server; return once it tells its version."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.process.start()
        return self

    def stop(self) -> None:
        """Stop the server with the model runners it started; the log stays."""
        self.process.stop()

    def _tiny_model(self) -> Path:
        cached = find_tool("tiny.gguf")
        if cached is not None:
            return cached
        from tests.parts.gguf_tiny import write_tiny_model  # noqa: PLC0415 - numpy is slow to import

        made = self._folder / "tiny.gguf"
        write_tiny_model(made)
        return made

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

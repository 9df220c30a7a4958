"""A real nginx with a configuration of the caller's: everything it writes lies in one folder."""

import os
from abc import abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.parts.find import require_tool
from tests.parts.process import RunningProcess


class NginxProcess:
    """Starts nginx with `config()`, all of whose files lie in `folder`; ready once `listens()`.

    The constructor skips the test where nginx is absent. Use it as a context manager, or `start` and `stop`.
    """

    def __init__(self, folder: Path) -> None:
        self.access_log = folder / "access.log"
        self.error_log = folder / "error.log"
        self._folder = folder
        self._process = RunningProcess(
            [require_tool("nginx"), "-p", folder, "-c", folder / "nginx.conf", "-e", self.error_log],
            log=folder / "output.log",
            ready=self.listens,
        )

    @abstractmethod
    def config(self) -> str:
        """The text of nginx.conf."""

    @abstractmethod
    def listens(self) -> bool:
        """Whether every listener of the configuration accepts connections."""

    @property
    def process(self) -> RunningProcess:
        """The master process, to be signalled by tests of outages."""
        return self._process

    def start(self) -> Self:
        """Write the configuration and start; return once it accepts connections."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "nginx.conf").write_text(self.config())
        self._process.start()
        return self

    def stop(self) -> None:
        """Stop it with its workers; the logs stay."""
        self._process.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def around(http: str, folder: Path) -> str:
    """A complete configuration around what stands in http{}, whose every own path lies in `folder`."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"  {kind}_temp_path {folder}/{kind}_temp;" for kind in kinds)
    return f"""\
{"user root;" if os.geteuid() == 0 else ""}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{
{temporary}
{http}
}}
"""

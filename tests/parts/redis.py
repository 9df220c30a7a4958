"""A real Redis that saves nothing and asks for a password if it is given one."""

import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.parts.find import require_tool
from tests.parts.process import LOOPBACK, RunningProcess, free_port
from tests.parts.server import Server

GREETINGS = (b"+PONG", b"-NOAUTH")


class Redis(Server):
    """A `redis-server`; `url` names no password.

    `maxmemory` is in Redis's own words, such as `2mb`; what does not fit is refused, unless `settings` (lines of its
    configuration, by their first word) choose another `maxmemory-policy`.
    """

    def __init__(
        self, folder: Path, *, password: str = "", maxmemory: str = "", settings: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.url = f"redis://{LOOPBACK}:{self.port}"
        self.password = password
        self._settings = {
            "bind": LOOPBACK,
            "port": str(self.port),
            "dir": f'"{self.folder}"',
            "save": '""',
            "appendonly": "no",
            **({"requirepass": f'"{password}"'} if password else {}),
            **({"maxmemory": maxmemory, "maxmemory-policy": "noeviction"} if maxmemory else {}),
            **(settings or {}),
        }
        self._client = require_tool("redis-cli")
        self.process = RunningProcess(
            [require_tool("redis"), self.folder / "redis.conf"], log=self.folder / "redis.log", ready=self._greets
        )

    def prepare(self) -> None:
        """Write the configuration, which is where a password is not seen by others."""
        config = self.folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text("".join(f"{name} {value}\n" for name, value in self._settings.items()))

    def ask(self, *words: str, password: str | None = None) -> str:
        """Give what the server answers to a command, errors too; without `password`, the right one is used."""
        key = self.password if password is None else password
        done = subprocess.run(
            [self._client, "-h", LOOPBACK, "-p", str(self.port), "--no-raw", *words],
            env={"REDISCLI_AUTH": key} if key else {},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        return (done.stdout + done.stderr).strip()

    def _greets(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(100).startswith(GREETINGS)
        except OSError:
            return False

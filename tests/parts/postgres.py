"""A real Postgres with a cluster of its own, made on the spot."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.parts.find import require_tool
from tests.parts.process import LOOPBACK, RunningProcess, free_port
from tests.parts.server import MADE_UP, Server

ACCOUNT = "postgres"  # what Debian's package makes; the server refuses to run as root


class Postgres(Server):
    """A server with the superuser `user`, who owns `database`; `url` names neither user nor password.

    `settings` are given to the server as `-c name=value`. Nothing is synced to disk: it is gone at the end anyway.
    """

    def __init__(
        self,
        folder: Path,
        *,
        user: str = "ops",
        password: str = MADE_UP,
        database: str = "ops",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.url = f"postgresql://{LOOPBACK}:{self.port}/{database}"
        self.user = user
        self.password = password
        self.database = database
        self._programs = require_tool("postgres").parent
        self._psql = require_tool("psql")
        # As root the server runs under another account, which cannot look into what is root's: a folder elsewhere.
        elsewhere = Path(tempfile.gettempdir(), f"opscheck-postgres-{secrets.token_hex(8)}")
        self._place = elsewhere if os.geteuid() == 0 else self.folder
        self._data = self._place / "data"
        words = {"listen_addresses": LOOPBACK, "port": str(self.port), "unix_socket_directories": "", "fsync": "off"}
        chosen = [word for name, value in {**words, **(settings or {})}.items() for word in ("-c", f"{name}={value}")]
        self.process = RunningProcess(
            [*self._as_account(), self._programs / "postgres", "-D", self._data, *chosen],
            log=self.folder / "postgres.log",
            ready=self._accepts,
            cwd=self._place,
            deadline=30,
            grace=15,
        )

    def prepare(self) -> None:
        """Make the cluster, unless a start before this one did."""
        if self._data.exists():
            return
        self._place.mkdir(mode=0o700, exist_ok=True)
        password = self._place / "password"
        password.touch(mode=0o600)
        password.write_text(self.password)
        if self._place != self.folder:
            shutil.chown(self._place, ACCOUNT)
            shutil.chown(password, ACCOUNT)
        login = ("--auth=scram-sha-256", f"--username={self.user}", f"--pwfile={password}")
        with (self.folder / "initdb.log").open("ab") as log:
            subprocess.run(
                [
                    *(*self._as_account(), self._programs / "initdb", "-D", self._data, *login),
                    *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
                ],
                cwd=self._place,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
                timeout=60,
            )
        password.unlink()

    def ask(
        self, query: str, *, user: str | None = None, password: str | None = None, database: str | None = None
    ) -> str:
        """Give the rows of `query`, columns apart by `|`, or the error; where nothing is said, with the right login."""
        key = self.password if password is None else password
        done = self._query(query, user or self.user, key, database or self.database)
        return (done.stdout + done.stderr).strip()

    def stop(self) -> None:
        """Stop without waiting for clients to leave, which is what SIGTERM would do."""
        self.process.signal(signal.SIGINT)
        super().stop()

    def close(self) -> None:
        """Stop, and remove the data where it lies outside the folder."""
        super().close()
        if self._place != self.folder:
            shutil.rmtree(self._place, ignore_errors=True)

    def _accepts(self) -> bool:
        """Ready once the server takes queries in the database, which the first start makes."""
        if self._query("select 1", self.user, self.password, self.database).returncode == 0:
            return True
        made = self._query(f'create database "{self.database}"', self.user, self.password, "postgres")
        return made.returncode == 0

    def _query(self, query: str, user: str, password: str, database: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *(
                    self._psql,
                    "-X",
                    "-A",
                    "-t",
                    "-q",
                    "-w",
                    "-v",
                    "ON_ERROR_STOP=1",
                    "-h",
                    LOOPBACK,
                    "-p",
                    str(self.port),
                ),
                *("-U", user, "-d", database, "-c", query),
            ],
            env={"PATH": os.environ.get("PATH", ""), "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    @staticmethod
    def _as_account() -> Sequence[str | Path]:
        if os.geteuid() != 0:
            return ()
        account = pwd.getpwnam(ACCOUNT)
        return (require_tool("setpriv"), f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")

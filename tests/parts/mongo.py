"""A real server of MongoDB's protocol: FerretDB over SQLite, with its logins.

No MongoDB: a single server without a replica set whose answers differ in corners. A test that leans on one says so.
"""

import os
from pathlib import Path

from tests.parts.find import require_tool
from tests.parts.process import LOOPBACK, RunningProcess, accepts, free_port
from tests.parts.server import MADE_UP, Server


class Mongo(Server):
    """A server that knows one login, `user` with `password` in the database `admin`; without a user it asks for none.

    `url` names neither.
    """

    def __init__(self, folder: Path, *, user: str = "ops", password: str = MADE_UP) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.url = f"mongodb://{LOOPBACK}:{self.port}/"
        self.user = user
        self.password = password
        self._state = self.folder / "state"
        login = {"FERRETDB_SETUP_USERNAME": user, "FERRETDB_SETUP_PASSWORD": password} if user else {}
        flags = ("--test-enable-new-auth", "--setup-database=admin") if user else ()
        self.process = RunningProcess(
            [
                *(require_tool("ferretdb"), "--handler=sqlite", f"--sqlite-url=file:{self._state}/"),
                *(f"--listen-addr={LOOPBACK}:{self.port}", "--debug-addr=-", f"--state-dir={self._state}"),
                *("--telemetry=disable", "--log-level=error", *flags),
            ],
            log=self.folder / "ferretdb.log",
            ready=lambda: accepts(self.port),
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), **login},
            cwd=self.folder,
        )

    def prepare(self) -> None:
        """Make the folder of its databases."""
        self._state.mkdir(exist_ok=True)

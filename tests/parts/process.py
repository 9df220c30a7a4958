"""A real program as a child process: started in its own session, waited for, stopped with all it started."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
PORTS = range(20_000, 32_000)  # below the range the kernel hands to outgoing connections
SHARES = 4  # of them: workers that run side by side take theirs from different ones
RECENT = 200  # ports that are not given again: whoever has one may not listen yet
POLL_SECONDS = 0.02
KILL_SECONDS = 5.0
SERVER_ERRORS = 500


class ProcessFailedError(Exception):
    """A program ended, or was not ready in time; the message carries the end of its log."""


_given: deque[int] = deque(maxlen=RECENT)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on and no outgoing connection will take.

    A program that finds its port taken ends, and what answers in its place would be taken for it: so no port is given
    twice in a while, by this worker or by another.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    mine = PORTS[int(worker) % SHARES if worker.isdigit() else 0 :: SHARES]
    for _ in range(1000):
        port = secrets.choice(mine)
        if port in _given:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            _given.append(port)
            return port
    raise ProcessFailedError("no free port on 127.0.0.1")


def accepts(port: int) -> bool:
    """Tell whether something on 127.0.0.1 accepts connections to `port`."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def answers(url: str) -> bool:
    """Tell whether a GET of the plain-HTTP `url` gets any answer below 500."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or LOOPBACK, parts.port, timeout=2)
    try:
        connection.request("GET", parts.path or "/")
        with connection.getresponse() as response:
            return response.status < SERVER_ERRORS
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tail(log: Path, lines: int = 20) -> str:
    """Return the last `lines` lines of a log, or a note that there is none."""
    if not log.is_file():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def group_members(group: int) -> list[int]:
    """List the processes of a group that have not ended; those that only wait to be reaped have."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            members.append(int(stat.parent.name))
    return members


class RunningProcess:
    """A child process that is ready once started and gone, with everything it started, once stopped.

    `ready` is a plain-HTTP URL that must answer below 500, or a callable that must return True, within
    `deadline` seconds. Output is appended to `log`, which stays. Use it as a context manager, or call `start`
    and `stop`; both may be called twice.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        ready: str | Callable[[], bool],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        deadline: float = 15.0,
        grace: float = 5.0,
    ) -> None:
        self.command = [str(word) for word in command]
        self.log = log
        self._ready = ready
        self._env = dict(env) if env is not None else None
        self._cwd = cwd
        self._deadline = deadline
        self._grace = grace
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = False

    @property
    def pid(self) -> int:
        """The child's process id, which is also its process group's; an error before the start."""
        if self._child is None:
            raise ProcessFailedError(f"{self.command[0]} was not started")
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether the child was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> Self:
        """Start the program and return once it is ready; otherwise stop it and raise ProcessFailedError."""
        if self.running:
            return self
        self._stopped = False
        with self.log.open("ab") as sink:
            self._child = subprocess.Popen(
                self.command,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the child alone: SIGSTOP and SIGCONT make it hang and go on, SIGHUP reload."""
        if self._child is not None:
            self._child.send_signal(number)

    def stop(self) -> int | None:
        """End the program: SIGTERM, `grace` seconds, then SIGKILL to its group. Return its exit code."""
        if self._child is None:
            return None
        if self._stopped:
            return self._child.returncode
        if self.running:
            self._child.terminate()
            self._child.send_signal(signal.SIGCONT)
            try:
                self._child.wait(timeout=self._grace)
            except subprocess.TimeoutExpired:
                self._child.kill()
        code = self._child.wait()
        self._kill_group(self._child.pid)
        self._stopped = True
        return code

    def _wait_until_ready(self) -> None:
        ends = time.monotonic() + self._deadline
        while time.monotonic() < ends:
            if not self.running:
                raise self._failure(f"ended with {self._child.returncode if self._child else None}")
            if self._is_ready() and self.running:
                return
            time.sleep(POLL_SECONDS)
        raise self._failure(f"was not ready within {self._deadline:g} s")

    def _is_ready(self) -> bool:
        return answers(self._ready) if isinstance(self._ready, str) else self._ready()

    def _failure(self, what: str) -> ProcessFailedError:
        ending = tail(self.log)
        return ProcessFailedError(f"{self.command[0]} {what}; its log {self.log} ends with:\n{ending}")

    @staticmethod
    def _kill_group(group: int) -> None:
        """Kill what the program left in its group, and see it end; there is usually nothing."""
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return
        ends = time.monotonic() + KILL_SECONDS
        while group_members(group) and time.monotonic() < ends:
            time.sleep(POLL_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

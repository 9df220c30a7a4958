"""A docker engine of the tests' own, for machines where none runs: shared by test processes, gone with the last."""

import fcntl
import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.parts.find import require_tool
from tests.parts.part import which
from tests.parts.process import ProcessFailedError, tail

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
START_SECONDS = 60.0
STOP_SECONDS = 40.0
POLL_SECONDS = 0.1
IN_BACKGROUND = 'log=$1; shift; setsid "$@" >>"$log" 2>&1 </dev/null & echo $!'


class OwnEngine:
    """A `dockerd` with its socket, its images and all else in `folder`, which stays; it needs root.

    The first process that joins starts it, the last that leaves stops it. A process that was killed counts as gone.
    Ports that name no address are published on 127.0.0.1 alone. It forwards for its containers like any engine;
    the machine's own policy of forwarding, which it changes, is put back at the end.
    """

    def __init__(self, folder: Path) -> None:
        self.host = f"unix://{folder / 'docker.sock'}"
        self._folder = folder
        self._users = folder / "users"
        self._member = self._users / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._log = folder / "dockerd.log"
        self._pid = folder / "docker.pid"
        self._before = folder / "forwarding.json"

    def join(self) -> None:
        """Return once it answers, started if need be."""
        with self._locked():
            if not self._answers():
                for member in self._users.iterdir():  # of an engine that ended with the machine, or was killed
                    member.unlink()
                self._start()
            self._member.touch()

    def leave(self) -> None:
        """Stop it with all its containers if nobody else uses it."""
        with self._locked():
            self._member.unlink(missing_ok=True)
            for user in self._users.iterdir():
                if not _alive(int(user.name.partition("-")[0])):
                    user.unlink()
            if not any(self._users.iterdir()):
                self._stop()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._users.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        self._before.write_text(json.dumps(_forwarding()))
        config = self._folder / "daemon.json"
        config.write_text(json.dumps(self._settings(), indent=1))
        self._log.write_bytes(b"")
        dockerd = require_tool("dockerd")
        started = subprocess.run(
            ["sh", "-c", IN_BACKGROUND, "sh", self._log, dockerd, f"--config-file={config}"],
            capture_output=True,
            text=True,
            check=True,
        )
        pid = int(started.stdout)
        ends = time.monotonic() + START_SECONDS
        while not self._answers():
            if not _alive(pid) or time.monotonic() > ends:
                _end(pid)
                raise ProcessFailedError(f"dockerd did not start; its log {self._log} ends with:\n{tail(self._log)}")
            time.sleep(POLL_SECONDS)

    def _stop(self) -> None:
        containers = self._docker("ps", "-aq").stdout.split()
        if containers:
            self._docker("rm", "-fv", *containers)
        self._docker("network", "prune", "-f")
        self._docker("volume", "prune", "-f")
        if self._pid.is_file():
            _end(int(self._pid.read_text()))
            self._pid.unlink(missing_ok=True)
        if self._before.is_file():
            _forward(json.loads(self._before.read_text()))

    def _settings(self) -> dict[str, object]:
        return {
            "hosts": [self.host],
            "data-root": str(self._folder / "data"),
            "exec-root": str(self._folder / "run"),
            "pidfile": str(self._pid),
            "group": "root",
            "ip": "127.0.0.1",
            "shutdown-timeout": 5,
        }

    def _answers(self) -> bool:
        return self._docker("version", "--format", "{{.Server.Version}}").returncode == 0

    def _docker(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ.get("PATH", ""), "DOCKER_HOST": self.host}
        return subprocess.run(
            [require_tool("docker"), *words], env=environment, capture_output=True, text=True, check=False, timeout=120
        )


def _alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _end(pid: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        ends = time.monotonic() + STOP_SECONDS
        while _alive(pid) and time.monotonic() < ends:
            time.sleep(POLL_SECONDS)
        if not _alive(pid):
            return


def _forwarding() -> dict[str, str]:
    """Tell what the machine does with packets that are not for it: the kernel's switch, the firewall's policy."""
    tool = which("iptables")
    listed = subprocess.run([tool, "-S", "FORWARD"], capture_output=True, text=True, check=False).stdout if tool else ""
    policies = [line.split()[-1] for line in listed.splitlines() if line.startswith("-P")]
    return {"switch": FORWARDING.read_text().strip(), "policy": policies[0] if policies else ""}


def _forward(before: dict[str, str]) -> None:
    tool = which("iptables")
    if tool and before["policy"]:
        subprocess.run([tool, "-P", "FORWARD", before["policy"]], check=False, capture_output=True)
    FORWARDING.write_text(before["switch"])

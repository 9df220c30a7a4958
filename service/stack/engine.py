"""Whether there is a container engine, within two seconds; and when there is none, why, and what to do."""

from __future__ import annotations

import os
import queue
import shutil
import socket
import threading
import time
from collections.abc import Mapping

from .endpoint import Endpoint, find_endpoint
from .outcome import Exit, StackError

_DIAL_S = 0.7
_PING_S = 0.7
_WHOLE_S = 1.7  # with the start of Python this stays under the two seconds that are promised
_PING = b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"
_START = "start it (systemctl start docker, or Docker Desktop)"


def require_engine(env: Mapping[str, str], *, whole_s: float = _WHOLE_S) -> None:
    """Return when the docker command is there and its engine answers.

    Raises:
        StackError: with code NO_ENGINE, the cause and what to do about it, in one line.
    """
    problem = find_problem(env, whole_s=whole_s)
    if problem:
        raise StackError(f"no engine: {problem}", Exit.NO_ENGINE)


def find_problem(env: Mapping[str, str], *, whole_s: float = _WHOLE_S) -> str:
    """Say why there is no engine, or nothing when there is one."""
    if not has_command(env):
        return "the docker command is not on PATH: install Docker Engine or Docker Desktop"
    return problem_of(find_endpoint(env), whole_s=whole_s)


def has_command(env: Mapping[str, str]) -> bool:
    """Whether there is a docker command."""
    return shutil.which("docker", path=env.get("PATH")) is not None


def problem_of(endpoint: Endpoint, *, whole_s: float = _WHOLE_S) -> str:
    """Say why no engine answers there, or nothing when one does; whoever speaks to it needs no docker command."""
    answer: queue.SimpleQueue[str] = queue.SimpleQueue()
    # A name server that does not answer cannot be given a deadline, so the whole look is taken on a thread.
    threading.Thread(target=lambda: answer.put(look_at(endpoint)), daemon=True).start()
    try:
        return answer.get(timeout=whole_s)
    except queue.Empty:
        return _silent(endpoint, whole_s)


def look_at(endpoint: Endpoint) -> str:
    """Ask the endpoint, and say what is wrong with it; nothing when it answers."""
    if endpoint.scheme == "wrong":
        form = "unix:///var/run/docker.sock or tcp://HOST:2376"
        return f"{endpoint.told_by} is wrong ({endpoint.place}): unset it, or give it the form {form}"
    if endpoint.scheme == "ssh":
        return ""  # only the docker command itself can tell
    if endpoint.scheme == "npipe":
        return _look_at_pipe(endpoint)
    try:
        with _dial(endpoint) as connection:
            return _ping(connection, endpoint)
    except OSError as error:
        return _refused(endpoint, error)


def _dial(endpoint: Endpoint) -> socket.socket:
    if endpoint.scheme == "tcp":
        return socket.create_connection((endpoint.host, endpoint.port), timeout=_DIAL_S)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_DIAL_S)
        connection.connect(endpoint.place)
    except BaseException:
        connection.close()
        raise
    return connection


def _ping(connection: socket.socket, endpoint: Endpoint) -> str:
    ends = time.monotonic() + _PING_S
    connection.settimeout(_PING_S)
    connection.sendall(_PING)
    head = b""
    while b"\n" not in head and len(head) < 4096:
        connection.settimeout(max(0.01, ends - time.monotonic()))
        more = connection.recv(4096)
        if not more:
            break
        head += more
    status = head.split(b"\r\n", 1)[0].split(b" ")
    if len(status) > 1 and status[0].startswith(b"HTTP/") and status[1] in (b"200", b"400", b"401", b"403"):
        return ""  # 400 to 403 are an engine behind TLS or a proxy that wants to know who asks: docker will tell
    told = b" ".join(status[1:]).decode("ascii", "replace") if len(status) > 1 else "it closed the connection"
    mend = f"{_START}, or correct or unset {endpoint.told_by}" if endpoint.told_by else _START
    return f"what listens on {endpoint.place} is no engine that works ({told[:60]}): {mend}"


def _refused(endpoint: Endpoint, error: OSError) -> str:
    told = f"{endpoint.told_by} names {endpoint.place}: " if endpoint.told_by else ""
    if isinstance(error, TimeoutError):
        return _silent(endpoint, _DIAL_S)
    if endpoint.scheme == "tcp":
        reason = "unknown host" if isinstance(error, socket.gaierror) else (error.strerror or str(error)).lower()
        return f"{told}{reason}: start the engine there, or correct or unset {endpoint.told_by}"
    if isinstance(error, PermissionError):
        mend = "join the group docker (sudo usermod -aG docker $USER) and log in again"
        return f"{told}permission denied on {endpoint.place}: {mend}"
    if isinstance(error, FileNotFoundError):
        wrong = f", or correct or unset {endpoint.told_by}" if endpoint.told_by else ""
        return f"{told}{endpoint.place} does not exist, so the daemon is not running: {_START}{wrong}"
    if isinstance(error, ConnectionRefusedError):
        return f"{told}{endpoint.place} is there but nobody listens, so the daemon has ended: {_START}"
    return f"{told}{endpoint.place}: {(error.strerror or str(error)).lower()}"


def _silent(endpoint: Endpoint, seconds: float) -> str:
    where = endpoint.place + (f", named by {endpoint.told_by}" if endpoint.told_by else "")
    return f"the daemon on {where} did not answer within {seconds:.1f} s: restart it"


def _look_at_pipe(endpoint: Endpoint) -> str:
    if os.path.exists(endpoint.place):  # noqa: PTH110 - a pipe is no path that pathlib would leave alone
        return ""
    mend = "start Docker Desktop; where it runs already: wsl --shutdown, then start it again"
    return f"the pipe {endpoint.place} does not exist: {mend}"

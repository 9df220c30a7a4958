"""Stand-ins for a container engine, good and bad, on a socket of their own."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

GOOD = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def listening(place: Path | None, answer: bytes | None) -> Iterator[str]:
    """Listen on a Unix socket, or on a port of 127.0.0.1 when there is no place; give the address for DOCKER_HOST.

    Every connection is given `answer` after the request; None stands for a daemon that hangs.
    """
    family = socket.AF_UNIX if place is not None else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind(str(place) if place is not None else ("127.0.0.1", 0))
        server.listen()
        kept: list[socket.socket] = []
        thread = threading.Thread(target=_serve, args=(server, answer, kept), daemon=True)
        thread.start()
        try:
            yield f"unix://{place}" if place is not None else f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for connection in kept:
                connection.close()


def _serve(server: socket.socket, answer: bytes | None, kept: list[socket.socket]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        kept.append(connection)
        with suppress(OSError):
            connection.recv(4096)
            if answer is not None:
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)


def abandoned(place: Path) -> None:
    """Leave a socket file behind on which nobody listens, as a daemon does that was killed."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(place))


def fake_docker(folder: Path) -> dict[str, str]:
    """Give an environment whose docker command is there and does nothing."""
    folder.mkdir(exist_ok=True)
    program = folder / "docker"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}

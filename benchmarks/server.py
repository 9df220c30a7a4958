"""The server that everything is measured against: it answers every request after the same time, and does nothing else.

It runs as processes of its own, listens on loopback addresses only, and shares the machine with who asks it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from types import TracebackType
from typing import Final, Self

from benchmarks.timing import ROOT

MOST_HOSTS: Final = 200
_BODY: Final = (
    b'{"status":"ready","checks":{"sqlite":"ok","vectors":"ok","llm":"ok"},"version":"1.4.2","instance":"bench",'
    b'"uptime_s":86400,"llm":{"path":"primary","model":"small"}}'
)
ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncache-control: no-store\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


class Answering(asyncio.Protocol):
    """One connection: every request head that ends is answered `delay` seconds later, in order."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Called by asyncio."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Called by asyncio: requests without bodies."""
        heads = (self._rest + data).split(b"\r\n\r\n")
        self._rest = heads.pop()
        for _ in heads:
            if self._delay:
                self._loop.call_later(self._delay, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        if self._transport is not None:
            self._transport.write(ANSWER)


def addresses(hosts: int) -> list[str]:
    """That many loopback addresses: 127.0.0.1, 127.0.0.2 and so on."""
    return [f"127.0.0.{number}" for number in range(1, hosts + 1)]


def _listener(address: str, port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((address, port))
    listening.listen(1024)
    return listening


async def _serve(hosts: int, port: int, delay: float) -> None:
    loop = asyncio.get_running_loop()
    for address in addresses(hosts):
        await loop.create_server(lambda: Answering(delay), sock=_listener(address, port))
    print("ready", flush=True)
    starter = os.getppid()
    while os.getppid() == starter:  # noqa: ASYNC110 - left alone by who started it, it ends
        await asyncio.sleep(1)


def _await_ready(process: subprocess.Popen[str]) -> None:
    if process.stdout is None or process.stdout.readline().strip() != "ready":
        raise RuntimeError("the server of the benchmarks did not start")


class Server:
    """Two processes behind the same addresses and port; as a context it is started and, by process id, stopped."""

    def __init__(self, *, delay: float, hosts: int = MOST_HOSTS, workers: int = 2) -> None:
        self.hosts = hosts
        self.port = 0
        self._delay = delay
        self._workers = workers
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        """Listen on a free port."""
        with _listener("127.0.0.1", 0) as reserved:
            self.port = reserved.getsockname()[1]
            try:
                for _ in range(self._workers):
                    self._processes.append(self._start())
                for process in self._processes:
                    _await_ready(process)
            except BaseException:
                self._stop()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._stop()

    def _start(self) -> subprocess.Popen[str]:
        options = ["--port", str(self.port), "--hosts", str(self.hosts), "--delay", str(self._delay)]
        command = [sys.executable, "-m", "benchmarks.server", *options]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def _stop(self) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()
        self._processes.clear()
        time.sleep(0.01)


def main() -> None:
    """One process of the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--hosts", type=int, default=1)
    parser.add_argument("--delay", type=float, default=0.05)
    chosen = parser.parse_args()
    asyncio.run(_serve(chosen.hosts, chosen.port, chosen.delay))


if __name__ == "__main__":
    main()

"""Servers with faults that the tests' own world does not have: broken disks, slow networks, old certificates."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.parts.ca import create_ca
from tests.parts.nginx import Nginx
from tests.parts.process import LOOPBACK, RunningProcess
from tests.parts.redis import Redis
from tests.standins.web import StandInWeb

_DISK: Final = "192k"  # Redis starts on it; what it is given below does not fit
_TOO_MUCH: Final = "for i=1,40 do redis.call('set', 'k'..i, string.rep(tostring(math.random()), 600)) end"
_CHUNK: Final = 65536


class RedisOnBadDisk(Redis):
    """A real Redis whose folder is a file system of its own, in a mount namespace of its own; it needs root."""

    def __init__(self, folder: Path, *, password: str, read_only: bool) -> None:
        super().__init__(
            folder, password=password, settings={"dir": f'"{folder.absolute() / "disk"}"', "rdbcompression": "no"}
        )
        disk = self.folder / "disk"
        mount = f"mount -t tmpfs -o size={_DISK} tmpfs '{disk}'"
        if read_only:
            mount += f" && mount -o remount,ro '{disk}'"
        command = ["unshare", "--mount", "sh", "-c", f'mkdir -p "{disk}" && {mount} && exec "$@"', "sh"]
        self.process = RunningProcess(
            [*command, str(self.process.command[0]), str(self.folder / "redis.conf")],
            log=self.folder / "redis.log",
            ready=self._greets,
        )

    def break_it(self) -> None:
        """Give it more than its disk takes, and have it save."""
        self.ask("EVAL", _TOO_MUCH, "0")
        self.ask("BGSAVE")
        ends = time.monotonic() + 20
        while "rdb_last_bgsave_status:err" not in self.ask("INFO", "persistence"):
            if time.monotonic() > ends:
                raise TimeoutError("Redis saved to a disk that should have refused")
            time.sleep(0.1)


@contextmanager
def broken_disks(folder: Path, password: str) -> Iterator[dict[str, str]]:
    """Redis with a full disk and with a read-only one, by place; none where this is not root."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        yield {}
        return
    with ExitStack() as stack:
        places = {}
        for name, read_only in (("redis_disk_full", False), ("redis_read_only", True)):
            server = stack.enter_context(RedisOnBadDisk(folder / name, password=password, read_only=read_only))
            server.break_it()
            places[name] = server.url
        yield places


@contextmanager
def slow(address: tuple[str, int], delay: float) -> Iterator[str]:
    """A way to an address on which every answer takes so many seconds more; HOST:PORT."""
    ended = threading.Event()
    listener = socket.create_server((LOOPBACK, 0))
    listener.settimeout(0.2)

    def carry(source: socket.socket, sink: socket.socket, wait: float) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if ended.wait(wait):
                    break
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        while not ended.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            client.settimeout(None)
            server = socket.create_connection(address)
            open_.extend((client, server))
            for source, sink, wait in ((client, server, 0.0), (server, client, delay)):
                threads.append(threading.Thread(target=carry, args=(source, sink, wait), daemon=True))
                threads[-1].start()

    open_: list[socket.socket] = []
    threads: list[threading.Thread] = []
    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"{LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        ended.set()
        accepting.join()
        for one in open_:
            one.close()
        listener.close()


@contextmanager
def cut_off() -> Iterator[str]:
    """An address whose packets get no answer: nobody takes the connections that wait there; HOST:PORT."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((LOOPBACK, 0))
        listener.listen(0)
        for _ in range(4):  # more than the queue holds; the kernel drops what comes then
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield f"{LOOPBACK}:{listener.getsockname()[1]}"


@contextmanager
def old_certificate(folder: Path) -> Iterator[tuple[str, Path]]:
    """A site whose certificate ended yesterday: its URL, and the file of the authority that issued it."""
    authority = create_ca(folder / "ca")
    page = {"/": (200, b"<!doctype html><title>A page</title>")}
    with StandInWeb(page) as web, Nginx(folder / "nginx", web.url, certificate=authority.expired) as proxy:
        yield proxy.url, authority.root

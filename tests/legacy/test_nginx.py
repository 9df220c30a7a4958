"""Logs that a real nginx writes: whatever clients send it, and rotated while it writes and while they are counted."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from opscheck.probes.access_log import count_hits
from tests.legacy.slow_counter import count
from tests.parts.nginx_process import NginxProcess, around
from tests.parts.process import accepts, free_port

FORMATS = """
log_format forwarded '$http_x_forwarded_for - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                     '"$http_referer" "$http_user_agent" $request_time "$host" $connection';
log_format json_lines escape=json
  '{"time":"$time_iso8601","msec":$msec,"remote_addr":"$remote_addr","request":"$request","status":$status,'
  '"bytes":$body_bytes_sent,"http_referer":"$http_referer","http_user_agent":"$http_user_agent"}';
log_format json_paths escape=json '{"time_local":"$time_local","uri":"$request_uri","status":"$status"}';
"""
LOGS = ("access.log", "forwarded.log", "lines.json", "paths.json")
# Bytes as they are sent, and how many hits of /status/ that is.
REQUESTS: tuple[tuple[bytes, int], ...] = (
    (b"GET /status/ HTTP/1.1", 1),
    (b"GET /status/summary?x=%2Fstatus HTTP/1.1", 1),
    (b"GET /status HTTP/1.0", 1),
    (b"GET /%73tatu%73/%C3%A4 HTTP/1.1", 1),
    (b"GET /status%2Fsummary HTTP/1.1", 1),
    (b"GET /status/" + "ä☃".encode() + b" HTTP/1.1", 1),
    (b'GET /status/"quoted"\\back HTTP/1.1', 1),
    (b"GET /status/" + b"long/" * 700 + b" HTTP/1.1", 1),
    (b"GET http://www.example.org/status/x HTTP/1.1", 1),
    (b"GET   /status/spaces HTTP/1.1", 1),
    (b"POST /status/summary HTTP/1.1", 1),
    (b"GET /status1 HTTP/1.1", 0),
    (b"GET /Status/ HTTP/1.1", 0),
    (b"GET /api/status/summary HTTP/1.1", 0),
    (b"GET /?next=/status/ HTTP/1.1", 0),
    (b"GET http://www.example.org/status1 HTTP/1.1", 0),
    (b"GET / HTTP/1.1\r\nReferer: https://www.example.org/status/", 0),
    (b'GET / HTTP/1.1\r\nUser-Agent: "GET /status/ HTTP/1.1" 200', 0),
    (b"GET / HTTP/1.1\r\nX-Forwarded-For: 1.2.3.4, 5.6.7.8", 0),
    (b'GET / HTTP/1.1\r\nX-Forwarded-For: [10/Oct/2026:13:55:36 +0200] "GET /status/ HTTP/1.1"', 0),
    (b"GET / HTTP/1.1\r\nAuthorization: Basic WzEwL09jdC8yMDI2OjEzOjU1OjM2ICswMjAwXSAiR0VUIC9zdGF0dXMvOng=", 0),
    (b"OPTIONS * HTTP/1.1", 0),
    (b"", 0),
    (b"\r\n\r\n\r\n", 0),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(128, 256)), 0),
    (bytes(range(256)), 0),
    (b"GET /" + b"x" * 20_000 + b" HTTP/1.1", 0),
    (b"PRI * HTTP/2.0", 0),
)
HITS = sum(hits for _, hits in REQUESTS)


class Logging(NginxProcess):
    """Answers everything with 200, and writes it down in several formats."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()

    def config(self) -> str:
        """Four logs of the same requests."""
        folder = self.access_log.parent.absolute()
        formats = zip(LOGS, ("combined", "forwarded", "json_lines", "json_paths"), strict=True)
        logs = "\n".join(f"access_log {folder}/{name} {format_};" for name, format_ in formats)
        server = f"server {{ listen 127.0.0.1:{self.port}; {logs} location / {{ return 200 ok; }} }}"
        return around(f"{FORMATS}\n{server}", folder)

    def listens(self) -> bool:
        """Its one listener accepts connections."""
        return accepts(self.port)

    def send(self, request: bytes) -> None:
        """Send one request on a connection of its own, and wait for whatever comes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(request + b"\r\nHost: www.example.org\r\nConnection: close\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logging]:
    """One for all tests of this file."""
    with Logging(tmp_path_factory.mktemp("logging")) as running:
        yield running


@pytest.mark.parametrize("name", LOGS)
def test_whatever_clients_send(tmp_path: Path, name: str) -> None:
    """Each request is a hit or none, in every format; whatever is sent, the line that nginx writes can be read."""
    with Logging(tmp_path) as nginx:
        for request, _ in REQUESTS:
            nginx.send(request)
        nginx.send(b"GET /status/ HTTP/1.1\r\nUser-Agent: opscheck/0.1.0 (run x)")

    log = (tmp_path / name).read_bytes()
    fast, slow = count_hits([str(tmp_path / name)], "/status/"), count(log, b"/status")

    own = 0 if name == "paths.json" else 1  # a log without user agents tells nobody apart
    assert (fast.hits, fast.own) == (HITS + 1 - own, own)
    assert (slow.hits, slow.own, slow.lines, slow.unreadable) == (fast.hits, fast.own, fast.lines, fast.unreadable)
    assert dict(fast.by_path.rows) == dict(slow.paths)
    assert fast.unreadable == 0
    assert fast.lines > len(REQUESTS) - 3  # what is cut off before a request began is not written down
    assert fast.covered


@pytest.mark.parametrize("manner", ["rename", "copy"])
def test_rotated_while_it_writes(nginx: Logging, tmp_path: Path, manner: str) -> None:
    """Numbered requests, rotations, counts, all at the same time: each count has all up to one of them, each once."""
    log = nginx.access_log
    for old in log.parent.glob("access.log*"):
        shutil.move(old, tmp_path)
    nginx.process.signal(signal.SIGUSR1)
    _wait_for(log)
    total = 500
    sent = 0
    ended = threading.Event()

    def send() -> None:
        nonlocal sent
        for number in range(total):
            nginx.send(b"GET /status/%d HTTP/1.1" % number)
            sent = number + 1
            if number % 60 == 59:
                _rotate(nginx, manner)
        ended.set()

    sender = threading.Thread(target=send)
    sender.start()
    counts = 0
    while not ended.is_set():
        before = sent
        counted = count_hits([f"{log}*"], "/status/")
        seen = sorted(int(path.rpartition("/")[2]) for path, _ in counted.by_path.rows)
        assert seen == list(range(len(seen)))
        assert counted.hits == len(seen)
        assert len(seen) >= before - 1  # the line of the last request may be written behind its answer
        assert all(one.broken == "" for one in counted.files)
        counts += 1
    sender.join()
    time.sleep(0.1)
    assert count_hits([f"{log}*"], "/status/").hits == total
    assert counts > 5


def _rotate(nginx: Logging, manner: str) -> None:
    log = nginx.access_log
    for number in sorted((int(path.suffix[1:]) for path in log.parent.glob("access.log.*")), reverse=True):
        Path(f"{log}.{number}").rename(f"{log}.{number + 1}")
    if manner == "rename":
        log.rename(f"{log}.1")
        nginx.process.signal(signal.SIGUSR1)
        _wait_for(log)
    else:
        time.sleep(0.02)  # a line that is written between copy and cut is lost by the manner itself
        shutil.copy(log, f"{log}.1")
        os.truncate(log, 0)


def _wait_for(log: Path) -> None:
    for _ in range(500):
        if log.exists():
            return
        time.sleep(0.01)
    raise AssertionError(f"nginx did not reopen {log}")

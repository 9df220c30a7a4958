"""The probe of a container engine: its API asked by GET alone, over its socket or TCP, bounded in size and time."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import shutil
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final, TypeVar

from opscheck.model import Kind, Phases, Request, Unmeasured
from opscheck.model.docker import EngineAccess
from opscheck.probes.answer import Answer
from opscheck.probes.dial import dial
from opscheck.probes.docker_place import NoEngine, Place, pem_files, place_of
from opscheck.probes.failure import Failure, one_line, unforeseen
from opscheck.probes.http1 import Http1Connection
from opscheck.probes.limits import Caps
from opscheck.probes.names import Names
from opscheck.probes.opener import attach, secure
from opscheck.probes.outgoing import Outgoing
from opscheck.probes.target import Target
from opscheck.probes.trace import Trace

T = TypeVar("T")
_START: Final = "start it: systemctl start docker, or Docker Desktop"
_BODY: Final = 16 * 1024 * 1024  # bytes: the disk usage of an engine with thousands of images
_AT_ONCE: Final = 4  # questions under way; an engine answers some of them under one lock
_KNOWN: Final = 44  # of version 1 of the API
_WANTS_TLS: Final = re.compile(rb"HTTP request[ \w]{1,20}to (?:an )?HTTPS (?:server|port)")


class Refused(Failure):
    """The engine answered, and not with what was asked for."""

    def __init__(self, path: str, status: int, body: bytes) -> None:
        said = one_line(_message(body))[:160]
        super().__init__(Kind.PROTOCOL, f"the engine answers {status} to {path}" + (f": {said}" if said else ""))
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the engine."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first value of a header; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def json(self, path: str) -> Any:  # noqa: ANN401 - whatever the engine answers
        """The body as JSON. Raises Refused where it is none, or the status is no success."""
        if self.status != 200:
            raise Refused(path, self.status, self.body)
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Failure(Kind.PROTOCOL, f"the engine's answer to {path} is no JSON") from None


@dataclass(slots=True)
class EngineClient:
    """Asks one engine; every question has a connection of its own, and is told to `count`."""

    place: Place
    caps: Caps
    count: Callable[[], None] = lambda: None
    connect: float | None = None
    _begun: float = field(default_factory=perf_counter)
    _prefix: str | None = None
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    @property
    def phases(self) -> Phases:
        """Until the first connection was there, and until now."""
        return Phases(connect=self.connect, total=perf_counter() - self._begun)

    async def get(self, path: str, *, body: int = _BODY) -> Reply:
        """One GET and its whole answer.

        Raises:
            Failure: there is none.
        """
        self.count()
        async with self._turns:
            trace = Trace(self.place.shown)
            try:
                async with asyncio.timeout(self.caps.timeout):
                    return await self._asked(path, Caps(self.caps.timeout, self.caps.connect_timeout, body), trace)
            except TimeoutError:
                late = trace.timed_out(self.caps.timeout)
                raise _silent(self.place, late.detail) if trace.connect is not None else late from None

    async def api(self, path: str) -> Reply:
        """One GET below a version of the API that the engine offers and that is understood here.

        Raises:
            Failure: there is no answer, or what answers is no engine.
        """
        if self._prefix is None:
            ping = await self.get("/_ping")
            if ping.status != 200:
                raise Refused("/_ping", ping.status, ping.body)
            self._prefix = f"/v{_spoken(ping.header('api-version'))}"
        return await self.get(self._prefix + path)

    async def _asked(self, path: str, caps: Caps, trace: Trace) -> Reply:
        connection = await _opened(self.place, caps, trace)
        self.connect = self.connect or trace.connect
        try:
            authority = "docker" if self.place.scheme == "unix" else f"{self.place.host}:{self.place.port}"
            url = f"http://{'docker' if ':' in self.place.host else authority}{path}"
            answer = Answer("GET", caps, trace)
            outgoing = Outgoing(
                Request("GET", url), Target.parse(url), user_agent=b"opscheck", accept=b"*/*", encoding=b"identity"
            )
            await connection.ask(outgoing, answer)
        finally:
            connection.abort()
        if answer.failure is not None:
            raise answer.failure
        if answer.status == 400 and _WANTS_TLS.search(answer.body[:2000]):
            remedy = "name it as https://HOST:2376 and its certificates as expect.docker.cert_folder"
            raise NoEngine(Kind.TLS, "tls", f"{self.place.named} speaks TLS alone", remedy)
        if answer.status == 400 and b"SSL certificate" in answer.body:
            remedy = "name the folder of cert.pem and key.pem as expect.docker.cert_folder"
            raise NoEngine(Kind.TLS, "tls", f"{self.place.named} wants a certificate that says who asks", remedy)
        return Reply(answer.status, answer.headers, answer.body)


async def ask_engine(
    access: EngineAccess,
    caps: Caps,
    look: Callable[[EngineClient], Awaitable[T]],
    count: Callable[[], None] = lambda: None,
) -> T | Unmeasured:
    """Have a look at an engine; what could not be seen is Unmeasured, with the usual cause as its `cause`.

    The cause is the engine's alone (`daemon-not-running`, `permission`, ...): whoever asked adds host and component.
    An engine that was reached and refused one question is no root cause.
    """
    trace, place, client = Trace(access.url), None, None
    begun = perf_counter()
    try:
        place = place_of(access)
        client = EngineClient(place, caps, count)
        return await look(client)
    except Failure as failure:
        known = failure if isinstance(failure, NoEngine) else _usual(failure, place)
    except Exception as error:  # noqa: BLE001 - a probe never raises into a run
        known = unforeseen(error)
    phases = Phases(connect=client.connect if client else None, total=perf_counter() - begun)
    where = place.shown if place else one_line(access.url.partition("@")[2] or access.url)
    problem, remedy = (known.problem, known.remedy) if isinstance(known, NoEngine) else ("", "")
    return Unmeasured(known.kind, known.detail, where, trace.at, phases, cause=problem, remedy=remedy)


async def _opened(place: Place, caps: Caps, trace: Trace) -> Http1Connection:
    if place.scheme == "npipe":
        raise _pipe(place)
    if place.scheme == "unix":
        opened = await _unix(place, trace, caps)
        connection = Http1Connection(opened, place.shown)
        await attach(opened, connection, place.shown)
        return connection
    opened = await dial(place.host, place.port, names=Names(), trace=trace, timeout=caps.connect_timeout)
    connection = Http1Connection(opened, place.shown)
    if place.scheme == "tcp":
        await attach(opened, connection, place.shown)
        return connection
    context = await asyncio.to_thread(_context, place)
    await secure(opened, connection, trace, timeout=caps.connect_timeout, context=context, server_name=place.host)
    return connection


async def _unix(place: Place, trace: Trace, caps: Caps) -> socket.socket:
    trace.stage, begun = "connect", perf_counter()
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        async with asyncio.timeout(caps.connect_timeout):
            while True:
                try:
                    opened.connect(place.path)  # at once or not at all: there is no handshake to wait for
                    break
                except BlockingIOError:  # its queue of callers is full: nobody takes them
                    await asyncio.sleep(0.05)
    except TimeoutError:
        opened.close()
        raise _silent(place, f"it takes no connection within {caps.connect_timeout:.1f} s") from None
    except OSError as error:
        opened.close()
        raise _no_socket(place, error) from None
    except BaseException:
        opened.close()
        raise
    trace.connect = perf_counter() - begun
    return opened


def _no_socket(place: Place, error: OSError) -> NoEngine:
    wrong = f", or correct or unset {place.told_by}" if place.told_by else ""
    if error.errno == errno.ENOENT:
        if shutil.which("docker") is None and not place.told_by:
            detail = f"{place.path} does not exist, and no docker command is on PATH: no engine is installed here"
            return NoEngine(Kind.REFUSED, "client-missing", detail, "install Docker Engine or Docker Desktop")
        detail = f"{place.named}: the socket does not exist, so the daemon is not running"
        return NoEngine(Kind.REFUSED, "daemon-not-running", detail, _START + wrong)
    if error.errno == errno.EACCES:
        who = f"user {os.getuid()}" if hasattr(os, "getuid") else "this user"
        detail = f"{place.named}: permission denied for {who}"
        remedy = "join the group of the socket (sudo usermod -aG docker $USER) and log in again"
        return NoEngine(Kind.UNREACHABLE, "permission", detail, remedy)
    if error.errno == errno.ECONNREFUSED:
        detail = f"{place.named}: the socket is there and nobody listens, so the daemon has ended"
        return NoEngine(Kind.REFUSED, "daemon-not-running", detail, _START)
    words = (error.strerror or str(error) or type(error).__name__).lower()
    return NoEngine(Kind.UNREACHABLE, "wrong-host", f"{place.named}: {words}", "correct the url of docker" + wrong)


def _pipe(place: Place) -> NoEngine:
    if not os.path.exists(place.path):  # noqa: PTH110 - a pipe is no path that pathlib would leave alone
        detail = f"the pipe {place.shown} does not exist, so Docker Desktop is not running"
        remedy = "start Docker Desktop; where it runs already: wsl --shutdown, then start it again"
        return NoEngine(Kind.REFUSED, "pipe-missing", detail, remedy)
    detail = f"the pipe {place.shown} is there, but pipes are not spoken here"
    remedy = "run opscheck inside WSL on unix:///var/run/docker.sock, or expose the engine on tcp://127.0.0.1:2375"
    return NoEngine(Kind.TOOL_MISSING, "pipe", detail, remedy)


def _silent(place: Place, detail: str) -> NoEngine:
    words = f"{place.named} takes connections and does not answer: {detail}"
    return NoEngine(Kind.TIMEOUT, "silent", words, "restart the daemon (systemctl restart docker, or Docker Desktop)")


def _usual(failure: Failure, place: Place | None) -> Failure:
    """A failure of the way to an engine by TCP, as one of the usual causes."""
    if place is None or isinstance(failure, Refused) or failure.kind in (Kind.PROTOCOL, Kind.TOO_LARGE):
        return failure
    who = place.told_by or "the url of docker"
    if failure.kind is Kind.TLS:
        remedy = (
            "name the folder of ca.pem, cert.pem and key.pem as expect.docker.cert_folder, or renew the certificates"
        )
        return NoEngine(Kind.TLS, "tls", f"{place.named}: {failure.detail}", remedy)
    if failure.kind is Kind.RESET and place.scheme == "tls":
        remedy = "name the folder of cert.pem and key.pem as expect.docker.cert_folder: it may want to know who asks"
        return NoEngine(Kind.TLS, "tls", f"{place.named}: {failure.detail}", remedy)
    if failure.kind is Kind.REFUSED:
        remedy = f"start the engine there, or correct or unset {who}"
        return NoEngine(Kind.REFUSED, "daemon-not-running", f"{place.named}: {failure.detail}", remedy)
    if failure.kind is Kind.RESET:
        return NoEngine(Kind.RESET, "broken-off", f"{place.named}: {failure.detail}", "look at the log of the daemon")
    return NoEngine(failure.kind, "wrong-host", f"{place.named}: {failure.detail}", f"correct or unset {who}")


def _context(place: Place) -> ssl.SSLContext:
    """TLS as the docker command speaks it: its own authority, and a certificate that says who asks."""
    try:
        if place.certs is None:
            return ssl.create_default_context()
        authority, certificate, key = pem_files(place.certs)
        context = ssl.create_default_context(cafile=authority if authority.is_file() else None)
        if certificate.is_file():
            context.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or type(error).__name__
        detail = f"the certificates in {Path(place.certs or '.')} cannot be read: {words}"
        raise NoEngine(Kind.TLS, "tls", detail, "the folder holds ca.pem, cert.pem and key.pem") from None
    context.set_alpn_protocols(["http/1.1"])
    return context


def _spoken(offered: str) -> str:
    """The newest version of the API that both sides know.

    >>> _spoken("1.41"), _spoken("1.52")
    ('1.41', '1.44')
    """
    major, _, minor = offered.partition(".")
    if not (major == "1" and minor.isascii() and minor.isdigit() and len(minor) < 4):
        raise Failure(Kind.PROTOCOL, "what answers names no version of the engine's API: it is no container engine")
    return f"1.{min(int(minor), _KNOWN)}"


def _message(body: bytes) -> str:
    try:
        told = json.loads(body[:4096])
    except (ValueError, RecursionError):
        return body[:160].decode("utf-8", "replace")
    return str(told.get("message", "")) if isinstance(told, dict) else ""

"""What an observation gets as `probe`: every way of measuring, within the limits of one host."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from opscheck.engine.budget import HostBudget
from opscheck.engine.docker import ask_docker
from opscheck.engine.eventually import eventually
from opscheck.engine.memory import Memory
from opscheck.engine.preflight import Preflight
from opscheck.engine.share import Share
from opscheck.engine.silence import Silence
from opscheck.engine.stores import ask_store
from opscheck.local_files import named_files
from opscheck.model import (
    DnsAnswer,
    EventStream,
    Host,
    HttpExchange,
    Observed,
    Request,
    Samples,
    TcpConnection,
    TlsSession,
    Unmeasured,
)
from opscheck.model.access_log import AccessLogCount
from opscheck.model.files import FolderDigests, LocalFile
from opscheck.model.logs import FoundLines
from opscheck.model.page import Assets, Page
from opscheck.model.store import StoreSession
from opscheck.model.tools import ToolRun
from opscheck.model.tunnel import ComposeToken, TunnelLog
from opscheck.model.written import SILENCE
from opscheck.probes import files
from opscheck.probes.access_log import access_log
from opscheck.probes.assets import AT_ONCE, Allowance
from opscheck.probes.compose import compose_token
from opscheck.probes.dns import dns
from opscheck.probes.http import HttpClient
from opscheck.probes.limits import Caps
from opscheck.probes.log_files import log_lines
from opscheck.probes.page import MOST_HTML, assets, page
from opscheck.probes.tcp import tcp
from opscheck.probes.tls import tls
from opscheck.probes.tools import run_tool
from opscheck.probes.tunnel_log import tunnel_log
from opscheck.redact import Secret

T = TypeVar("T", bound=Observed | Unmeasured)
_SAFE = frozenset({"GET", "HEAD"})


_AGAIN: ContextVar[bool] = ContextVar("opscheck_again", default=False)  # asked again on purpose: no answer from memory


@dataclass(slots=True)
class Means:
    """What all probers of a run share."""

    client: HttpClient
    share: Share
    preflight: Preflight
    caps: Caps
    ceiling: float = float("inf")  # seconds for one request, whatever a suite asks for
    memory: Memory = field(default_factory=Memory)
    silence: Silence = field(default_factory=Silence)


class Prober:
    """The probes, bound to one host. No method raises because of what the host does."""

    def __init__(self, host: Host, means: Means, budget: HostBudget, *, fresh: bool = False) -> None:
        self._fresh = fresh  # latency is judged: nothing from memory, which was measured under load
        self._host = host
        self._means = means
        self._budget = budget

    async def http(
        self,
        request: Request,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - a cap handed to the probe
        fresh: bool = False,
        follow_redirects: bool = False,
        http2: bool | None = None,
        body_cap: int | None = None,
        accept_encoding: str = "gzip, deflate",
    ) -> HttpExchange | Unmeasured:
        """One request and its whole answer. The same GET is sent once per run unless `fresh`.

        Args:
            timeout: seconds for the whole exchange, instead of the run's.
            body_cap: bytes of body to read at most, instead of 2 MiB.
            accept_encoding: the content-encodings that are asked for, such as `br` or `identity`.
        """
        caps = self._caps(timeout, body_cap)
        spoken = self._spoken(request.url, http2)

        async def send() -> HttpExchange | Unmeasured:
            failed = await self._ready(request.url)
            if failed is not None:
                return failed
            return await self._means.client.http(
                request,
                caps=caps,
                follow_redirects=follow_redirects,
                http2=spoken,
                accept_encoding=accept_encoding,
                ca=self._host.ca,
            )

        if fresh or self._fresh or _AGAIN.get() or request.method not in _SAFE:
            seen = await send()
        else:
            key = _digest(request, f"{self._host.name}|{caps}|{follow_redirects}|{spoken}|{accept_encoding}")
            seen = await self._once(key, send)
        if isinstance(seen, HttpExchange) and request.method not in _SAFE:
            self._count_tokens(seen.body)
        return self._means.silence.told(self._host, request.url, seen)

    async def stream(
        self,
        request: Request,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - a cap handed to the probe
        until: str | None = "[DONE]",
        http2: bool | None = None,
    ) -> EventStream | Unmeasured:
        """A server-sent event stream, read until an event's data is `until`, to its end or to a cap."""
        failed = await self._ready(request.url)
        if failed is not None:
            return failed
        caps = self._caps(timeout, None)
        seen = await self._means.client.stream(
            request, caps=caps, until=until, http2=self._spoken(request.url, http2), ca=self._host.ca
        )
        if isinstance(seen, EventStream):
            for event in seen.events[-3:]:
                self._count_tokens(event.data.encode())
        return self._means.silence.told(self._host, request.url, seen)

    async def page(self, request: Request) -> Page | Unmeasured:
        """A page, and all that a browser would load of it for scripts and stylesheets, without credentials."""
        document = await self.http(request, follow_redirects=True, body_cap=MOST_HTML)
        return await page(document, self._fetch, self._allowance())

    async def assets(self, base: str, urls: list[str]) -> Assets:
        """Files of the host by their addresses, each in every encoding."""
        return await assets(base, urls, self._fetch, self._allowance())

    async def file(self, path: str | Path) -> LocalFile:
        """The content of a file of this machine."""
        return await files.file(path)

    async def folder(self, root: str | Path, wanted: Sequence[tuple[str, Iterable[str]]]) -> FolderDigests:
        """The digests of files of this machine below a folder, each by the algorithms that are wanted of it."""
        return await files.folder(root, wanted)

    async def files(self, patterns: Sequence[str]) -> tuple[LocalFile, ...]:
        """The content of the files of this machine that some names and patterns mean."""
        return tuple([await files.file(path) for path in named_files(patterns)])

    async def tool(self, name: str, *words: str, over: Sequence[str] = ()) -> ToolRun | Unmeasured:
        """A program of this machine that judges files, with what the names and patterns of `over` mean at its end."""
        return await run_tool(name, *words, *named_files(over), caps=self._caps(None, None))

    async def access_log(
        self,
        logs: Sequence[str],
        path: str,
        since: timedelta | None = None,
        *,
        fields: Sequence[str] = (),
        silence: timedelta = SILENCE,
    ) -> AccessLogCount | Unmeasured:
        """The requests for a path and what lies below it, by access logs of this machine.

        Args:
            logs: names or patterns such as `access.log*`; rotated and compressed ones count as well.
            since: how far back from now; None for all that the logs hold.
            fields: names of fields of JSON lines, such as `request=req`, in place of the usual ones.
            silence: how long nothing may have been written for the logs to cover that time.
        """
        given_up = threading.Event()
        try:
            return await asyncio.to_thread(
                access_log, logs, path, since, fields=fields, silence=silence, given_up=given_up
            )
        finally:
            given_up.set()

    async def log_lines(self, logs: Sequence[str], *marks: str) -> FoundLines:
        """The lines of log files of this machine that hold one of the marks."""
        return await log_lines(logs, marks)

    async def tcp(self, address: str, port: int) -> TcpConnection | Unmeasured:
        """A TCP connection, made and closed."""
        return await tcp(address, port, caps=self._means.caps)

    async def tls(self, address: str, port: int, *, server_name: str | None = None) -> TlsSession | Unmeasured:
        """A TLS handshake that tells what is wrong with a certificate instead of refusing it."""
        return await tls(address, port, server_name=server_name, caps=self._means.caps, ca=self._host.ca)

    async def dns(self, name: str) -> DnsAnswer | Unmeasured:
        """The addresses of a name."""
        return await dns(name, caps=self._means.caps)

    async def store(self, component: str, **options: Any) -> StoreSession | Unmeasured:  # noqa: ANN401 - each store's own
        """A store asked step by step: `mongo`, `redis` or `postgres`; the options are those of its probe."""
        preflight = self._means.preflight
        if self._host.name in preflight.given:
            return preflight.given[self._host.name]
        await self._budget.pace.turn()
        self._budget.spent.requests += 1
        return await ask_store(self._host, component, self._caps(None, None), preflight.blamed, **options)

    async def docker(
        self,
        look: str,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - a cap handed to the probe
        **options: Any,  # noqa: ANN401 - each look's own
    ) -> Any | Unmeasured:  # noqa: ANN401 - each look's own
        """The container engine: its `engine`, `containers`, `volumes`, `disk`, or the `log` of a container."""
        await self._budget.pace.turn()
        return await ask_docker(self._host, look, self._caps(timeout, None), self._count, **options)

    async def tunnel_log(self, files: Sequence[str]) -> TunnelLog | Unmeasured:
        """The end of the newest of a tunnel's log files on this machine."""
        return await asyncio.to_thread(tunnel_log, files)

    async def compose_token(
        self, files: Sequence[str], service: str, *, profiles: Sequence[str] = (), env_file: str = ""
    ) -> ComposeToken | Unmeasured:
        """Where Compose renders a tunnel's token, and whether it has the form of one; never the token itself."""
        seconds = min(30.0, self._means.ceiling)
        return await asyncio.to_thread(
            compose_token, files, service, profiles=profiles, env_file=env_file, seconds=seconds
        )

    async def eventually(self, take: Callable[[], Awaitable[T]], until: Callable[[T], bool], **limits: float) -> T:
        """Take again until it is so; see `opscheck.engine.eventually`."""
        return await eventually(_anew(take), until, **limits)  # type: ignore[arg-type] # numbers only, checked there

    async def pause(self, seconds: float) -> None:
        """Wait between two measurements whose difference is judged."""
        await asyncio.sleep(min(seconds, self._means.ceiling))

    async def together(self, *takes: Awaitable[T]) -> tuple[T, ...]:
        """Several measurements at the same time, in the order given."""
        return tuple(await asyncio.gather(*takes))

    async def sample(self, count: int, take: Callable[[], Awaitable[T]]) -> Samples:
        """The same question several times, for answers that vary by nature."""
        anew = _anew(take)
        return Samples(tuple(await asyncio.gather(*(anew() for _ in range(count)))))

    async def _fetch(self, request: Request, *, accept_encoding: str, body_cap: int) -> HttpExchange | Unmeasured:
        """An asset: hashed and let go, so not worth remembering."""
        return await self.http(request, fresh=True, accept_encoding=accept_encoding, body_cap=body_cap)

    def _allowance(self) -> Allowance:
        return Allowance(at_once=min(AT_ONCE, self._budget.limits.concurrency))

    def _caps(self, timeout: float | None, body_cap: int | None) -> Caps:
        caps = self._means.caps
        seconds = min(timeout or caps.timeout, self._means.ceiling)
        return Caps(
            timeout=seconds,
            connect_timeout=min(caps.connect_timeout, seconds),
            body=body_cap or caps.body,
        )

    def _spoken(self, url: str, http2: bool | None) -> bool | None:
        """HTTP/2 as the caller wants it; else where the host file offers it and TLS can negotiate it."""
        return (self._host.http2 and url.startswith("https:")) or None if http2 is None else http2

    async def _ready(self, url: str) -> Unmeasured | None:
        failed = await self._means.preflight.failure(self._host, url)
        if failed is None:
            await self._budget.pace.turn()
            self._budget.spent.requests += 1
        return failed

    async def _once(self, key: str, send: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - what send gives
        known = self._means.memory.get(key)
        if known is None:
            known = asyncio.ensure_future(self._means.share.once(f"request:{key}", send))
            self._means.memory.put(key, known)
        return known.result() if known.done() else await asyncio.shield(known)

    def _count(self) -> None:
        self._budget.spent.requests += 1

    def _count_tokens(self, body: bytes) -> None:
        """Add what the answer says it used; an answer that says nothing is not guessed at."""
        if b'"total_tokens"' not in body:
            return
        try:
            used = json.loads(body)["usage"]["total_tokens"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        if isinstance(used, int) and 0 < used < 10**9:
            self._budget.spent.tokens += used


def _anew(take: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    """The same measurement, asking the host every time."""

    async def again() -> T:
        token = _AGAIN.set(True)
        try:
            return await take()
        finally:
            _AGAIN.reset(token)

    return again


def _digest(request: Request, how: str) -> str:
    """The same for two requests exactly when the host would see the same; keeps no secret."""
    headers = [(name, value.reveal() if isinstance(value, Secret) else value) for name, value in request.headers]
    told = repr((request.method, request.url, headers, request.body, how))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

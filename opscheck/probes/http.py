"""The HTTP probe: one request, its whole answer, and every phase of it told apart."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from opscheck.model import EventStream, Hop, HttpExchange, Kind, Request, TcpConnection, Unmeasured
from opscheck.probes.answer import Answer
from opscheck.probes.failure import Failure, one_line, unforeseen
from opscheck.probes.limits import Caps
from opscheck.probes.names import Names, Resolve, system_resolve
from opscheck.probes.outgoing import as_get, for_other_origin
from opscheck.probes.session import Manner, Session
from opscheck.probes.stream_answer import StreamAnswer
from opscheck.probes.target import shown, without_userinfo
from opscheck.probes.trace import Trace

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
STANDARD: Final = Caps()


class HttpClient:
    """Asks over HTTP; one for each run, for it owns the open connections.

    Nothing it does raises into its caller: what could not be seen comes back as Unmeasured.
    """

    def __init__(
        self, *, caps: Caps = STANDARD, user_agent: str = "opscheck/0.1", resolve: Resolve = system_resolve
    ) -> None:
        self._caps = caps
        self._session = Session(Names(resolve), user_agent.encode("ascii", "replace"))

    async def http(
        self,
        request: Request,
        *,
        caps: Caps | None = None,
        follow_redirects: bool = False,
        http2: bool | None = None,
        accept_encoding: str = "gzip, deflate",
        ca: Path | None = None,
        fresh_connection: bool = False,
    ) -> HttpExchange | Unmeasured:
        """One request and its whole answer; a redirect is an answer unless it is to be followed."""
        caps = caps or self._caps
        encoding = accept_encoding.encode("ascii", "replace")
        manner = Manner(caps, bool(http2), ca, fresh_connection, b"*/*", encoding)
        trace = Trace()
        try:
            async with asyncio.timeout(caps.timeout):
                if follow_redirects:
                    return await self._follow(request, manner, trace)
                return await self._exchange(request, manner, trace)
        except TimeoutError:
            return unmeasured(request, trace, trace.timed_out(caps.timeout))
        except Failure as failure:
            return unmeasured(request, trace, failure)
        except Exception as error:  # noqa: BLE001 - a probe never raises into a run
            return unmeasured(request, trace, unforeseen(error))

    async def _exchange(
        self, request: Request, manner: Manner, trace: Trace, hops: tuple[Hop, ...] = ()
    ) -> HttpExchange:
        target = self._session.target(request.url)
        answer = Answer(request.method, manner.caps, trace)
        reused = await self._session.ask(request, target, answer, manner)
        if answer.failure is not None:
            raise answer.failure
        return exchange(request, target.url, answer, hops, reused=reused)

    async def _follow(self, request: Request, manner: Manner, trace: Trace) -> HttpExchange:
        hops: list[Hop] = []
        while True:
            seen = await self._exchange(request, manner, trace, tuple(hops))
            location = seen.header_values("location")
            if seen.status not in REDIRECTS or not location:
                return seen
            if len(hops) >= manner.caps.redirects:
                raise Failure(Kind.PROTOCOL, f"redirected more than {manner.caps.redirects} times")
            hops.append(Hop(seen.request.url, seen.status, without_userinfo(location[0])))
            request = self._next(request, seen, location[0])
            trace.next_request()

    def _next(self, request: Request, seen: HttpExchange, location: str) -> Request:
        try:
            url = urljoin(request.url, location)
            target = self._session.target(url)
        except ValueError:
            raise Failure(Kind.PROTOCOL, "redirected to a URL that cannot be read") from None
        except Failure as failure:
            raise Failure(failure.kind, f"redirected, but {failure.detail}") from None
        if target.origin != self._session.target(seen.request.url).origin:
            request = for_other_origin(request)
        if seen.status == 303:
            request = as_get(request)
        return replace(request, url=url)

    async def stream(
        self,
        request: Request,
        *,
        caps: Caps | None = None,
        http2: bool | None = None,
        ca: Path | None = None,
        until: str | None = "[DONE]",
    ) -> EventStream | Unmeasured:
        """A server-sent event stream, read until it ends, breaks off, or brings the wanted last event."""
        caps = caps or self._caps
        manner = Manner(caps, bool(http2), ca, fresh=False, accept=b"text/event-stream", encoding=b"gzip, deflate")
        trace = Trace()
        answer = StreamAnswer(request.method, caps, trace, until)
        reused, failure = False, None
        try:
            target = self._session.target(request.url)
            async with asyncio.timeout(caps.timeout):
                reused = await self._session.ask(request, target, answer, manner)
            failure = answer.failure
        except TimeoutError:
            failure = trace.timed_out(caps.timeout)
        except Failure as told:
            failure = told
        except Exception as error:  # noqa: BLE001 - a probe never raises into a run
            failure = unforeseen(error)
        if not answer.begun:
            return unmeasured(request, trace, failure or Failure(Kind.PROTOCOL, "the answer did not begin"))
        ended = failure.kind.value if failure is not None else answer.ended or "closed"
        opening = exchange(request, self._session.target(request.url).url, answer, (), reused=reused)
        return EventStream(opening, tuple(answer.events), tuple(answer.arrivals), ended, answer.retry)

    async def warm(self, url: str, *, caps: Caps | None = None, ca: Path | None = None) -> TcpConnection | Unmeasured:
        """Open a verified connection to the URL's origin and keep it for the next request there."""
        caps = caps or self._caps
        trace = Trace()
        request = Request("GET", url)
        manner = Manner(caps, http2=False, ca=ca, fresh=True, accept=b"", encoding=b"")
        try:
            target = self._session.target(url)
            async with asyncio.timeout(caps.timeout):
                peer = await self._session.warm(target, trace, manner)
        except TimeoutError:
            return unmeasured(request, trace, trace.timed_out(caps.timeout))
        except Failure as failure:
            return unmeasured(request, trace, failure)
        except Exception as error:  # noqa: BLE001 - a probe never raises into a run
            return unmeasured(request, trace, unforeseen(error))
        return TcpConnection(target.address, peer, trace.phases(), trace.at)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._session.aclose()


def exchange(request: Request, url: str, answer: Answer, hops: tuple[Hop, ...], *, reused: bool) -> HttpExchange:
    """The observation of an answer."""
    return HttpExchange(
        request=request if request.url == url else replace(request, url=url),
        status=answer.status,
        reason=answer.reason,
        http_version=answer.version,
        headers=answer.headers,
        body=answer.body,
        raw_length=answer.raw_length,
        phases=answer.trace.phases(),
        at=answer.trace.at,
        redirects=hops,
        reused=reused,
    )


def unmeasured(request: Request, trace: Trace, failure: Failure) -> Unmeasured:
    """The observation of a failure, without the user and password of its URL."""
    url = without_userinfo(request.url)
    where = shown(url)
    known = replace(request, url=url) if where != "[unreadable URL]" else None
    phases = trace.phases()
    if trace.sent and phases.connect is None:
        phases = replace(phases, connect=0.0)  # it went out on an open connection: the peer had been reached
    return Unmeasured(failure.kind, failure.detail, one_line(where), trace.at, phases, request=known)

"""Cases asked twice over: by a page in a browser, and by the probe of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from opscheck.model import HttpExchange, Request
from opscheck.probes.http import HttpClient
from tests.cors.browser import Ask, Told, visited
from tests.cors.case import Case
from tests.cors.cases import CASES
from tests.cors.server import ExactServer, Reply

_NORMALISED = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What both saw of a case.

    Attributes:
        told: what the page got.
        asked_first: the browser sent a preflight.
        preflight, answer: as the probe read them.
        origin: in whose name.
    """

    told: Told
    asked_first: bool
    preflight: HttpExchange
    answer: HttpExchange
    origin: str


def sent(case: Case) -> tuple[str, list[tuple[str, str]]]:
    """Method and headers as a browser sends them."""
    method = case.method.upper() if case.method.upper() in _NORMALISED else case.method
    headers = list(case.headers.items())
    if method not in ("GET", "HEAD") and "Content-Type" not in case.headers:
        headers.append(("content-type", "text/plain;charset=UTF-8"))  # of a body that is a text
    return method, headers


def ask(server: ExactServer, path: str, case: Case) -> Ask:
    """The request of a page to the server."""
    url = f"http://127.0.0.1:{server.port}/{path}"
    return Ask(url=url, method=case.method, headers=case.headers, credentials=case.credentials)


def see_all() -> Mapping[str, Seen]:
    """Every case by name."""
    with ExactServer() as pages, ExactServer() as server:
        for case in CASES:
            preflight = _with_port(case.preflight, pages.port) if case.preflight else None
            server.lay_down(f"/{case.name}", _with_port(case.answer, pages.port), preflight)
        home = f"http://localhost:{pages.port}"
        told = _in_browser(server, home)
        first = {case.name: "OPTIONS" in server.methods(f"/{case.name}") for case in CASES}
        probed = asyncio.run(_by_probe(server, home))
    return {name: Seen(told[name], first[name], *probed[name]) for name in told}


async def exchanges(*requests: Request) -> list[HttpExchange]:
    """Answers as the probe reads them."""
    client = HttpClient()
    seen = [await client.http(request) for request in requests]
    await client.aclose()
    answers = [one for one in seen if isinstance(one, HttpExchange)]
    assert len(answers) == len(requests), seen
    return answers


def _with_port(reply: Reply, port: int) -> Reply:
    return replace(reply, lines=tuple(line.replace(b"PORT", b"%d" % port) for line in reply.lines))


def _in_browser(server: ExactServer, home: str) -> dict[str, Told]:
    told: dict[str, Told] = {}
    with visited() as browser:
        for page, asks in (("plain", browser.ask), ("null", browser.ask_in_sandbox)):
            cases = [case for case in CASES if case.page == page]
            answers = asks(f"{home}/", [ask(server, case.name, case) for case in cases])
            told |= dict(zip((case.name for case in cases), answers, strict=True))
    return told


async def _by_probe(server: ExactServer, home: str) -> dict[str, tuple[HttpExchange, HttpExchange, str]]:
    found = {}
    for case in CASES:
        origin = home if case.page == "plain" else "null"
        method, _ = sent(case)
        url = f"http://127.0.0.1:{server.port}/{case.name}"
        before = Request("OPTIONS", url).with_headers(origin=origin, access_control_request_method=method)
        preflight, answer = await exchanges(before, Request(method, url).with_headers(origin=origin))
        found[case.name] = (preflight, answer, origin)
    return found

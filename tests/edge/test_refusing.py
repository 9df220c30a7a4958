"""What the edge answers itself: in the service's format, with the right status, readable for the pages that may."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from opscheck.model import HttpExchange, Request, Unmeasured
from opscheck.probes.http import HttpClient
from service.running import EmbeddedService
from tests.edge.conftest import ORIGIN, StartEdge
from tests.parts.ca import CertificateAuthority
from tests.parts.edge import Edge

MEBIBYTE = 1024 * 1024
_SOON = {"/api/status/summary": 3.0, "/status/uptime": 3.0, "/ready": 3.0, "/v1/models": 4.0}  # seconds
Raw = Callable[[Edge, bytes], bytes]


def is_own(answer: httpx.Response, status: int, *, origin: str = "") -> bool:
    """Held against everything that every answer of the edge's own has."""
    body = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (body["type"], body["status"], body["code"]) == ("about:blank", status, f"edge_{status}")
    assert body["title"]
    assert body["detail"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Origin"
    assert answer.headers.get_list("access-control-allow-origin") == ([origin] if origin else [])
    assert answer.headers["x-request-id"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["server"] == "nginx"
    return True


@pytest.mark.parametrize(
    ("origin", "reader"),
    [(ORIGIN, ORIGIN), ("", ""), ("https://evil.example", ""), (f"{ORIGIN}.evil.example", ""), ("null", "")],
)
def test_a_dead_service_is_told(dead_edge: Edge, http: httpx.Client, origin: str, reader: str) -> None:
    """502 with the time to come again; pages that may read answers of the service may read this."""
    answer = http.get(f"{dead_edge.url}/ready", headers={"origin": origin} if origin else {})

    assert is_own(answer, 502, origin=reader)
    assert answer.headers["retry-after"] == "5"
    exposed = answer.headers.get("access-control-expose-headers")
    assert exposed == ("Retry-After, X-Request-ID, X-Status-Path" if reader else None)


@pytest.mark.parametrize(
    ("path", "said"), [("/api/status/summary", "api"), ("/status/summary", "legacy"), ("/x", None)]
)
def test_the_status_path_is_told_by_errors_as_well(
    dead_edge: Edge, http: httpx.Client, path: str, said: str | None
) -> None:
    """So that whoever counts requests for the old addresses counts these, too."""
    answer = http.get(dead_edge.url + path)

    assert is_own(answer, 502)
    assert answer.headers.get("x-status-path") == said


def test_openais_clients_find_their_error(dead_edge: Edge, http2: httpx.Client) -> None:
    """Below /v1/ the document has the member that they read, as the service's own errors have."""
    below, elsewhere = (http2.post(dead_edge.url + path, json={}) for path in ("/v1/chat/completions", "/chat"))

    assert is_own(below, 502)
    assert below.json()["error"] == {
        "message": "The service cannot be reached.",
        "type": "api_error",
        "param": None,
        "code": "edge_502",
    }
    assert "error" not in elsewhere.json()


def test_a_frozen_service_is_told_in_time(frozen_edge: Edge, http: httpx.Client) -> None:
    """504: soon where somebody asks how things are, and within the answer's budget elsewhere."""

    def ask(path: str) -> tuple[httpx.Response, float]:
        began = time.monotonic()
        return http.get(frozen_edge.url + path, headers={"origin": ORIGIN}), time.monotonic() - began

    with ThreadPoolExecutor() as pool:
        told = dict(zip(_SOON, pool.map(ask, _SOON), strict=True))
    for path, (answer, took) in told.items():
        assert is_own(answer, 504, origin=ORIGIN)
        assert answer.headers["retry-after"] == "5"
        assert _SOON[path] - 0.5 < took < _SOON[path] + 1.5, path


@pytest.mark.parametrize("size", [MEBIBYTE + 1, 2 * MEBIBYTE])
def test_a_large_body_is_refused_in_words(edge: Edge, http: httpx.Client, size: int) -> None:
    """The client has the answer although it was not heard out."""
    headers = {"origin": ORIGIN, "content-type": "application/json"}

    assert is_own(http.post(f"{edge.url}/v1/agent", content=b"x" * size, headers=headers), 413, origin=ORIGIN)


@pytest.mark.parametrize("http2", [False, True])
def test_opschecks_own_client_sees_the_refusal(edge: Edge, test_ca: CertificateAuthority, http2: bool) -> None:
    """Over either version, which is what the check on it rests on."""

    async def ask() -> HttpExchange | Unmeasured:
        client = HttpClient()
        request = Request("POST", f"{edge.url}/v1/agent").with_body(b"x" * 2 * MEBIBYTE, "application/json")
        try:
            return await client.http(request, http2=http2, ca=test_ca.root)
        finally:
            await client.aclose()

    seen = asyncio.run(ask())

    assert isinstance(seen, HttpExchange), seen
    assert (seen.http_version, seen.status) == ("2" if http2 else "1.1", 413)
    assert json.loads(seen.body)["code"] == "edge_413"


def test_a_body_at_the_limit_reaches_the_service(edge: Edge, http: httpx.Client) -> None:
    """The edge's limit is that of the service: what the one lets through, the other reads."""
    answer = http.post(f"{edge.url}/v1/agent", content=b"x" * MEBIBYTE, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")


def test_who_goes_on_sending_gets_the_answer(edge: Edge, trust: ssl.SSLContext) -> None:
    """A body in pieces, long after the refusal: no reset while it is sent, and the 413 is there to be read."""
    with (
        socket.create_connection(("127.0.0.1", edge.https_port), timeout=15) as plain,
        trust.wrap_socket(plain, server_hostname="127.0.0.1") as tls,
    ):
        tls.sendall(b"POST /v1/agent HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n")
        tls.sendall(b"Content-Length: %d\r\n\r\n" % (2 * MEBIBYTE))
        for _ in range(32):
            tls.sendall(b"x" * (MEBIBYTE // 16))
            time.sleep(0.02)
        answer = b"".join(iter(lambda: tls.recv(65536), b""))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert json.loads(body)["code"] == "edge_413"


def test_a_body_of_unknown_length_is_refused_as_well(edge: Edge, http: httpx.Client) -> None:
    """Once it has become too long; until then nobody can know."""
    pieces = (b"x" * 65536 for _ in range(20))

    answer = http.post(f"{edge.url}/api/status/summary", content=pieces)

    assert is_own(answer, 413)
    assert answer.headers["x-status-path"] == "api"


def test_who_asks_first_need_not_send(edge: Edge, raw: Raw) -> None:
    """With Expect: 100-continue the refusal comes instead of the permission to send."""
    answer = raw(
        edge,
        b"POST /v1/agent HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n" % (2 * MEBIBYTE),
    )

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer


def test_a_crowd_is_told_when_to_come_again(
    start_edge: StartEdge, service: EmbeddedService, http: httpx.Client
) -> None:
    """The burst passes, the rest is 429; the status is never refused; after the wait there is room again."""
    edge = start_edge(service.agent_url, variables={"EDGE_RATE": "2r/s", "EDGE_BURST": "10"})
    headers = {"origin": ORIGIN}
    answers = [http.get(f"{edge.url}/nowhere", headers=headers) for _ in range(20)]
    status = [http.get(f"{edge.url}{path}").status_code for path in ("/api/status/summary", "/ready", "/_up") * 5]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert [answer.status_code for answer in answers[:11]] == [404] * 11
    assert 5 <= len(refused) <= 9
    assert all(is_own(answer, 429, origin=ORIGIN) for answer in refused)
    assert refused[0].headers["retry-after"] == "1"
    assert set(status) == {200}
    time.sleep(1.1)
    assert http.get(f"{edge.url}/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GARBAGE", 400),
        (b"GET /%zz HTTP/1.1", 400),
        (b"GET /../../etc/passwd HTTP/1.1", 400),
        (b"GET / HTTP/3.7", 505),
        (b"TRACE /status/summary HTTP/1.1", 405),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 9000, 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: strange", 501),
    ],
    ids=["garbage", "escape", "traversal", "version", "trace", "long-address", "long-header", "encoding"],
)
def test_what_cannot_be_read_is_an_error_in_the_same_format(
    edge: Edge, raw: Raw, request_line: bytes, status: int
) -> None:
    """Also where there is no address yet, for which nginx alone would answer with a page, or with 500."""
    answer = raw(edge, request_line + b"\r\nHost: a\r\nConnection: close\r\n\r\n")

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nContent-Type: application/problem+json\r\n" in head
    assert json.loads(body)["status"] == status


def test_errors_of_the_service_pass_as_they_are(
    start_edge: StartEdge, gone: EmbeddedService, http: httpx.Client
) -> None:
    """The edge takes no error of the service for its own, and adds nothing to it."""
    edge = start_edge(gone.agent_url)

    answer = http.get(f"{edge.url}/status/summary", headers={"origin": ORIGIN})

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
    assert answer.headers.get_list("access-control-allow-origin") == [ORIGIN]
    assert answer.headers.get_list("x-status-path") == ["legacy"]

"""What passes the edge is what the service said, and the edge adds nothing that the service says itself."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from typing import Any

import httpx
import pytest

from service.running import EmbeddedService
from tests.edge.conftest import EVENTS, GAP_SECONDS, ORIGIN, StartEdge
from tests.parts.edge import Edge

ALLOWED = "access-control-allow-origin"


@pytest.mark.parametrize(("path", "said"), [("/api/status/summary", "api"), ("/status/summary", "legacy")])
@pytest.mark.parametrize("origin", [ORIGIN, "https://evil.example", ""])
def test_the_status_passes_with_its_headers(edge: Edge, http: httpx.Client, path: str, said: str, origin: str) -> None:
    """Status path and caching are told whoever asks; readers are named at most once, and only those that may read."""
    answer = http.get(edge.url + path, headers={"origin": origin} if origin else {})

    assert answer.status_code == 200
    assert answer.headers.get_list("x-status-path") == [said]
    assert answer.headers.get_list("cache-control") == ["no-store"]
    assert answer.headers.get_list(ALLOWED) == ([ORIGIN] if origin == ORIGIN else [])
    assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize("path", ["/", "/status/uptime", "/nowhere", "/v1/models", "/ready"])
def test_no_header_comes_twice(edge: Edge, http: httpx.Client, path: str) -> None:
    """But for Vary, which is a list, and of which edge and service each say their part."""
    answer = http.get(edge.url + path, headers={"origin": ORIGIN})

    twice = {name for name, count in Counter(name for name, _ in answer.headers.multi_items()).items() if count > 1}
    assert twice <= {"vary"}


def test_a_preflight_is_the_services_own(edge: Edge, http: httpx.Client) -> None:
    """Allowed for the one origin, refused for any other; the edge answers none itself."""
    headers = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}

    allowed = http.options(f"{edge.url}/v1/agent", headers={"origin": ORIGIN, **headers})
    refused = http.options(f"{edge.url}/v1/agent", headers={"origin": "https://evil.example", **headers})

    assert (allowed.status_code, allowed.headers.get_list(ALLOWED)) == (204, [ORIGIN])
    assert (refused.status_code, refused.headers.get_list(ALLOWED)) == (403, [])


def test_an_unknown_address_is_the_services_404(edge: Edge, http: httpx.Client) -> None:
    """No page of the edge for everything that nobody has, and nobody sees the edge's own error address."""
    unknown, own = http.get(f"{edge.url}/nowhere"), http.get(f"{edge.url}/.edge_error")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert (own.status_code, own.json()["code"]) == (404, "edge_404")


@pytest.mark.parametrize(("given", "kept"), [("release-42.a:b_c", True), ("x" * 129, False), ('"; drop', False)])
def test_the_request_id_is_one_for_both(edge: Edge, http: httpx.Client, given: str, kept: bool) -> None:
    """A harmless id of the caller is kept, another is replaced; answer and log of the edge tell the same."""
    answer = http.get(f"{edge.url}/healthz", headers={"x-request-id": given})

    told = answer.headers["x-request-id"]
    assert (told == given) is kept
    assert logged(edge, told)["request_id"] == told


def test_http2_is_spoken(edge: Edge, http2: httpx.Client) -> None:
    """With everything else as it is over HTTP/1.1."""
    answer = http2.get(f"{edge.url}/api/status/summary", headers={"origin": ORIGIN})

    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)
    assert answer.headers.get_list(ALLOWED) == [ORIGIN]


@pytest.mark.parametrize("path", ["/", "/assets/badge.js", "/assets/badge.css", "/openapi.json"])
def test_text_is_compressed_for_those_who_ask(
    start_edge: StartEdge, docs: EmbeddedService, http: httpx.Client, path: str
) -> None:
    """With Vary on both forms, and the same text in both."""
    edge = start_edge(docs.agent_url)
    asked = http.get(edge.url + path, headers={"accept-encoding": "gzip"})
    plain = http.get(edge.url + path, headers={"accept-encoding": "identity"})

    assert asked.headers.get("content-encoding") == "gzip"
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in asked.headers["vary"]
    assert "Accept-Encoding" in plain.headers["vary"]
    assert asked.content == plain.content
    with http.stream("GET", edge.url + path, headers={"accept-encoding": "gzip"}) as stream:
        sent = b"".join(stream.iter_raw())
    assert len(sent) < len(plain.content)
    assert gzip.decompress(sent) == plain.content


@pytest.mark.parametrize("path", ["/chat/stream", "/v1/chat/completions", "/elsewhere/asking"])
@pytest.mark.parametrize("version", ["http", "http2"])
def test_events_pass_one_by_one(teller_edge: Edge, request: pytest.FixtureRequest, path: str, version: str) -> None:
    """Uncompressed, and as far apart as they were sent: where answers are streamed, and wherever the service asks."""
    client: httpx.Client = request.getfixturevalue(version)
    with client.stream("GET", teller_edge.url + path, headers={"accept-encoding": "gzip"}) as answer:
        arrivals = [time.monotonic() for piece in answer.iter_raw() if piece]

    assert "content-encoding" not in answer.headers
    assert len(arrivals) > EVENTS // 2  # a busy machine reads two at a time now and then
    assert arrivals[-1] - arrivals[0] > GAP_SECONDS * (EVENTS - 1) / 2


def test_a_real_completion_streams(edge: Edge, http: httpx.Client) -> None:
    """The service's own stream arrives in pieces and ends with [DONE]."""
    body = {"model": "default", "stream": True, "messages": [{"role": "user", "content": "tell me of the sea and sky"}]}
    with http.stream("POST", f"{edge.url}/v1/chat/completions", json=body) as answer:
        pieces = [piece for piece in answer.iter_raw() if piece]

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert len(pieces) > 3
    assert pieces[-1].rstrip().endswith(b"data: [DONE]")


def test_both_logs_are_written(edge: Edge, http: httpx.Client) -> None:
    """One line each, the combined one as programs that count expect it, the other as JSON whatever callers send."""
    agent = 'probe "quoted" \\ \t\xff'.encode("latin-1")
    http.get(f"{edge.url}/status/uptime?from=log-test", headers=[(b"user-agent", agent)])

    line = logged(edge, "from=log-test")
    combined = next(one for one in edge.access_log.read_text().splitlines() if "from=log-test" in one)
    assert (line["status"], line["status_path"], line["upstream_status"], line["own"]) == (200, "legacy", "200", "")
    assert float(line["upstream_seconds"]) <= line["seconds"] + 0.01
    assert line["agent"].startswith('probe "quoted" \\ \t')
    assert '"GET /status/uptime?from=log-test HTTP/1.1" 200' in combined
    assert combined.startswith("127.0.0.1 - - [")


def test_health_of_the_edge_itself(dead_edge: Edge, http: httpx.Client) -> None:
    """Over TLS and over plain HTTP, without anybody behind it, and without a line in the log for each look."""
    for base in (dead_edge.url, dead_edge.plain_url):
        answer = http.get(f"{base}/_up")

        assert (answer.status_code, answer.json()) == (200, {"status": "pass"})
        assert answer.headers["content-type"] == "application/json"
    assert http.get(f"{dead_edge.url}/_up").headers["cache-control"] == "no-store"
    assert "/_up" not in dead_edge.access_log.read_text()


def logged(edge: Edge, part: str) -> dict[str, Any]:
    """The line of the JSON log that holds this; nginx writes it once the answer has gone out."""
    ends = time.monotonic() + 5
    while time.monotonic() < ends:
        lines = [line for line in edge.json_log.read_text(errors="replace").split("\n")[:-1] if part in line]
        if lines:
            found: dict[str, Any] = json.loads(lines[0])
            return found
        time.sleep(0.02)
    raise AssertionError(f"no line with {part} in {edge.json_log}")

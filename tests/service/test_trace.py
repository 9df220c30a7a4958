"""Traces: taken from the caller, kept in the log, told to whoever is called."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.logs import FileLog
from service.running import EmbeddedService
from service.trace import enter, leave, to_pass_on, trace_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "header", [f"00-{TRACE}-{SPAN}-01", f" 00-{TRACE}-{SPAN}-00 ", f"01-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01-new"]
)
def test_a_caller_s_trace_is_kept(header: str) -> None:
    """Also that of a later version, whose first fields are the same."""
    taken = trace_of(header.encode())

    assert taken.trace_id == TRACE
    assert taken.span_id != SPAN
    assert taken.parent == f"00-{TRACE}-{taken.span_id}-{taken.flags}"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        TRACE,
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\r\nx: y",
        "é" * 55,
    ],
)
def test_any_other_header_begins_a_trace(header: str | None) -> None:
    """By the rules of W3C Trace Context: a header that is not valid is as good as none."""
    taken = trace_of(header.encode("latin-1") if header is not None else None)

    assert len(taken.trace_id) == 32
    assert taken.trace_id not in (TRACE, "0" * 32)
    assert trace_of(None).trace_id != taken.trace_id


def test_outside_of_a_request_nothing_is_passed_on() -> None:
    """A call that nobody asked for belongs to no trace."""
    assert to_pass_on() == {}
    token = enter(trace_of(f"00-{TRACE}-{SPAN}-01".encode()))
    try:
        assert to_pass_on()["traceparent"].startswith(f"00-{TRACE}-")
    finally:
        leave(token)
    assert to_pass_on() == {}


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[tuple[EmbeddedService, Path]]:
    """Give a service that writes a log file."""
    path = tmp_path / "service.log"
    log = FileLog(path)
    with EmbeddedService(log=log) as service:
        yield service, path
    log.close()


def lines_of(path: Path, least: int = 1, **wanted: str) -> list[dict[str, Any]]:
    """Give the lines of a log that have these values; a line is written behind its answer, so they are waited for."""
    ends = time.monotonic() + 10
    while True:
        every = [json.loads(line) for line in path.read_text().splitlines()]
        found = [line for line in every if all(line.get(key) == value for key, value in wanted.items())]
        if len(found) >= least or time.monotonic() > ends:
            return found
        time.sleep(0.02)


def test_the_line_of_a_request_joins_id_and_trace(logged: tuple[EmbeddedService, Path]) -> None:
    """One line has both, with what became of the request."""
    service, path = logged
    headers = {"x-request-id": "ours-1", "traceparent": f"00-{TRACE}-{SPAN}-01"}

    httpx.get(f"{service.agent_url}/api/status/uptime", headers=headers, trust_env=False)

    (line,) = lines_of(path, request_id="ours-1")
    assert (line["trace_id"], line["event"], line["status"], line["level"]) == (TRACE, "request", 200, "info")
    assert line["span_id"] not in (SPAN, "")
    assert line["timestamp"].endswith("Z")


def test_a_trace_goes_on_in_the_service_that_is_called(logged: tuple[EmbeddedService, Path]) -> None:
    """The page fetcher, called for a tool, logs the trace of the agent's caller, under a span of its own."""
    service, path = logged
    call = {"name": "web_fetch", "args": {"url": "http://nothing.invalid/"}}
    body = {"prompt": "look it up", "metadata": {"tools": ["web_fetch"], "tool_calls": [call]}}

    headers = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    httpx.post(f"{service.agent_url}/v1/agent", json=body, headers=headers, trust_env=False, timeout=30)

    lines = lines_of(path, 2, trace_id=TRACE, event="request")
    assert {line["route"] for line in lines} == {"/fetch", "/v1/agent"}
    assert len({line["span_id"] for line in lines}) == 2


def test_requests_of_others_are_in_traces_of_their_own(logged: tuple[EmbeddedService, Path]) -> None:
    """Nothing of one request's trace is left for the next one on the same connection."""
    service, path = logged
    with httpx.Client(base_url=service.agent_url, trust_env=False) as http:
        http.get("/healthz", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})
        http.get("/healthz")
        http.get("/healthz")

    assert len({line["trace_id"] for line in lines_of(path, 3, route="/healthz")}) == 3


def test_what_is_told_after_the_end_is_dropped(tmp_path: Path) -> None:
    """A request that ends after the log was closed is no error."""
    log = FileLog(tmp_path / "a.log")
    log.info("first", text="a\x7f\u202e")
    log.warning("second")
    log.error("third", status=500)
    log.close()
    log.info("fourth")

    lines = [json.loads(line) for line in (tmp_path / "a.log").read_text().splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("first", "info"),
        ("second", "warning"),
        ("third", "error"),
    ]
    assert (tmp_path / "a.log").read_bytes().isascii()

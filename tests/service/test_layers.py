"""Request ids, security headers, log lines, metrics, documents: what every answer passes through."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from service.chat import Completion, Message
from service.logs import make_log
from service.running import EmbeddedService
from service.settings import Settings

from .conftest import Run
from .test_streaming import SlowProvider


class BrokenProvider(SlowProvider):
    """Fails in a way that nobody foresaw."""

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Raise."""
        del messages, max_tokens
        raise ZeroDivisionError("secret /etc/passwd")


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Read a plain exposition into values by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parse_plain(text)
        for sample in family.samples
    }


def read_openmetrics(text: str) -> list[Metric]:
    """Read an exposition by the strict parser."""
    read: Callable[[str], Iterable[Metric]] = parse_openmetrics
    return list(read(text))


@pytest.mark.parametrize("given", ["abc-123", "0" * 128])
def test_a_harmless_request_id_is_echoed(service: EmbeddedService, http: httpx.Client, given: str) -> None:
    """A caller's id comes back."""
    answer = http.get(f"{service.agent_url}/healthz", headers={"x-request-id": given})

    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "<script>", "x" * 129, "é", "../x"])
def test_any_other_request_id_is_replaced(service: EmbeddedService, http: httpx.Client, given: str) -> None:
    """What could harm a log or a header is not echoed."""
    answer = http.get(f"{service.agent_url}/nowhere", headers={b"x-request-id": given.encode("latin-1")})

    assert len(answer.headers["x-request-id"]) == 32


def test_security_headers_are_on_every_answer(service: EmbeddedService, http: httpx.Client) -> None:
    """Success and error alike forbid sniffing, and no server software is named."""
    for path in ("/healthz", "/nowhere"):
        headers = http.get(service.agent_url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_an_unforeseen_error_is_a_problem_with_everything_around_it(run: Run, http: httpx.Client) -> None:
    """A defect answers 500 as a problem that CORS lets through, counted, and without its text."""
    service = run(provider_object=BrokenProvider(), allowed_origins=("https://app.example.org",))
    answer = http.post(
        f"{service.agent_url}/v1/agent", json={"prompt": "x"}, headers={"origin": "https://app.example.org"}
    )

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "https://app.example.org"
    assert "Origin" in answer.headers["vary"]
    assert answer.headers["x-request-id"]
    assert "secret" not in answer.text
    found = samples(http.get(f"{service.agent_url}/metrics").text)
    labels = (("method", "POST"), ("route", "/v1/agent"), ("status", "500"))
    assert found["http_requests_total", labels] == 1


def test_metrics_count_by_template_and_registered_name(run: Run, http: httpx.Client) -> None:
    """No caller can add a label value: paths, methods and tools that are unknown fall together."""
    service = run()
    for number in range(5):
        http.get(f"{service.agent_url}/nowhere/{number}")
        http.request("PROPFIND", f"{service.agent_url}/healthz")
    calls = [f"tool-{number}" for number in range(5)]
    http.post(f"{service.agent_url}/v1/agent", json={"prompt": "x", "metadata": {"tool_calls": calls}})
    http.get(f"{service.agent_url}/ready")
    answer = http.get(f"{service.agent_url}/metrics")
    found = samples(answer.text)

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    unmatched = (("method", "GET"), ("route", "unmatched"), ("status", "404"))
    assert found["http_requests_total", unmatched] == 5
    routes = {dict(labels)["route"] for name, labels in found if name == "http_requests_total"}
    assert routes <= {"unmatched", "/healthz", "/v1/agent", "/ready"}
    assert {dict(labels)["method"] for name, labels in found if name == "http_requests_total"} == {
        "GET",
        "OTHER",
        "POST",
    }
    assert found["agent_tool_calls_total", (("name", "unknown"), ("status", "missing"))] == 5
    assert found["status_ready", (("service", "agent"),)] == 1
    assert found["llm_requests_total", (("provider", "embedded"), ("status", "ok"))] == 1
    assert found["llm_tokens_total", (("kind", "prompt"),)] > 0
    assert any(name == "http_request_duration_seconds_bucket" for name, _ in found)
    assert any(name == "build_info" for name, _ in found)


def test_openmetrics_is_given_when_asked_for(service: EmbeddedService, http: httpx.Client) -> None:
    """The strict parser of OpenMetrics takes the exposition."""
    answer = http.get(f"{service.agent_url}/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.text.endswith("# EOF\n")
    assert {family.name for family in read_openmetrics(answer.text)} >= {"http_requests", "status_ready"}


def test_two_services_count_apart(run: Run, http: httpx.Client, tmp_path: Any) -> None:  # noqa: ANN401 - a path
    """Each application has a registry of its own."""
    first, second = run(), run(state_dir=tmp_path / "other")
    http.get(f"{first.agent_url}/healthz")

    assert 'route="/healthz"' not in http.get(f"{second.agent_url}/metrics").text


def test_log_lines_are_json_and_inert() -> None:
    """Controls, line breaks and bidirectional marks never reach the log as such."""
    stream = io.StringIO()
    log = make_log("INFO", stream)
    log.info("request", path="a\r\nb\x1b[31m\x7f\u202e\u2028")
    raw = stream.getvalue()

    assert raw.count("\n") == 1
    assert raw.isascii()
    assert "\x1b" not in raw
    assert "\x7f" not in raw
    assert json.loads(raw)["path"] == "a\r\nb\x1b[31m\x7f\u202e\u2028"


def test_a_request_is_one_log_line_and_the_level_holds() -> None:
    """A request's line has id, method, route, status and duration; at WARNING it is not written."""
    from service.app import create_webfetch_app  # noqa: PLC0415 - only this test serves without a socket

    async def ask(level: str) -> str:
        stream = io.StringIO()
        app = create_webfetch_app(Settings(), log=make_log(level, stream))
        transport = httpx.ASGITransport(app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://test") as client,
            app.router.lifespan_context(app),
        ):
            await client.get("/healthz", headers={"x-request-id": "log-1"})
        return stream.getvalue()

    line = json.loads(asyncio.run(ask("INFO")))
    assert (line["request_id"], line["method"], line["route"], line["status"]) == ("log-1", "GET", "/healthz", 200)
    assert line["duration_ms"] >= 0
    assert asyncio.run(ask("WARNING")) == ""


@pytest.mark.parametrize("enabled", [False, True])
def test_documents_are_served_only_when_wanted(run: Run, http: httpx.Client, *, enabled: bool) -> None:
    """Interactive documents and the schema exist exactly when they are switched on."""
    service = run(docs_enabled=enabled)
    codes = {http.get(service.agent_url + path).status_code for path in ("/docs", "/redoc", "/openapi.json")}

    assert codes == ({200} if enabled else {404})

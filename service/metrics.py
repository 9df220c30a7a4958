"""The numbers that a Prometheus server scrapes, in a registry of the application's own."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics


class Metrics:
    """All series of one application. Labels take only values from closed sets."""

    def __init__(self, *, service: str, version: str, sha: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests", "HTTP requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "Time to the end of the answer.",
            ["method", "route"],
            registry=self.registry,
        )
        self.ready = Gauge("status_ready", "1 when ready, else 0.", ["service"], registry=self.registry)
        self.llm_requests = Counter(
            "llm_requests", "Calls of the language model.", ["provider", "status"], registry=self.registry
        )
        self.llm_tokens = Counter("llm_tokens", "Tokens used.", ["kind"], registry=self.registry)
        self.tool_calls = Counter(
            "agent_tool_calls", "Tool calls by outcome.", ["name", "status"], registry=self.registry
        )
        build = Gauge("build_info", "What is running.", ["service", "version", "sha"], registry=self.registry)
        build.labels(service, version, sha).set(1)
        self.ready.labels(service).set(0)

    def set_ready(self, service: str, *, ready: bool) -> None:
        """Say whether the service is ready."""
        self.ready.labels(service).set(1 if ready else 0)

    def llm_request(self, provider: str, status: str) -> None:
        """Count a call of the language model; `status` is `ok` or an error's code."""
        self.llm_requests.labels(provider, status).inc()

    def tokens(self, prompt: int, completion: int) -> None:
        """Count the tokens of an exchange."""
        self.llm_tokens.labels("prompt").inc(prompt)
        self.llm_tokens.labels("completion").inc(completion)

    def tool_call(self, name: str, status: str) -> None:
        """Count a tool call."""
        self.tool_calls.labels(name, status).inc()

    def render(self, accept: str) -> tuple[bytes, str]:
        """Give the exposition and its content type: OpenMetrics when asked for, else the plain text format."""
        if "application/openmetrics-text" in accept:
            render: Callable[[CollectorRegistry], bytes] = openmetrics.generate_latest
            return render(self.registry), openmetrics.CONTENT_TYPE_LATEST
        return generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4

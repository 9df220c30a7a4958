"""Defects that the checks of the status summary have to find."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any, Final

from tests.faults.answers import Document, answering, editing
from tests.faults.asgi import Wrap, as_it_is, both
from tests.faults.fault import Fault, fault
from tests.faults.parts import NoMemory
from tests.faults.requests import refusing, waiting
from tests.faults.status_wraps import (
    LEGACY,
    SUMMARY,
    beside,
    gauge,
    instead,
    readiness,
    rewriting,
    summary,
    told,
    unready,
    without,
)

_CHAT: Final = "/v1/chat/completions"
SHA: Final = "3f8e4190c1d2a7b65e4f3c2b1a09f8e7d6c5b4a3"
PAGE: Final = "https://app.example.org"
_MODEL: Final = "embedded-extractive"
_COUNTERS: Final = re.compile(rb"^(http|llm)_requests_total\{.*\n", re.MULTILINE)
_CALLS: Final = re.compile(rb"^(llm_requests_total\{[^}]*\}) (\S+)$", re.MULTILINE)
_SETTINGS: Final = {
    "build_sha": SHA,
    "build_time": datetime(2026, 1, 1, 8, tzinfo=UTC),
    "allowed_origins": (PAGE,),
}
TOML: Final = f"""
[hosts.HOST.expect.build]
sha = "{SHA[:12]}"
[hosts.HOST.expect.cors]
allowed = ["{PAGE}"]
"""
# What can be judged only on a summary that can be read.
READ: Final = (
    "status-coherent status-path status-alias status-served-path status-no-store status-agreement status-serves "
    "status-gauge build-released build-time"
)
_NO_CHAT: Final = refusing(_CHAT, b"", 503, {"title": "Service Unavailable", "detail": "no language model"})
_HOST_DOWN: Final[Mapping[str, Any]] = {
    "llm.ollama": "down",
    "llm.primary_model_present": None,
    "primary.model_present": None,
    "primary.models_sample": [],
    "llm.reason": "connect_error",
    "primary.last_error": "connect_error",
}
_ABSENT: Final[Mapping[str, Any]] = {
    "llm.primary_model_present": False,
    "primary.model_present": False,
    "primary.models_sample": [],
    "llm.reason": "model_missing",
    "primary.last_error": "model_missing",
}
_TICKS: Final = cycle(range(60))
_FALLBACK: Final[Mapping[str, Any]] = {"llm.openai": "configured", "openai_configured": True}


def status_fault(
    name: str,
    red: str,
    agent: Wrap = as_it_is,
    *,
    settings: Mapping[str, Any] | None = None,
    toml: str = TOML,
    **more: Any,  # noqa: ANN401 - fields of a fault
) -> Fault:
    """A fault of a service whose build and pages are known."""
    return fault(name, red, agent=agent, settings={**_SETTINGS, **(settings or {})}, toml=toml, **more)


def _path(path: str, *changes: Mapping[str, Any]) -> Wrap:
    """Summary and readiness agree on another path."""
    merged = {name: value for one in changes for name, value in one.items()}
    return both(told({"llm.path": path, **merged}), readiness({"llm.path": path}))


def _errors_beside() -> Wrap:
    """A server error is counted with every completion, at an address that the completion asks by itself."""
    seen = 0

    def answered(status: int, document: Document) -> tuple[int, Document]:
        nonlocal seen
        seen += 1
        return status, document

    def counted(body: bytes) -> bytes:
        return body + b'http_requests_total{method="GET",route="/inner",status="500"} %d\n' % seen

    return both(editing(_CHAT, answered), rewriting("/metrics", counted))


def _without(document: Document, name: str) -> Document:
    return {key: value for key, value in document.items() if key != name}


def _twice(body: bytes) -> bytes:
    return _CALLS.sub(lambda line: line[1] + b" " + repr(2 * float(line[2])).encode(), body)


_SUMMARY: Final = (
    status_fault(
        "summary-error",
        "status-summary status-ready",
        summary(lambda _, document: (500, document)),
        shows="summary-error status-unavailable",
        blind=READ,
    ),
    status_fault(
        "summary-not-json",
        "status-summary",
        rewriting(SUMMARY, lambda body: body.replace(b"true", b"True")),
        blind=READ + " status-ready status-mask",
    ),
    status_fault(
        "summary-field-missing",
        "status-summary",
        summary(lambda status, document: (status, {**document, "llm": _without(document["llm"], "model")})),
    ),
    status_fault("summary-field-type", "status-summary", told({"llm.primary_model_present": "yes"})),
    status_fault(
        "summary-path-unknown",
        "status-summary",
        _path("unknown"),
        blind="status-path status-ready status-serves",
    ),
    status_fault("summary-late", "status-summary", waiting(SUMMARY, 1.4), slo={"status_seconds": 1}),
    status_fault("ok-against-ready", "status-coherent", told({"ok": False})),
    status_fault(
        "ready-without-rag",
        "status-coherent status-ready status-agreement",
        told({"rag.ok": False, "rag.db": "down"}),
    ),
    status_fault("ready-without-model", "status-coherent", _path("warming", _ABSENT)),
    status_fault(
        "unready-unexplained",
        "status-coherent status-ready",
        unready({}),
        shows="unready-unexplained status-not-ready",
    ),
    status_fault(
        "reason-untold",
        "status-coherent",
        _path("fallback", _HOST_DOWN, _FALLBACK, {"llm.reason": None, "primary.last_error": None}),
    ),
    status_fault("rag-against-itself", "status-coherent", told({"rag.db": "down"})),
)
_PATH: Final = (
    status_fault("path-without-model", "status-path", told({**_ABSENT, "llm.reason": None})),
    status_fault("path-without-host", "status-path", told({"llm.ollama": "down"})),
    status_fault("path-not-primary", "status-path", _path("fallback", _FALLBACK, {"llm.reason": "timeout"})),
    status_fault("path-not-warming", "status-path", _path("fallback", _FALLBACK, _ABSENT)),
    status_fault("path-without-fallback", "status-path", _path("fallback", _HOST_DOWN)),
    status_fault(
        "path-ignores-fallback",
        "status-path status-ready",
        both(unready({**_HOST_DOWN, **_FALLBACK}, "down"), _NO_CHAT),
        shows="path-ignores-fallback status-path-down",
        blind="metrics-count",
    ),
    status_fault("path-of-disabled", "status-path", told({"primary.enabled": False})),
    status_fault("presence-by-prefix", "status-path", told({"primary.models_sample": [f"{_MODEL}-tiny"]})),
    status_fault("presence-against-list", "status-path", told({"primary.models_sample": ["another:latest"]})),
    status_fault("state-told-twice", "status-path", told({"primary.model_present": False})),
    status_fault("status-rag-down", "status-ready", made={"vectors": NoMemory()}),
    status_fault(
        "model-host-gone",
        "status-ready",
        settings={"provider": "openai", "llm_model": "m", "llm_base_url": "http://127.0.0.1:9/v1"},
        shows="status-path-down",
        blind="metrics-count",
    ),
    status_fault(
        "status-warming-over-budget",
        "status-ready",
        unready({**_ABSENT, "llm.since": (datetime.now(UTC) - timedelta(minutes=20)).isoformat()}, "warming"),
    ),
)
_ADDRESSES: Final = (
    status_fault(
        "summary-alias-differs", "status-alias", editing(LEGACY, lambda code, body: (code, {**body, "ok": False}))
    ),
    status_fault(
        "summary-alias-broken", "status-alias", rewriting(LEGACY, lambda _: b"<!doctype html><title>App</title>")
    ),
    status_fault("served-path-missing", "status-served-path", without(b"x-status-path")),
    status_fault("served-path-wrong", "status-served-path", instead(b"x-status-path", b"legacy")),
    status_fault("served-path-lost", "status-served-path", without(b"x-status-path", with_origin_only=True)),
    status_fault("no-store-missing", "status-no-store", without(b"cache-control")),
    status_fault("no-store-lost", "status-no-store", without(b"cache-control", with_origin_only=True)),
    status_fault("summary-cacheable", "status-no-store", instead(b"cache-control", b"public, max-age=60")),
    status_fault("summary-from-cache", "status-no-store", beside(b"age", b"120")),
    status_fault("summary-two-types", "status-no-store", beside(b"content-type", b"text/html")),
)
_TRUTH: Final = (
    status_fault("ready-disagrees", "status-agreement", readiness({"ready": False, "status": "fail"})),
    status_fault("rag-disagrees", "status-agreement", readiness({"checks.vectors": [{"status": "fail"}]})),
    status_fault("path-disagrees", "status-agreement", readiness({"llm.path": "fallback"})),
    status_fault(
        "build-disagrees",
        "status-agreement",
        editing("/api/status/uptime", lambda code, body: (code, {**body, "build": {"sha": "unknown"}})),
    ),
    status_fault("path-claims-to-serve", "status-serves", _NO_CHAT, blind="metrics-count"),
    status_fault(
        "path-down-and-answers",
        "status-serves status-ready",
        unready({**_HOST_DOWN, "reasons": ["llm: connection refused"]}, "down"),
        shows="path-down-and-answers status-path-down",
    ),
    status_fault(
        "path-down-breaks",
        "status-serves status-ready",
        both(
            unready({**_HOST_DOWN, "reasons": ["llm: connection refused"]}, "down"),
            refusing(_CHAT, b"", 500, b"Internal Server Error"),
        ),
        shows="path-down-breaks status-path-down",
        blind="metrics-count",
    ),
    status_fault(
        "served-by-other",
        "status-serves",
        editing(_CHAT, lambda code, body: (code, {**body, "_served_by": "fallback"})),
    ),
    status_fault(
        "report-unreadable",
        "status-cors-report",
        editing("/api/status/cors", lambda code, body: (code, _without(body, "allowed_origins"))),
    ),
    status_fault(
        "listed-origin-refused",
        "status-cors-report",
        editing("/api/status/cors", lambda code, body: (code, {**body, "allowed_origins": ["https://b.example"]})),
    ),
    status_fault(
        "unlisted-origin-allowed",
        "status-cors-report",
        editing("/api/status/cors", lambda code, body: (code, {**body, "allowed_origins": []})),
    ),
    status_fault(
        "allow-all-untrue",
        "status-cors-report",
        editing("/api/status/cors", lambda code, body: (code, {**body, "allow_all": True})),
    ),
)
_METRICS: Final = (
    status_fault(
        "metrics-unreadable", "status-gauge", answering("/metrics", {"req": 5, "5xx": 0}), blind="metrics-count"
    ),
    status_fault(
        "gauge-missing",
        "status-gauge",
        rewriting("/metrics", lambda body: re.sub(rb"(?m)^status_ready.*\n", b"", body)),
    ),
    status_fault("gauge-disagrees", "status-gauge", gauge(0)),
    status_fault("requests-uncounted", "metrics-count", rewriting("/metrics", lambda body: _COUNTERS.sub(b"", body))),
    status_fault("counted-twice", "metrics-count", rewriting("/metrics", _twice)),
    status_fault("counted-as-error", "metrics-count", _errors_beside()),
)
_BUILD: Final = (
    status_fault("other-build", "build-released", toml=TOML.replace(SHA[:12], "0" * 12)),
    status_fault("build-unknown", "build-released", settings={"build_sha": "local"}),
    status_fault("build-time-unreadable", "build-time", told({"build.time": "yesterday"})),
    status_fault("build-time-of-request", "build-time", told({"build.time": lambda: datetime.now(UTC).isoformat()})),
    status_fault(
        "build-time-moves", "build-time", told({"build.time": lambda: f"2026-01-01T08:00:{next(_TICKS) % 60:02}Z"})
    ),
    status_fault("build-time-future", "build-time", settings={"build_time": datetime(2100, 1, 1, tzinfo=UTC)}),
)

STATUS: Final[tuple[Fault, ...]] = (*_SUMMARY, *_PATH, *_ADDRESSES, *_TRUTH, *_METRICS, *_BUILD)
STATUS_UNBROKEN: Final[tuple[Fault, ...]] = (status_fault("unbroken-status", ""),)

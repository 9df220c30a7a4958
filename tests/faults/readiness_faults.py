"""Defects that liveness and readiness checks have to find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.answers import Document, Edit, answering, answering_anything, editing
from tests.faults.asgi import Wrap, both
from tests.faults.fault import Fault, fault
from tests.faults.parts import NoMemory
from tests.faults.requests import blocking, waiting


def _ready(edit: Edit) -> Wrap:
    """Readiness, changed under both of its addresses."""
    return both(editing("/ready", edit), editing("/api/ready", edit))


def _checks(change: Callable[[Document], Any]) -> Wrap:
    """The dependencies of readiness, changed."""

    def edit(status: int, document: Document) -> tuple[int, Document]:
        change(document["checks"])
        return status, document

    return _ready(edit)


def _warming(_status: int, document: Document) -> tuple[int, Document]:
    since = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    document["checks"]["llm"][0]["status"] = "warn"
    llm = {**document["llm"], "path": "warming", "since": since}
    return 503, {**document, "status": "fail", "ready": False, "llm": llm}


def _hiding(_status: int, document: Document) -> tuple[int, Document]:
    document["checks"]["webfetch"][0]["status"] = "pass"
    return 200, {**document, "status": "pass", "ready": True}


_CONSTANT = {"status": "ok"}
_PAGE = answering_anything({"status": "pass"}, "application/health+json")

READINESS: tuple[Fault, ...] = (
    fault(
        "liveness-not-found",
        "liveness",
        blind="truthful-readiness",
        webfetch=answering("/healthz", {"detail": "Not Found"}, 404),
    ),
    fault("liveness-slow", "liveness", agent=blocking("/healthz", 1.0), slo={"liveness_seconds": 0.7}),
    fault("liveness-hangs", "liveness", webfetch=waiting("/healthz", 60), slo={"liveness_seconds": 0.7}),
    fault("liveness-says-down", "liveness", agent=answering("/healthz", {"status": "down"})),
    fault("liveness-is-a-page", "liveness", agent=answering("/healthz", b"<!doctype html>", content_type="text/html")),
    fault(
        "ready-200-while-down",
        "readiness",
        agent=_ready(lambda _, document: (200, {**document, "status": "fail", "ready": False})),
    ),
    fault("ready-503-while-pass", "readiness", agent=_ready(lambda _, document: (503, document))),
    fault("warming-over-budget", "readiness", agent=_ready(_warming)),
    fault("ready-hangs", "readiness", agent=waiting("/ready", 1.4), slo={"ready_seconds": 1}),
    fault("not-ready", "readiness agent-steps", made={"vectors": NoMemory()}),
    fault(
        "ready-constant",
        "readiness-dependencies",
        agent=both(answering("/ready", _CONSTANT), answering("/api/ready", _CONSTANT)),
    ),
    fault("dependency-unnamed", "readiness-dependencies", agent=_checks(lambda checks: checks.pop("llm"))),
    fault(
        "dependency-unbounded",
        "readiness-dependencies",
        agent=_checks(lambda checks: checks["llm"][0].update(observedValue=60_000)),
    ),
    fault(
        "ready-hides-outage",
        "truthful-readiness tool-result",
        blind="liveness fetch-failure fetch-private",
        agent=_ready(_hiding),
        fetcher_stopped=True,
    ),
    fault(
        "ready-invents-outage",
        "truthful-readiness",
        agent=_ready(
            lambda status, document: (
                status,
                {**document, "status": "warn", "checks": {**document["checks"], "webfetch": [{"status": "fail"}]}},
            )
        ),
    ),
    fault("answers-200-to-anything", "readiness-decoy", agent=_PAGE),
    fault(
        "alias-disagrees",
        "readiness-alias",
        agent=editing("/api/ready", lambda status, document: (status, {**document, "status": "warn"})),
    ),
)

"""What a summary means for whoever is on call."""

from datetime import timedelta
from typing import Any

import pytest

from opscheck.checks.status_ready import status_ready
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, NOW, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import state, summary

ID = "status-ready"


def judged(answer: HttpExchange) -> Verdict:
    """With ten minutes for a model to load."""
    return status_ready(answer, warming_minutes=10)


def since(minutes: float) -> dict[str, Any]:
    """A model that has been loading for so long."""
    return {**state("warming"), "llm.since": (NOW - timedelta(minutes=minutes)).isoformat()}


@pytest.mark.proof(check=ID, outcome="PASS")
def test_ready_on_the_primary_path_passes() -> None:
    """Nothing has to be done."""
    assert judged(summary()).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (state("fallback", ready=True), "the fallback answers in place of the primary model: 'connect_error'"),
        (state("fallback", ready=False), "the fallback answers"),
        (since(4), "the model is loading: 6 of 10 minutes left"),
        ({**state("warming"), "llm.since": None}, "since when cannot be told"),
        ({**since(4), "ready": True, "ok": True}, "6 of 10 minutes left"),
    ],
)
def test_what_needs_patience_is_degraded(changes: dict[str, Any], reason: str) -> None:
    """A fallback serves; a model is loading within its budget."""
    verdict = judged(summary(changes))

    assert verdict.outcome is Outcome.DEGRADED
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "status-unavailable", http(b"<h1>502</h1>", 502, content_type="text/html"), "no summary: the address"),
        red(ID, "status-unavailable", summary(status=500), "answers 500", name="500"),
        red(
            ID,
            "status-rag-down",
            summary({"ok": False, "ready": False, "rag.ok": False, "reasons": ["vectors: no such table"]}),
            "retrieval is down: rag.ok is false: 'vectors: no such table'",
        ),
        red(ID, "status-rag-down", summary({**since(1), "rag.ok": False}), "retrieval is down", name="warming"),
        red(ID, "status-path-down", summary(state("down")), "no language model: the path is down"),
        red(ID, "status-warming-over-budget", summary(since(25)), "loading for 25 minutes, its budget is 10"),
        red(ID, "status-not-ready", summary({"ok": False, "ready": False}), "the summary does not say why"),
        red(
            ID,
            "status-not-ready",
            summary({"ok": False, "ready": False, "reasons": ["sqlite: locked"]}),
            "not ready on the primary path: 'sqlite: locked'",
            name="told",
        ),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """Nobody answers, retrieval is down, no model, a model that never comes, not ready."""
    verdict = judged(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict; of a path that nobody promised nothing can be said."""
    assert judged(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert judged(summary({"llm.path": "unknown"})).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """What is no summary cannot be judged, and the verdict says so."""
    verdict = judged(http(body))

    assert verdict.outcome is Outcome.UNMEASURED
    assert is_complete(verdict)

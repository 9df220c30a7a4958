"""Several addresses have to give one answer to one question."""

from typing import Any

import pytest

from opscheck.checks.status_agreement import status_agreement
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import SHA, state, summary

ID = "status-agreement"
RAG_DOWN = {"ok": False, "ready": False, "rag.ok": False, "rag.db": "down"}


def health(code: int = 200, **changes: Any) -> HttpExchange:  # noqa: ANN401 - whatever is changed
    """A readiness document of a service that is well."""
    made = {
        "status": "pass",
        "ready": True,
        "checks": {"vectors": [{"status": "pass"}], "llm": [{"status": "pass"}]},
        "llm": {"path": "primary"},
        "build": {"sha": SHA},
    }
    return http(made | changes, code)


def judged(answer: HttpExchange, other: HttpExchange) -> Verdict:
    """Beside another address."""
    return status_agreement(answer, other, name="readiness")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("answer", "other"),
    [
        (summary(), health()),
        (summary(), health(status="warn")),
        (summary(), health(build={"sha": SHA[:7].upper()})),
        (summary(), http({"ok": True, "rag": {"ok": True, "chunks": 12}})),
        (summary(), http({"ok": True, "checks": {"rag_db": {"ok": True}}})),
        (summary(), http({"uptime_seconds": 5, "build": {"sha": SHA}})),
        (summary(RAG_DOWN), http({"detail": {"ok": False, "checks": {"rag_db": {"ok": False}}}}, 503)),
        (summary(state("down")), health(503, status="fail", ready=False, llm={"path": "down"})),
    ],
)
def test_one_answer_passes(answer: HttpExchange, other: HttpExchange) -> None:
    """Whatever both tell is the same, in whatever form it is told."""
    assert judged(answer, other).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "other", "reason"),
    [
        red(ID, "ready-disagrees", summary(RAG_DOWN), http({"ok": True}), "differ on ready: false and true"),
        red(ID, "ready-disagrees", summary(), health(503, ready=False, status="fail"), "true and false", name="503"),
        red(ID, "rag-disagrees", summary(), http({"ok": True, "rag": {"ok": False}}), "retrieval: true and false"),
        red(ID, "rag-disagrees", summary(), health(checks={"vectors": [{"status": "fail"}]}), "retrieval", name="v"),
        red(ID, "path-disagrees", summary(), health(llm={"path": "fallback"}), "path: 'primary' and 'fallback'"),
        red(ID, "build-disagrees", summary(), http({"build": {"sha": "unknown"}}), "build: '3f8e4190"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, other: HttpExchange, reason: str) -> None:
    """Two answers to the same question."""
    verdict = judged(answer, other)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("answer", "other"),
    [(summary(), refused()), (refused(), health()), (summary(status=502), health()), (summary(), health(404))],
)
def test_what_was_not_reached_is_unmeasured(answer: Any, other: Any) -> None:  # noqa: ANN401 - also what was not seen
    """A refused connection is no verdict, and neither is an error."""
    assert judged(answer, other).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """What tells nothing cannot be compared."""
    verdict = judged(summary(), http(body))

    assert verdict.outcome is Outcome.UNMEASURED
    assert is_complete(verdict)

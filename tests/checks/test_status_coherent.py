"""The summary must not contradict itself."""

from typing import Any

import pytest

from opscheck.checks.status_coherent import status_coherent
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import GONE, state, summary

ID = "status-coherent"
RAG_DOWN = {"ok": False, "ready": False, "rag.ok": False, "rag.db": "down"}


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "ready"),
        (RAG_DOWN, "rag.ok is false"),
        (state("warming"), "the path is warming, the primary model is absent"),
        (state("warming", ready=True, llm__openai="configured", openai_configured=True), "ready"),
        (state("fallback", ready=True), "ready"),
        (state("fallback", reasons=[]), "the path is fallback"),
        (state("down"), "the path is down"),
        ({"ok": False, "ready": False, "reasons": ["sqlite: locked"]}, "'sqlite: locked'"),
        ({"ok": GONE}, "ready"),
        ({"rag.db": "./data/rag.sqlite"}, "ready"),
        ({**state("down"), "llm.reason": None}, "the path is down"),
        ({**RAG_DOWN, "rag.db": "up"}, "rag.ok is false"),
    ],
)
def test_what_fits_passes(changes: dict[str, Any], told: str) -> None:
    """Not ready is no contradiction where the summary says why, and the verdict names it."""
    verdict = status_coherent(summary(changes))

    assert verdict.outcome is Outcome.PASS
    assert told in verdict.reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "ok-against-ready", summary({"ok": False}), "ok is false and ready is true"),
        red(ID, "ok-against-ready", summary({**state("down"), "ok": True}), "ok is true and ready", name="down"),
        red(ID, "ready-without-rag", summary({"rag.ok": False, "rag.db": "down"}), "while rag.ok is false"),
        red(ID, "ready-without-model", summary(state("down", ready=True)), "the path is down"),
        red(ID, "ready-without-model", summary(state("warming", ready=True)), "the path is warming", name="warming"),
        red(ID, "unready-unexplained", summary({"ok": False, "ready": False}), "reasons tells nothing"),
        red(
            ID,
            "reason-untold",
            summary({**state("down"), "llm.reason": None, "primary.last_error": None}),
            "the path is down and neither llm.reason nor primary.last_error says why",
        ),
        red(
            ID,
            "reason-untold",
            summary({**state("fallback", ready=True), "llm.reason": "", "primary": GONE}),
            "the path is fallback",
            name="fallback",
        ),
        red(ID, "rag-against-itself", summary({"rag.db": "down"}), "rag.ok is true while rag.db is 'down'"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """Two parts that cannot both be so, or something that is not well and not explained."""
    verdict = status_coherent(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict, and neither is an address that holds no summary."""
    assert status_coherent(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers
    assert status_coherent(summary(status=502)).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """What is no summary cannot be judged, and the verdict says so."""
    verdict = status_coherent(http(body))

    assert verdict.outcome is Outcome.UNMEASURED
    assert is_complete(verdict)

"""The summary has to come in time, with every field of its type."""

from typing import Any

import pytest

from opscheck.checks.status_summary import status_summary
from opscheck.model import HttpExchange, Outcome, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import GONE, document, state, summary

ID = "status-summary"


def judged(answer: HttpExchange | Unmeasured) -> Verdict:
    """Within two seconds."""
    return status_summary(answer, seconds=2)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"metrics_hint": {"fields": []}, "llm.ready_probe": None},
        {"llm.primary_model_present": None},
        {"build.time": "unknown"},
        {"primary": GONE, "reasons": GONE, "tooltip": GONE},
        *(state(path, ready=path in ("primary", "fallback")) for path in ("primary", "warming", "fallback", "down")),
    ],
)
def test_what_clients_read_is_enough(changes: dict[str, Any]) -> None:
    """Further fields, an unknown presence, and a service that is not ready change nothing."""
    assert judged(summary(changes)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "summary-error", summary(status=503), "answers 503"),
        red(ID, "summary-error", http(b"<h1>502</h1>", 502, content_type="text/html"), "answers 502", name="edge"),
        red(ID, "summary-not-json", http(b"<html>", content_type="text/html"), "not JSON", name="page"),
        red(ID, "summary-not-json", http([document()]), "a JSON array, not an object", name="array"),
        red(ID, "summary-not-json", http(b'{"ok": true, "ok": false}'), "same key twice", name="twice"),
        red(ID, "summary-field-missing", summary({"build": GONE}), "build.sha is missing", name="build"),
        red(ID, "summary-field-missing", summary({"llm.primary_model_present": GONE}), "primary_model_present is miss"),
        red(ID, "summary-field-type", summary({"ready": "true"}), "ready is 'true' (a JSON string), not true or false"),
        red(ID, "summary-field-type", summary({"rag.ok": 1}), "rag.ok is 1 (a JSON number)", name="number"),
        red(ID, "summary-field-type", summary({"llm.model": None}), "llm.model is None", name="null"),
        red(ID, "summary-field-type", summary({"llm": ["primary"]}), "llm.path is missing", name="list"),
        red(ID, "summary-path-unknown", summary({"llm.path": "unknown"}), "which is none of primary"),
        red(ID, "summary-path-unknown", summary({"llm.path": "Primary"}), "which is none of primary", name="case"),
        red(ID, "summary-late", summary(seconds=2.4), "the summary took 2.4 s"),
        red(ID, "summary-late", hung(4.0), "does not come within its budget", name="hung"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange | Unmeasured, reason: str) -> None:
    """An error, a body that is no summary, a field that is not there, a word that nobody knows, an answer too late."""
    verdict = judged(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), refused("prod:agent:refused"), hung(0.5)])
def test_what_was_not_reached_is_unmeasured(seen: Unmeasured) -> None:
    """A refused connection is no verdict, and neither is a wait that was cut short."""
    assert judged(seen).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    verdict = judged(http(body))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)

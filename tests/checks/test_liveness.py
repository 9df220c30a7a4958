"""Liveness is an answer within its budget that does not deny itself."""

import pytest

from opscheck.checks.liveness import liveness
from opscheck.model import HttpExchange, Outcome, Unmeasured
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "liveness"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "body", [{"status": "ok", "detail": None}, {"status": "pass"}, {"ok": True}, b"ok", b"", b"<p>"]
)
def test_an_answer_within_the_budget_passes(body: object) -> None:
    """Whatever the body is, as long as it does not say down."""
    verdict = liveness(http(body), seconds=1)

    assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "liveness-not-found", http({"detail": "Not Found"}, 404), "liveness answers 404: 'Not Found'"),
        red(ID, "liveness-not-found", http(b"", 302), "liveness answers 302", name="redirect"),
        red(ID, "liveness-slow", http({"status": "ok"}, seconds=4.0), "liveness took 4 s"),
        red(ID, "liveness-hangs", hung(2.0), "the process hangs"),
        red(ID, "liveness-hangs", hung(2.0, reused=True), "the process hangs", name="hangs-on-an-open-connection"),
        red(ID, "liveness-says-down", http({"status": "DOWN"}), "its body says status 'DOWN'"),
        red(ID, "liveness-says-down", http({"ok": False}), "its body says ok False", name="not-ok"),
        red(ID, "liveness-says-down", http(b"down\n"), "its body says 'down'", name="plain-text"),
        red(ID, "liveness-is-a-page", http(b"<!doctype html>", content_type="text/html"), "a page for people"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange | Unmeasured, reason: str) -> None:
    """Each way of not being alive fails, and says which it is."""
    verdict = liveness(answer, seconds=1)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), refused(cause="here:agent:refused"), hung(0.4)])
def test_what_was_not_reached_is_unmeasured(seen: Unmeasured) -> None:
    """A refused connection is no verdict, nor is a wait that was cut off before the budget."""
    verdict = liveness(seen, seconds=1)

    assert verdict.outcome is Outcome.UNMEASURED
    assert verdict.cause == seen.cause


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert liveness(http(body), seconds=1).reason

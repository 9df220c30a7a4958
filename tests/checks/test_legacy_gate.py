"""The gate has to know an address that is gone from one that lives on."""

import pytest

from opscheck.checks.legacy_gate import legacy_gate
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, refused
from tests.checks.legacy_answers import ANNOUNCED, SUCCESSOR, old
from tests.checks.proofs import is_complete, red

ID = "legacy-gate"


def leading(status: int, *places: str) -> HttpExchange:
    """A redirect."""
    return old(b"", status, headers=[("location", place) for place in places])


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("status", [404, 410, 401, 403])
@pytest.mark.parametrize("gate", [True, False])
def test_an_address_that_is_gone_passes(status: int, gate: bool) -> None:
    """Gone, or nobody is let in."""
    assert legacy_gate(old({}, status), gate=gate, successor=SUCCESSOR).outcome is Outcome.PASS


@pytest.mark.parametrize("place", [SUCCESSOR, f"https://service.example{SUCCESSOR}?from=old", "../api/status/summary"])
@pytest.mark.parametrize("status", [301, 308])
def test_a_redirect_to_the_successor_for_good_passes(status: int, place: str) -> None:
    """Whoever follows it does not use the old address any more."""
    assert legacy_gate(leading(status, place), gate=True, successor=SUCCESSOR).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (old(), "the gate is off; the old address still answers, announced until 2099-01-01"),
        (old(headers=()), "still answers, and says no date of its end"),
        (old(headers=[("sunset", "soon")]), "and says no date of its end"),
        (leading(302, "/"), "leads somewhere else"),
        (old({}, 405), "answers neither as before nor as one that is gone"),
    ],
)
def test_without_the_gate_it_may_answer(answer: HttpExchange, told: str) -> None:
    """A system that has not cut over is green, and it is told until when."""
    verdict = legacy_gate(answer, gate=False, successor=SUCCESSOR)

    assert verdict.outcome is Outcome.PASS
    assert told in verdict.reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "legacy-answers", old(), "still answers: 200"),
        red(ID, "legacy-answers", old(b"", 204), "still answers: 204", name="empty"),
        red(ID, "legacy-answers", old(b"<html>", content_type="text/html", headers=()), "answers: 200", name="page"),
        red(ID, "legacy-redirects", leading(302, SUCCESSOR), "not for good: 302"),
        red(ID, "legacy-redirects", leading(301, "/"), "somewhere else, or not for good: 301", name="elsewhere"),
        red(ID, "legacy-redirects", leading(301, "/status/summary/"), "not for good: 301", name="itself"),
        red(ID, "legacy-redirects", leading(301), "not for good: 301", name="nowhere"),
        red(ID, "legacy-redirects", leading(308, "http://[x\x1b/"), "not for good: 308", name="hostile"),
        red(ID, "legacy-half-gone", old({}, 405), "neither as before nor as one that is gone: 405"),
        red(ID, "legacy-half-gone", old({}, 400), "gone: 400", name="bad request"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """With the gate on, the first answer that is none of a given-up address is red."""
    verdict = legacy_gate(answer, gate=True, successor=SUCCESSOR)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("answer", [refused(), old({}, 502), old({}, 503), old({}, 429)])
@pytest.mark.parametrize("gate", [True, False])
def test_what_cannot_be_judged_is_unmeasured(answer: HttpExchange, gate: bool) -> None:
    """An outage, or too many requests, says nothing of the address."""
    verdict = legacy_gate(answer, gate=gate, successor=SUCCESSOR)

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, a 2xx is an answer."""
    verdict = legacy_gate(old(body, headers=ANNOUNCED), gate=True, successor=SUCCESSOR)

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)

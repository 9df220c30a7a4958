"""Caches are told where an answer depends on the origin."""

import pytest

from opscheck.checks.cors_vary import cors_vary
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, refused
from tests.checks.crossings import answer, crossing, crossings, shares
from tests.checks.proofs import is_complete, red

ID = "cors-vary"
GOOD = answer(shares())
REFUSED = answer({"vary": "Accept-Encoding, origin"})
MUTE = answer()
LOUD = answer({"access-control-allow-origin": "https://app.example.org"})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("allowed", "foreign", "nobody"),
    [
        (GOOD, REFUSED, REFUSED),
        (GOOD, answer({"vary": ["Accept", "Origin"]}), answer({"vary": "*"})),
        (MUTE, MUTE, MUTE),
        (answer({"access-control-allow-origin": "*"}),) * 3,
        (LOUD, LOUD, LOUD),  # one fixed origin, whoever asks
        (GOOD, answer({"vary": "Origin"}, 403), REFUSED),
    ],
)
def test_what_caches_can_keep_passes(allowed: HttpExchange, foreign: HttpExchange, nobody: HttpExchange) -> None:
    """Vary on all of them, or the same permission for all of them."""
    seen = crossings(crossing("allowed", allowed), crossing("foreign", foreign), crossing("none", nobody))

    assert cors_vary(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("kind", "status", "answers", "reason"),
    [
        red(ID, "vary-missing", "ok", 200, (LOUD, MUTE, MUTE), "no answer says Vary: Origin"),
        red(ID, "vary-not-on-refusals", "ok", 200, (GOOD, MUTE, REFUSED), "which is not allowed"),
        red(ID, "vary-not-without-origin", "ok", 200, (GOOD, REFUSED, MUTE), "without an origin"),
        red(ID, "vary-not-on-errors", "missing", 404, (LOUD, MUTE, MUTE), "no answer says Vary: Origin"),
        red(ID, "vary-missing", "ok", 200, (LOUD, REFUSED, REFUSED), "the answer to https://app", name="on-allowed"),
        red(ID, "vary-missing", "ok", 200, (LOUD, answer({"vary": "Origins"}), MUTE), "no answer", name="other-word"),
    ],
)
def test_a_fault_is_found(kind: str, status: int, answers: tuple[HttpExchange, ...], reason: str) -> None:
    """An answer that a cache would give to the wrong page."""
    allowed, foreign, nobody = (answer(dict(one.headers[1:]), status) for one in answers)
    taken = crossing("allowed", allowed), crossing("foreign", foreign), crossing("none", nobody)
    verdict = cors_vary(crossings(*taken, kind=kind))

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """One that is missing could have been the one that differs."""
    seen = crossings(crossing("allowed", GOOD), crossing("foreign", REFUSED), crossing("none", refused()))

    assert cors_vary(seen).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize(("role", "status"), [("none", 403), ("allowed", 302), ("foreign", 503)])
def test_an_answer_of_another_status_is_not_taken_for_it(role: str, status: int) -> None:
    """Another answer may be kept by caches in another way."""
    verdict = cors_vary(crossings(crossing("allowed", GOOD), crossing(role, answer({"vary": "Origin"}, status))))

    assert verdict.outcome is Outcome.UNMEASURED
    assert str(status) in verdict.reason


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """Only the headers are judged."""
    assert cors_vary(crossings(crossing("none", answer(body=body)))).outcome is Outcome.PASS

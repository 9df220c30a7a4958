"""Samples of the current address have to say that it answered itself."""

import pytest

from opscheck.checks.legacy_answered_by import legacy_answered_by
from opscheck.model import HttpExchange, Outcome, Samples, Unmeasured
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "legacy-answered-by"


def answer(*said: str, status: int = 200, body: object = b"{}") -> HttpExchange:
    """One sample."""
    return http(body, status, headers=[("x-status-path", one) for one in said])


def samples(*taken: HttpExchange | Unmeasured) -> Samples:
    """Several of them."""
    return Samples(taken)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "taken",
    [
        samples(*[answer("api")] * 5),
        samples(answer("API"), answer(" api "), answer("api", "api"), answer("api, api")),
        samples(answer("api"), answer("api", status=503)),
    ],
)
def test_the_current_path_passes(taken: Samples) -> None:
    """Whatever the status, every answer came by the current path."""
    verdict = legacy_answered_by(taken)

    assert verdict.outcome is Outcome.PASS
    assert verdict.observed == f"{len(taken.taken)} api"


@pytest.mark.parametrize(
    ("taken", "reason"),
    [
        red(ID, "answered-by-legacy", samples(answer("api"), answer("legacy")), "1 of 2 answers of the current"),
        red(ID, "answered-by-legacy", samples(*[answer("Legacy")] * 3), "3 of 3 answers", name="all"),
        red(ID, "answered-by-legacy", samples(answer("api", "legacy")), "came by 'api, legacy'", name="both"),
        red(ID, "answered-by-legacy", samples(answer("\x1b[31m")), "1 of 1", name="hostile"),
        red(ID, "answered-by-legacy", samples(answer("legacy", status=500), answer()), "1 of 2", name="and nobody"),
        red(ID, "answered-by-nobody", samples(answer("api"), answer()), "1 of 2 answers do not say"),
        red(ID, "answered-by-nobody", samples(answer(""), answer(", ")), "2 of 2 answers do not say", name="empty"),
        red(ID, "answered-by-nobody", samples(answer(status=404)), "1 of 1 answers do not say", name="not found"),
    ],
)
def test_a_fault_is_found(taken: Samples, reason: str) -> None:
    """One answer of the old path is enough, and so is one that says nothing."""
    verdict = legacy_answered_by(taken)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "taken",
    [
        refused(),
        samples(refused(), refused("prod:agent:refused")),
        samples(refused(), hung()),
        samples(answer("api"), answer(status=502)),
        samples(),
    ],
)
def test_what_says_nothing_is_unmeasured(taken: Samples) -> None:
    """Not reached, an edge's own error, or not asked because that would be a use of the old address."""
    assert legacy_answered_by(taken).outcome is Outcome.UNMEASURED


def test_not_asked_is_told() -> None:
    """Whoever set the addresses up has to mend them."""
    verdict = legacy_answered_by(samples())

    assert "a use of the old one" in verdict.reason
    assert "endpoints.status_summary" in verdict.remedy


def test_a_sample_that_is_missing_is_degraded() -> None:
    """The rest came by the current path."""
    verdict = legacy_answered_by(samples(answer("api"), hung()))

    assert verdict.outcome is Outcome.DEGRADED
    assert is_complete(verdict)


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_matters(body: bytes) -> None:
    """The header tells, whatever else a server sends."""
    assert legacy_answered_by(samples(answer("api", body=body))).outcome is Outcome.PASS
    assert legacy_answered_by(samples(answer(body=body))).outcome is Outcome.FAIL

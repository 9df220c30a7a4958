"""A failed fetch is an error, and soon."""

import pytest

from opscheck.checks.fetch_failure import fetch_failure
from opscheck.model import HttpExchange, Outcome, Unmeasured
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "fetch-failure"
TOLD = {"detail": "the host's name cannot be resolved", "code": "dns_failure"}


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("status", [400, 422, 502, 504])
def test_an_error_that_says_so_passes(status: int) -> None:
    """Whichever error it is, as long as it has a sentence."""
    assert fetch_failure(http(TOLD, status), seconds=3).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "fetch-failure-200", http({"item": {"ok": False, "error": "no such host"}}), "answers 200 for a page"),
        red(ID, "fetch-failure-slow", http(TOLD, 502, seconds=4.5), "took 4.5 s to be told"),
        red(ID, "fetch-failure-slow", hung(5.0), "does not tell that it failed", name="never"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange | Unmeasured, reason: str) -> None:
    """A success that is none and a failure that comes late fail."""
    verdict = fetch_failure(answer, seconds=3)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize("answer", [http({"detail": "Not Found"}, 404), http({}, 500), http(b"Bad Gateway", 502)])
def test_an_error_that_says_nothing_fails(answer: HttpExchange) -> None:
    """No fetcher, or one without a sentence."""
    assert fetch_failure(answer, seconds=3).outcome is Outcome.FAIL


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), hung(1.0), http(TOLD, 401), http(TOLD, 429)])
def test_what_was_not_reached_is_unmeasured(seen: HttpExchange | Unmeasured) -> None:
    """Who could not ask knows nothing of the answer."""
    assert fetch_failure(seen, seconds=3).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert fetch_failure(http(body), seconds=3).outcome is Outcome.FAIL
    assert fetch_failure(http(body, 502), seconds=3).reason

"""A private address is refused before it is tried."""

import pytest

from opscheck.checks.fetch_private import fetch_private
from opscheck.model import HttpExchange, Outcome, Unmeasured
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "fetch-private"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("status", [400, 403, 422])
def test_a_refusal_by_policy_passes(status: int) -> None:
    """Whichever 4xx it is, as long as it does not tell of a connection."""
    assert fetch_private(http({"detail": "the host's address is not public"}, status)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(
            ID, "fetch-reaches-private", http({"item": {"ok": False, "error": "refused"}}), "answers 200 for a private"
        ),
        red(ID, "fetch-reaches-private", http({"detail": "bad gateway"}, 502), "tried to reach", name="tried"),
        red(ID, "fetch-reaches-private", http({"detail": "Connection refused"}, 400), "tried", name="tried-as-400"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """A page, or the error of an attempt, shows that the address is within reach."""
    verdict = fetch_private(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), http({}, 401), http({}, 404), http({}, 429)])
def test_what_was_not_asked_is_unmeasured(seen: HttpExchange | Unmeasured) -> None:
    """An answer that did not look at the address says nothing of it."""
    assert fetch_private(seen).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert fetch_private(http(body)).outcome is Outcome.FAIL
    assert fetch_private(http(body, 403)).reason

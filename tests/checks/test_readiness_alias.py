"""Both addresses of readiness have to tell the same."""

import pytest

from opscheck.checks.readiness_alias import readiness_alias
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "readiness-alias"
READY = http({"status": "pass", "ready": True})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("alias", [READY, http({"ready": True, "status": "PASS", "checks": {}})])
def test_agreement_passes(alias: HttpExchange) -> None:
    """The same code and the same words, whatever else is told."""
    assert readiness_alias(READY, alias).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("alias", "reason"),
    [
        red(
            ID, "alias-disagrees", http({"status": "pass", "ready": True}, 503), "readiness answers 200, its alias 503"
        ),
        red(ID, "alias-disagrees", http({"status": "warn", "ready": True}), "say different things", name="words"),
        red(ID, "alias-disagrees", http(b"<html>"), "cannot be compared", name="page"),
    ],
)
def test_a_fault_is_found(alias: HttpExchange, reason: str) -> None:
    """Another code, other words or another kind of body fails."""
    verdict = readiness_alias(READY, alias)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = readiness_alias(READY, refused())  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    assert readiness_alias(READY, http(body)).outcome is Outcome.FAIL

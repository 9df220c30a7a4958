"""An address that nobody serves has to look like one."""

import pytest

from opscheck.checks.readiness_decoy import readiness_decoy
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "readiness-decoy"
READY = http({"status": "pass"}, content_type="application/health+json")
PAGE = http(b"<html>", content_type="text/html")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("nowhere", [http({}, 404), http(b"", 302), http(b"", 500)])
def test_an_error_passes(nowhere: HttpExchange) -> None:
    """Whatever is not 2xx cannot be taken for readiness."""
    assert readiness_decoy(READY, nowhere).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("ready", "nowhere"),
    [
        red(ID, "answers-200-to-anything", PAGE, PAGE),
        red(ID, "answers-200-to-anything", READY, http({}, content_type="application/health+json"), name="same-kind"),
        red(ID, "answers-200-to-anything", http(b"ok", content_type=""), http(b"ok"), name="same-body"),
    ],
)
def test_a_fault_is_found(ready: HttpExchange, nowhere: HttpExchange) -> None:
    """A catch-all that answers as readiness does fails."""
    verdict = readiness_decoy(ready, nowhere)

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="DEGRADED")
def test_another_kind_of_answer_degrades() -> None:
    """A page for everything deceives whoever looks at the code alone."""
    assert readiness_decoy(READY, PAGE).outcome is Outcome.DEGRADED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = readiness_decoy(READY, refused())  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert readiness_decoy(http(body), http(body)).outcome is Outcome.FAIL

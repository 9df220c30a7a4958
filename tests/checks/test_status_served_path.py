"""X-Status-Path has to name the address that was asked."""

import pytest

from opscheck.checks.status_served_path import status_served_path
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import summary

ID = "status-served-path"
PAGE = "https://app.example.org"


def answer(*served: str, origin: str = "", status: int = 200) -> HttpExchange:
    """A summary with these headers."""
    return summary(headers=[("x-status-path", one) for one in served], origin=origin, status=status)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("seen", "served"),
    [
        (answer("api"), "api"),
        (answer("api", origin=PAGE), "api"),
        (answer("legacy"), "legacy"),
        (answer(status=410), "legacy"),
    ],
)
def test_the_right_word_passes(seen: HttpExchange, served: str) -> None:
    """An old address that is gone has no callers to count."""
    assert status_served_path(seen, served=served).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "served-path-missing", answer(), "X-Status-Path is missing"),
        red(ID, "served-path-wrong", answer("legacy"), "says 'legacy', not api"),
        red(ID, "served-path-wrong", answer("api", "legacy"), "says 'api, legacy', not api", name="two"),
        red(ID, "served-path-wrong", answer("a\x1b[31m"), "not api", name="hostile"),
        red(ID, "served-path-lost", answer(origin=PAGE), "missing for a request with Origin 'https://app.example.org'"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """No header, another word, two words, and none for a page."""
    verdict = status_served_path(seen, served="api")

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), answer(status=502)])
def test_what_was_not_reached_is_unmeasured(seen: HttpExchange) -> None:
    """A refused connection is no verdict, and an edge's error is no summary."""
    assert status_served_path(seen, served="api").outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """The body does not matter."""
    assert status_served_path(http(body), served="api").outcome is Outcome.FAIL

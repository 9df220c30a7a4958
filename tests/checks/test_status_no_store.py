"""No cache may keep the summary."""

import pytest

from opscheck.checks.status_no_store import status_no_store
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import summary

ID = "status-no-store"
PAGE = "https://app.example.org"


def answer(*headers: tuple[str, str], origin: str = "", status: int = 200) -> HttpExchange:
    """A summary with these headers."""
    return summary(headers=headers, origin=origin, status=status)


def control(value: str, origin: str = "") -> HttpExchange:
    """A summary with this Cache-Control."""
    return answer(("cache-control", value), origin=origin)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        control("no-store"),
        control("No-Store, no-cache, must-revalidate, max-age=0"),
        control("no-store", PAGE),
        answer(("cache-control", "no-cache"), ("cache-control", "no-store")),
        answer(("cache-control", "no-store"), ("age", "0")),
    ],
)
def test_no_store_passes(seen: HttpExchange) -> None:
    """However it is written, and whatever stands beside it."""
    assert status_no_store(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "no-store-missing", answer(), "Cache-Control is missing"),
        red(ID, "no-store-lost", answer(origin=PAGE), "missing for a request with Origin 'https://app.example.org'"),
        red(ID, "summary-cacheable", control("public, max-age=60"), "caches may keep the summary"),
        red(ID, "summary-cacheable", control("no-cache"), "caches may keep the summary", name="no-cache"),
        red(ID, "summary-cacheable", control('private="no-store"'), "caches may keep the summary", name="quoted"),
        red(
            ID, "summary-from-cache", answer(("cache-control", "no-store"), ("age", "17")), "lain in a cache: Age '17'"
        ),
        red(
            ID,
            "summary-two-types",
            answer(("cache-control", "no-store"), ("content-type", "text/html")),
            "two Content-Types: 'application/json' and 'text/html'",
        ),
        red(
            ID,
            "summary-two-types",
            answer(("cache-control", "no-store"), ("content-type", "application/json")),
            "two Content-Types: 'application/json' and 'application/json'",
            name="alike",
        ),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """No header, another one, none for a page, an answer that was kept, an answer of two servers."""
    verdict = status_no_store(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), answer(status=502)])
def test_what_was_not_reached_is_unmeasured(seen: HttpExchange) -> None:
    """A refused connection is no verdict, and an edge's error is no summary."""
    assert status_no_store(seen).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """The body does not matter."""
    assert status_no_store(http(body)).outcome is Outcome.FAIL

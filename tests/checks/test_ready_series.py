"""The gauge of readiness, as Prometheus has it."""

from __future__ import annotations

import pytest

from opscheck.checks.ready_series import ready_series
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "ready-series"


def gauges(*told: tuple[str, float]) -> HttpExchange:
    """The gauge of each service."""
    rows = [
        {"metric": {"service": name, "instance": f"{name}-{n}:8000"}, "value": [0, f"{value:g}"]}
        for n, (name, value) in enumerate(told)
    ]
    return http({"status": "success", "data": {"resultType": "vector", "result": rows}})


def judged(seen: HttpExchange) -> Verdict:
    """Two services are expected."""
    return ready_series(seen, services=["agent", "webfetch"])


@pytest.mark.proof(check=ID, outcome="PASS")
def test_services_that_say_ready_pass() -> None:
    """All instances of those that are expected; others may say what they like."""
    assert judged(gauges(("agent", 1), ("agent", 1), ("webfetch", 1), ("other", 0))).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "ready-series-missing", gauges(("agent", 1)), "no gauge status_ready of 'webfetch'"),
        red(ID, "ready-series-missing", gauges(), "of 'agent', 'webfetch'", name="none"),
        red(ID, "ready-series-zero", gauges(("agent", 1), ("webfetch", 0)), "'webfetch' at 'webfetch-1:8000'"),
        red(ID, "ready-series-zero", gauges(("agent", 1), ("agent", 0), ("webfetch", 1)), "agent-1", name="one-of-two"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """The service is named, with its instance."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judged(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judged(http(body)).reason

"""Grafana has the data sources that its dashboards live on."""

from dataclasses import replace

import pytest

from opscheck.checks.grafana_sources import grafana_sources
from opscheck.model import HttpExchange, Outcome, Samples
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "grafana-sources"
LISTED = http([{"uid": "p/1", "name": "Prometheus"}, {"uid": "l", "name": "Loki"}])


def health(uid: str, code: int = 200, **said: str) -> HttpExchange:
    """What Grafana says of a source."""
    answer = http(said or {"status": "OK"}, code)
    return replace(answer, request=replace(answer.request, url=f"http://grafana/api/datasources/uid/{uid}/health"))


WELL = Samples((health("p%2F1"), health("l")))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "healths", [WELL, Samples((health("p%2F1"), health("l", 404, message="Plugin has no health check")))]
)
def test_sources_that_are_well_pass(healths: Samples) -> None:
    """All healthy, or of a kind that has no health."""
    assert grafana_sources(LISTED, healths, names=["Prometheus"]).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("listed", "healths", "reason"),
    [
        red(ID, "grafana-token-refused", http({"message": "Unauthorized"}, 401), Samples(()), "token is refused (401)"),
        red(ID, "grafana-source-missing", http([{"uid": "l", "name": "Loki"}]), WELL, "no data source 'Prometheus'"),
        red(
            ID,
            "grafana-source-unhealthy",
            LISTED,
            Samples((health("p%2F1", 400, status="ERROR", message="refused"), health("l"))),
            "'Prometheus' is not healthy (400): 'refused'",
        ),
        red(
            ID,
            "grafana-source-unhealthy",
            LISTED,
            Samples((health("p%2F1"), health("l", 200, status="ERROR"))),
            "'Loki' is not healthy (200)",
            name="by-its-word",
        ),
    ],
)
def test_a_fault_is_found(listed: HttpExchange, healths: Samples, reason: str) -> None:
    """By the list, and by what Grafana says when it tries."""
    verdict = grafana_sources(listed, healths, names=["Prometheus"])

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a list nor a health that did not come is a broken source."""
    unread = grafana_sources(refused(), WELL, names=[])  # type: ignore[arg-type] # the registry answers for it

    assert unread.outcome is Outcome.UNMEASURED
    assert grafana_sources(LISTED, Samples((refused(),)), names=[]).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever Grafana sends, a source that is wanted is not there."""
    assert grafana_sources(http(body), Samples((http(body),)), names=["Prometheus"]).outcome is Outcome.FAIL

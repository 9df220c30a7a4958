"""Grafana has the dashboards of the runbook, and their panels ask what exists."""

from dataclasses import replace
from typing import Any

import pytest

from opscheck.checks.grafana_dashboards import grafana_dashboards
from opscheck.model import HttpExchange, Outcome, Samples
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "grafana-dashboards"
FOUND = http([{"uid": "ov", "title": "Overview"}, {"uid": "x", "title": "Other"}])
SOURCES = http([{"uid": "prom", "name": "Prometheus"}])


def board(*panels: dict[str, Any], uid: str = "ov", status: int = 200) -> Samples:
    """A dashboard with these panels."""
    answer = http({"dashboard": {"panels": list(panels)}}, status)
    return Samples((replace(answer, request=replace(answer.request, url=f"http://grafana/api/dashboards/uid/{uid}")),))


def panel(source: object, *targets: object) -> dict[str, Any]:
    """A panel that asks a source, and what its queries ask."""
    return {"title": "Rate", "datasource": source, "targets": [{"datasource": one} for one in targets]}


def judge(boards: Samples, found: HttpExchange = FOUND, sources: HttpExchange = SOURCES) -> Any:  # noqa: ANN401 - a verdict
    """The verdict on one dashboard that is named."""
    return grafana_dashboards(found, boards, sources, titles=["Overview"])


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "boards",
    [
        board(panel({"uid": "prom"})),
        board(panel("Prometheus")),
        board(panel({"uid": "${DS_PROMETHEUS}"}), panel({"uid": "-- Grafana --"}), panel(None)),
        board({"type": "row", "panels": [panel({"uid": "prom"}, {"uid": "prom"})]}),
    ],
)
def test_dashboards_with_their_sources_pass(boards: Samples) -> None:
    """By uid, by name as older ones do, by a variable, inside rows."""
    assert judge(boards).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("boards", "found", "sources", "reason"),
    [
        red(ID, "dashboard-missing", board(), http([]), SOURCES, "no dashboard 'Overview'"),
        red(ID, "dashboard-missing", board(), http({"message": "no"}, 403), SOURCES, "token is refused", name="token"),
        red(ID, "dashboard-without-source", board(panel({"uid": "gone"})), FOUND, SOURCES, "'Rate' asks 'gone'"),
        red(
            ID,
            "dashboard-without-source",
            board({"panels": [panel({"uid": "prom"}, {"uid": "gone"})]}),
            FOUND,
            SOURCES,
            "'Rate' asks 'gone'",
            name="in-a-row",
        ),
    ],
)
def test_a_fault_is_found(boards: Samples, found: HttpExchange, sources: HttpExchange, reason: str) -> None:
    """By the search, and by each panel."""
    verdict = judge(boards, found, sources)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a search nor a dashboard that did not come is a missing one."""
    assert judge(board(), found=refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert judge(Samples((refused(),))).outcome is Outcome.UNMEASURED
    assert judge(board(status=500)).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever Grafana sends, the dashboard is not there, or could not be read."""
    assert judge(board(), found=http(body)).outcome is Outcome.FAIL
    boards = board()
    broken = Samples((replace(boards.taken[0], body=body),))  # type: ignore[type-var] # an exchange
    assert judge(broken).outcome is Outcome.UNMEASURED

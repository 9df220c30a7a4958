"""Prometheus scrapes every target, and did so lately."""

from datetime import timedelta
from typing import Any

import pytest

from opscheck.checks.prometheus_targets import prometheus_targets
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, NOW, http, refused
from tests.checks.proofs import is_complete, red

ID = "prometheus-targets"


def target(job: str = "agent", health: str = "up", ago: float = 5, **more: object) -> dict[str, Any]:
    """One active target, scraped every 15 s."""
    return {
        "labels": {"job": job, "instance": f"{job}:8000"},
        "health": health,
        "lastError": "" if health == "up" else "connection refused",
        "lastScrape": (NOW - timedelta(seconds=ago)).isoformat().replace("+00:00", "Z"),
        "scrapeInterval": "15s",
    } | more


def targets(*every: dict[str, Any]) -> HttpExchange:
    """The answer of the API."""
    return http({"status": "success", "data": {"activeTargets": list(every), "droppedTargets": []}})


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen", [targets(target()), targets(target(), target("worker", scrapeInterval="1m30s", ago=80))]
)
def test_targets_that_are_up_pass(seen: HttpExchange) -> None:
    """Each by its own interval."""
    assert prometheus_targets(seen, jobs=["agent"]).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "target-down", targets(target(), target("bot", "down")), "'bot' at 'bot:8000' is 'down': 'connection"),
        red(ID, "target-down", targets(target(health="unknown")), "is 'unknown'", name="never-scraped"),
        red(ID, "scrape-stale", targets(target(ago=120)), "last scraped 120 s ago, every 15 s is due"),
        red(ID, "job-missing", targets(target("other")), "job agent has no target"),
        red(ID, "no-targets", targets(), "nothing is scraped"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """The target is named, with its last error."""
    verdict = prometheus_targets(seen, jobs=["agent"])

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert prometheus_targets(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert prometheus_targets(http(body)).reason

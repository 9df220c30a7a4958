"""What is scraped has to bring samples."""

from __future__ import annotations

import pytest

from opscheck.checks.prometheus_samples import prometheus_samples
from opscheck.model import HttpExchange, Outcome, Samples, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "prometheus-samples"
NOTHING = http({"status": "success", "data": {"resultType": "vector", "result": []}})


def scraped(**samples: float) -> HttpExchange:
    """How many samples each job brought."""
    rows = [
        {"metric": {"job": job, "instance": f"{job}:9100"}, "value": [0, str(count)]} for job, count in samples.items()
    ]
    return http({"status": "success", "data": {"resultType": "vector", "result": rows}})


def judged(seen: HttpExchange, *asked: HttpExchange | Unmeasured) -> Verdict:
    """With a series that is expected of a worker."""
    return prometheus_samples(seen, Samples(asked), series=["worker: tasks_total"])


@pytest.mark.proof(check=ID, outcome="PASS")
def test_targets_that_bring_samples_pass() -> None:
    """Each target some, and the expected series among them."""
    assert judged(scraped(worker=40, bot=1), scraped(worker=1)).outcome is Outcome.PASS
    assert prometheus_samples(scraped(bot=1), Samples(())).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "asked", "reason"),
    [
        red(ID, "silent-exporter", scraped(worker=9, bot=0), scraped(worker=1), "'bot' at 'bot:9100' is up and"),
        red(ID, "job-series-missing", scraped(worker=9), NOTHING, "job 'worker' has no series 'tasks_total'"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, asked: HttpExchange, reason: str) -> None:
    """The target, or the job and the series, are named."""
    verdict = judged(seen, asked)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_seen_is_unmeasured() -> None:
    """Neither a refused connection nor a server that has scraped nothing yet is a silent exporter."""
    assert judged(refused(), NOTHING).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert judged(scraped(worker=3), refused()).outcome is Outcome.UNMEASURED
    for status in (401, 422, 503):
        assert judged(scraped(worker=3), http({"status": "error"}, status)).outcome is Outcome.UNMEASURED
    assert prometheus_samples(NOTHING, Samples(())).outcome is Outcome.UNMEASURED


def test_an_error_of_the_api_is_no_missing_series() -> None:
    """A query that was refused says nothing of the series."""
    error = http({"status": "error", "error": "parse error"}, 400)

    assert judged(scraped(worker=3), error).outcome is not Outcome.FAIL
    assert judged(error, error).outcome is Outcome.FAIL


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judged(http(body), http(body)).reason
    assert judged(scraped(worker=1), http(body)).reason

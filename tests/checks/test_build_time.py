"""The time of the build has to be that of the build."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opscheck.checks.build_time import build_time
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, NOW, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import GONE, summary

ID = "build-time"
LATER = timedelta(seconds=1.2)


def judged(first: object, later: object) -> Verdict:
    """Two summaries with these times, the second taken 1.2 seconds behind the first."""
    answers = [summary({"build.time": time}) for time in (first, later)]
    return build_time(answers[0], replace(answers[1], at=NOW + LATER))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("2026-01-01T08:00:00Z", "2026-01-01T08:00:00Z"),
        ("2026-01-01T08:00:00Z", "2026-01-01T09:00:00+01:00"),
        ("2026-01-02T12:04:00Z", "2026-01-02T12:04:00Z"),
    ],
)
def test_a_time_that_stays_passes(first: str, later: str) -> None:
    """However it is written, and with a clock that is a little fast."""
    assert judged(first, later).outcome is Outcome.PASS


def test_a_build_that_does_not_know_its_time_is_degraded() -> None:
    """To say so is no lie."""
    verdict = judged("unknown", "unknown")

    assert verdict.outcome is Outcome.DEGRADED
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("first", "later", "reason"),
    [
        red(ID, "build-time-unreadable", "yesterday", "yesterday", "'yesterday', no instant with a zone"),
        red(ID, "build-time-unreadable", "2026-01-01T08:00:00", "2026-01-01T08:00:00", "no instant", name="no-zone"),
        red(ID, "build-time-unreadable", 1767254400, 1767254400, "no instant", name="number"),
        red(ID, "build-time-unreadable", "", "", "no instant", name="empty"),
        red(ID, "build-time-of-request", NOW.isoformat(), (NOW + LATER).isoformat(), "is the time of the request"),
        red(ID, "build-time-of-request", NOW.isoformat(), NOW.isoformat(), "time of the request", name="kept"),
        red(ID, "build-time-moves", "2026-01-01T08:00:00Z", "2026-01-01T08:00:01Z", "build.time moves"),
        red(ID, "build-time-future", "2026-01-02T13:00:00Z", "2026-01-02T13:00:00Z", "60 minutes in the future"),
    ],
)
def test_a_fault_is_found(first: object, later: object, reason: str) -> None:
    """No instant, the clock of the request, two builds, a time that has not come yet."""
    verdict = judged(first, later)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize("first", [summary({"build": GONE}), summary({"build.time": GONE})])
def test_no_time_at_all_is_found(first: HttpExchange) -> None:
    """A field that is missing is no instant either."""
    assert build_time(first, first).outcome is Outcome.FAIL


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert build_time(summary(), refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers
    assert build_time(summary(status=502), summary()).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """What is no summary cannot be judged, and the verdict says so."""
    verdict = build_time(summary(), http(body))

    assert verdict.outcome is Outcome.UNMEASURED
    assert is_complete(verdict)

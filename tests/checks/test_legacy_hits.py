"""No hit means something only where the logs could tell of one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opscheck.checks.legacy_hits import legacy_hits
from opscheck.model import Outcome, Unmeasured
from opscheck.model.access_log import AccessLogCount, Hit, LogFile, Tally
from tests.checks.answers import HOSTILE, NOW, refused
from tests.checks.legacy_answers import counted
from tests.checks.proofs import is_complete, red

ID = "legacy-hits"


def log(**more: object) -> AccessLogCount:
    """No hit, in a log that differs in this."""
    whole = counted().files[0]
    return counted(files=(replace(whole, **more),))  # type: ignore[arg-type] # the fields of a log


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("gate", [True, False])
def test_no_hit_in_logs_that_cover_the_time_passes(gate: bool) -> None:
    """It is told how many lines that rests on, and how many requests were opscheck's own."""
    verdict = legacy_hits(counted(), gate=gate)

    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "no request for /status/ in 1000 lines (2 of opscheck itself)"


def test_without_the_gate_hits_are_told() -> None:
    """Before the end clients may still ask."""
    verdict = legacy_hits(counted(3), gate=False)

    assert verdict.outcome is Outcome.DEGRADED
    assert is_complete(verdict)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        red(ID, "legacy-hits", counted(3), ("3 requests for /status/", "2026-01-02 11:00:00 +0000 by 'curl/8.5.0'")),
        red(ID, "legacy-hits", counted(1), ("1 request for", "curl/8.5.0"), name="one"),
        red(ID, "legacy-hits", counted(2, files=()), ("2 requests",), name="not covered"),
        red(ID, "legacy-hits", counted(2, latest=None), ("2 requests", "at an unknown time"), name="no latest"),
    ],
)
def test_a_fault_is_found(count: AccessLogCount, told: tuple[str, ...]) -> None:
    """With the gate on one hit is enough, whether the logs cover the time or not; path, day and agent are told."""
    verdict = legacy_hits(count, gate=True)

    assert verdict.outcome is Outcome.FAIL
    assert all(one in verdict.reason for one in told)
    assert (
        f"paths '/status/summary' {count.hits}; days '2026-01-02' {count.hits}; agents 'curl/8.5.0'" in verdict.observed
    )
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("count", "why"),
    [
        (refused(), "connection refused"),
        (counted(files=()), "there is no line"),
        (log(first=None, last=None, lines=7, unreadable=7), "none of 7 lines can be read"),
        (log(first=NOW - timedelta(hours=23)), "the log begins at 2026-01-01 13:00:00 +0000, within the window"),
        (log(last=NOW - timedelta(hours=2)), "the log ends at 2026-01-02 10:00:00 +0000, before the window does"),
        (log(unreadable=11), "11 of 1000 lines cannot be read"),
        (log(broken="its gzip data end in the middle"), "access.log: its gzip data end in the middle"),
        (counted(holes=("access.log.2",)), "access.log.2 is missing"),
    ],
)
@pytest.mark.parametrize("gate", [True, False])
def test_no_hit_in_logs_that_could_not_tell_is_unmeasured(
    count: AccessLogCount | Unmeasured, why: str, gate: bool
) -> None:
    """0 is no evidence where the log begins later, ends sooner, or cannot be read."""
    verdict = legacy_hits(count, gate=gate)  # type: ignore[arg-type] # the registry answers for what was not measured

    assert verdict.outcome is Outcome.UNMEASURED
    assert why in verdict.reason


def test_a_few_unreadable_lines_are_degraded() -> None:
    """Each of them may be a hit, so they are not passed over in silence."""
    verdict = legacy_hits(log(unreadable=10), gate=True)

    assert verdict.outcome is Outcome.DEGRADED
    assert "10 of 1000 lines cannot be read" in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize("body", HOSTILE)
def test_no_foreign_text_breaks_the_judgement(body: bytes) -> None:
    """Paths and user agents are whatever clients make of them."""
    text = body.decode("latin-1")
    rows = Tally(((text, 2), ("", 1)), other=4)
    hits = counted(7, by_path=rows, by_agent=rows, by_status=rows, latest=Hit(NOW, text, text, text))

    verdict = legacy_hits(replace(hits, files=(LogFile(text, NOW, NOW, 7),)), gate=True)

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)

"""A line that is given to Loki is found in it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opscheck.checks.loki_line import loki_line
from opscheck.model import HttpExchange, Outcome, Unmeasured
from opscheck.model.logs import LogLine
from tests.checks.answers import HOSTILE, NOW, http, refused
from tests.checks.proofs import is_complete, red

ID = "loki-line"
TAKEN = http(b"", 204)
FOUND = replace(http({"status": "success"}), at=NOW + timedelta(seconds=0.6))


def line(
    pushed: HttpExchange = TAKEN, asked: HttpExchange | Unmeasured | None = FOUND, *, found: bool = False
) -> LogLine:
    """A line and what became of it."""
    return LogLine("mark", pushed, asked, found)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_a_line_that_is_found_passes() -> None:
    """However often it had to be asked for: the time is told."""
    verdict = loki_line(line(found=True), seconds=15)

    assert verdict.outcome is Outcome.PASS
    assert "600 ms" in verdict.reason


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "log-line-refused", line(http({"message": "no org id"}, 401), None), "is refused (401): 'no org id'"),
        red(ID, "log-line-refused", line(http(b"rate", 429), None), "is refused (429)", name="rate-limited"),
        red(ID, "log-line-lost", line(), "not found within 15 s"),
        red(ID, "logs-unsearchable", line(TAKEN, http(b"parse error", 400)), "answered with 400: 'parse error'"),
    ],
)
def test_a_fault_is_found(seen: LogLine, reason: str) -> None:
    """By what Loki answered to the line, and to the question for it."""
    verdict = loki_line(seen, seconds=15)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a refused connection nor a question that came to nothing is a lost line."""
    assert loki_line(refused(), seconds=15).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert loki_line(line(TAKEN, refused()), seconds=15).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    assert loki_line(line(http(body, 500), None), seconds=15).outcome is Outcome.FAIL
    assert loki_line(line(TAKEN, http(body, 500)), seconds=15).outcome is Outcome.FAIL

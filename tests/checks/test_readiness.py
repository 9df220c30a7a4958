"""Readiness is judged by code and body together."""

from datetime import timedelta
from typing import Any

import pytest

from opscheck.checks.readiness import readiness
from opscheck.model import HttpExchange, Outcome, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, NOW, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "readiness"


def judge(answer: HttpExchange | Unmeasured) -> Verdict:
    """With the budgets of the tests."""
    return readiness(answer, seconds=2, warming_minutes=10)


def warming(minutes: float | None, **more: Any) -> HttpExchange:  # noqa: ANN401
    """A model that has been loading for so many minutes."""
    since = {} if minutes is None else {"since": (NOW - timedelta(minutes=minutes)).isoformat()}
    checks = {"llm": [{"status": "warn"}], **more}
    body = {"status": "fail", "ready": False, "checks": checks, "llm": {"path": "warming", **since}}
    return http(body, 503)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "body", [{"status": "pass"}, {"status": "OK"}, {"ready": True}, {"ok": True}, {"status": "up", "ready": True}]
)
def test_ready_passes(body: object) -> None:
    """2xx and a word that means pass."""
    assert judge(http(body)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "ready-200-while-down", http({"status": "down"}), "answers 200 while its body says status 'down'"),
        red(ID, "ready-200-while-down", http({"ready": False}), "answers 200 while", name="not-ready-flag"),
        red(
            ID, "ready-200-while-down", http({"status": "ok", "ready": False}), "cannot be right", name="contradiction"
        ),
        red(
            ID,
            "ready-200-while-down",
            http({"status": "pass", "checks": {"db": [{"status": "fail"}]}}),
            "while db is down",
            name="dependency-down",
        ),
        red(ID, "ready-503-while-pass", http({"status": "pass", "ready": True}, 503), "answers 503 while"),
        red(ID, "warming-over-budget", warming(11), "loading for 11 minutes, its budget is 10"),
        red(ID, "ready-hangs", hung(), "does not answer within its budget"),
        red(ID, "ready-hangs", http({"status": "pass"}, seconds=2.1), "does not answer within", name="late"),
        red(
            ID,
            "not-ready",
            http({"status": "fail", "checks": {"sqlite": [{"status": "fail", "output": "locked"}]}}, 503),
            "not ready: sqlite ('locked')",
        ),
        red(ID, "not-ready", http(b"", 500), "readiness answers 500", name="error"),
        red(ID, "not-ready", warming(1, sqlite=[{"status": "fail"}]), "not ready: sqlite", name="down-while-warming"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange | Unmeasured, reason: str) -> None:
    """Each way of not being ready, or of saying so wrongly, fails and says which it is."""
    verdict = judge(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="DEGRADED")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http({"status": "warn", "ready": True}), "ready with a restriction: status 'warn'"),
        (http({"status": "degraded"}), "ready with a restriction: status 'degraded'"),
        (http({}), "neither ready nor not"),
        (http({"status": "pass", "llm": {"path": "fallback"}}), "on its fallback path"),
        (warming(4), "the model is loading: 6 of 10 minutes left"),
        (warming(None), "since when cannot be told"),
        (warming(-30), "since when cannot be told"),
        (http({"status": "warming"}, 503), "since when cannot be told"),
    ],
)
def test_a_restriction_degrades(answer: HttpExchange, reason: str) -> None:
    """What is neither ready nor broken is told as such."""
    verdict = judge(answer)

    assert verdict.outcome is Outcome.DEGRADED
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_the_present_can_be_given() -> None:
    """The age of a warming is counted to `now`, which is the observation's instant where none is given."""
    verdict = readiness(warming(4), seconds=2, warming_minutes=10, now=NOW + timedelta(minutes=7))

    assert verdict.outcome is Outcome.FAIL


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judge(refused()).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("status", [200, 503])
def test_no_body_breaks_the_judgement(body: bytes, status: int) -> None:
    """Whatever a server sends, there is a verdict, and it is not green."""
    verdict = judge(http(body, status))

    assert verdict.outcome in (Outcome.FAIL, Outcome.DEGRADED)
    assert is_complete(verdict)

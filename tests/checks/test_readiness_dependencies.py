"""Readiness names what it looked at, and how long that took."""

from typing import Any

import pytest

from opscheck.checks.readiness_dependencies import readiness_dependencies
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "readiness-dependencies"


def one(value: object = 3, unit: object = "ms", status: object = "pass") -> list[dict[str, Any]]:
    """The entry of a dependency."""
    return [{"status": status, "observedValue": value, "observedUnit": unit}]


def judge(answer: HttpExchange) -> Verdict:
    """For two dependencies."""
    return readiness_dependencies(answer, expected=("sqlite", "llm"))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("status", [200, 503])
def test_named_dependencies_pass(status: int) -> None:
    """Ready or not, as long as each is named, has a status and was bounded."""
    checks = {"sqlite:responseTime": one(), "llm": one(1.9, "s", "FAIL"), "other": []}

    assert judge(http({"checks": checks}, status)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        red(ID, "ready-constant", {"status": "pass"}, "names no dependency at all"),
        red(ID, "ready-constant", {"status": "pass", "checks": {}}, "names no dependency at all", name="empty"),
        red(ID, "dependency-unnamed", {"checks": {"sqlite": one()}}, "no status is told for llm"),
        red(
            ID,
            "dependency-unnamed",
            {"checks": {"sqlite": one(), "llm": one(status=7)}},
            "no status is told for llm",
            name="without-a-status",
        ),
        red(ID, "dependency-unbounded", {"checks": {"sqlite": one(), "llm": one(2100)}}, "without a bound: llm 2.1 s"),
        red(ID, "dependency-unbounded", {"checks": {"sqlite": one(), "llm": one(60, "s")}}, "llm 60 s", name="seconds"),
    ],
)
def test_a_fault_is_found(body: object, reason: str) -> None:
    """A constant, a missing name, a missing limit: each fails and says which it is."""
    verdict = judge(http(body))

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="DEGRADED")
@pytest.mark.parametrize("entry", [[{"status": "pass"}], one(3, "parsecs"), one(True), one("3")])
def test_an_untold_duration_degrades(entry: list[dict[str, Any]]) -> None:
    """How long it took is not told in a way that can be read."""
    assert judge(http({"checks": {"sqlite": one(), "llm": entry}})).outcome is Outcome.DEGRADED


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judge(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    verdict = judge(http(body))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)

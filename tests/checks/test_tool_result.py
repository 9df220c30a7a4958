"""A tool's failure is found inside a 200."""

import pytest

from opscheck.checks.tool_result import tool_result
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "tool-result"


def ran(status: object, **more: object) -> HttpExchange:
    """An answer in which the tool ended like this."""
    return http({"steps": [{"type": "tool", "name": "web_fetch", "status": status, **more}]})


@pytest.mark.proof(check=ID, outcome="PASS")
def test_a_tool_that_ran_passes() -> None:
    """By its step, or by the results in the metadata."""
    told = http({"metadata": {"tool_results": [{"name": "web_fetch", "status": "ok", "output": "text"}]}})

    assert tool_result(ran("ok"), tool="web_fetch").outcome is Outcome.PASS
    assert tool_result(told, tool="web_fetch").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "tool-missing", ran("missing"), "web_fetch is missing"),
        red(ID, "tool-skipped", ran("skipped", reason="not-allowed"), "web_fetch is skipped ('not-allowed')"),
        red(ID, "tool-error", ran("error", error="no such page"), "web_fetch is error ('no such page')"),
        red(ID, "tool-error", http({"detail": "boom"}, 500), "answers 500: 'boom'", name="whole-answer"),
        red(ID, "tool-not-run", http({"steps": [{"type": "tool", "name": "other", "status": "ok"}]}), "was not run"),
        red(ID, "tool-not-run", http({}), "was not run", name="no-steps"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """Each way of not running fails, in the tool's own words."""
    verdict = tool_result(answer, tool="web_fetch")

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize("status", [None, 7, [], "OK", "a\nb"])
def test_a_status_that_is_not_ok_fails(status: object) -> None:
    """Only the word itself passes."""
    verdict = tool_result(ran(status), tool="web_fetch")

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = tool_result(refused(), tool="web_fetch")  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    verdict = tool_result(http(body), tool="web_fetch")

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)

"""The steps tell the order in which an answer came about."""

import pytest

from opscheck.checks.agent_steps import agent_steps
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "agent-steps"
MEMORY = {"type": "memory_retrieval", "source": "qdrant", "count": 0, "status": "ok"}
TOOL = {"type": "tool", "name": "web_fetch", "status": "ok"}
COMPLETION = {"type": "completion", "provider": "embedded", "model": "m"}


def took(*steps: object) -> HttpExchange:
    """An answer with these steps."""
    return http({"steps": list(steps)})


@pytest.mark.proof(check=ID, outcome="PASS")
def test_the_order_passes() -> None:
    """With tools and without; a step of another type may stand anywhere before the completion."""
    assert agent_steps(took(MEMORY, COMPLETION), tools=False).outcome is Outcome.PASS
    assert agent_steps(took(MEMORY, TOOL, TOOL, COMPLETION), tools=True).outcome is Outcome.PASS
    assert agent_steps(took(MEMORY, {"type": "guard"}, COMPLETION), tools=False).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "steps-out-of-order", took(TOOL, MEMORY, COMPLETION), "not in the order"),
        red(ID, "steps-out-of-order", took(MEMORY, COMPLETION, TOOL), "not in the order", name="tool-behind"),
        red(ID, "steps-without-completion", took(MEMORY, TOOL), "no completion step"),
        red(ID, "steps-without-completion", http({}), "no completion step", name="no-steps"),
        red(ID, "memory-silent-off", took(TOOL, COMPLETION), "memory is off and the answer does not say so"),
        red(ID, "memory-unavailable", took(MEMORY | {"status": "unavailable"}, TOOL, COMPLETION), "memory is 'unava"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """Each wrong order and each missing step fails and is named."""
    verdict = agent_steps(answer, tools=True)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_a_tool_that_was_asked_for_has_a_step() -> None:
    """Without a tool step the answer does not tell what became of the request for it."""
    assert agent_steps(took(MEMORY, COMPLETION), tools=True).outcome is Outcome.FAIL


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = agent_steps(refused(), tools=False)  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    for status in (200, 500):
        verdict = agent_steps(http(body, status), tools=False)

        assert verdict.outcome is Outcome.FAIL
        assert is_complete(verdict)

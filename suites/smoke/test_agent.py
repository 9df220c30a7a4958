"""The agent answers, remembers, and shows how it came to its answer."""

import pytest

from opscheck.checks.agent_reply import agent_reply
from opscheck.checks.agent_steps import agent_steps
from opscheck.checks.conversation_memory import conversation_memory
from opscheck.checks.tool_result import tool_result

from . import prompts

pytestmark = [pytest.mark.smoke, pytest.mark.release]


def test_the_agent_answers(first_turn, ops_host, expect):
    """A plain prompt is answered, in a conversation that is named, with the prompt among its messages."""
    seconds = ops_host.budget("completion_seconds", 60)
    expect(agent_reply(first_turn, prompt=prompts.FIRST, seconds=seconds))


def test_the_agent_shows_its_steps(first_turn, expect):
    """Memory was available and was asked first; the completion comes last."""
    expect(agent_steps(first_turn, tools=False))


def test_the_agent_knows_the_first_turn_in_the_second(first_turn, second_turn, expect):
    """A conversation goes on where it was."""
    expect(conversation_memory(first_turn, second_turn))


def test_the_tool_fetches_a_page(research, ops_host, expect):
    """A tool that the request names runs, and its failure is not hidden in a 200."""
    expect(tool_result(research, tool=ops_host.settings.get("tool", {}).get("name", "web_fetch")))


def test_the_tool_stands_between_memory_and_completion(research, expect):
    """The steps of an answer with a tool are in order."""
    expect(agent_steps(research, tools=True))

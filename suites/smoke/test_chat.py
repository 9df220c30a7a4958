"""Chat completions, whole and streamed, as OpenAI's clients use them."""

import pytest

from opscheck.checks.chat_completion import chat_completion
from opscheck.checks.streamed_completion import streamed_completion

from . import prompts

pytestmark = [pytest.mark.smoke, pytest.mark.release]


def test_completions_answer(completions, ops_host, expect):
    """Completions have their promised shape, and enough of them say something."""
    chat = ops_host.settings.get("chat", {})
    needed, conversation = chat.get("needed", 1), chat.get("conversation", False)
    expect(chat_completion(completions, prompt=prompts.CHAT, needed=needed, conversation=conversation))


def test_a_stream_arrives_piece_by_piece(streamed, ops_host, expect):
    """A streamed answer begins soon, is not held back, and is closed properly."""
    expect(streamed_completion(streamed, first_token_seconds=ops_host.budget("first_token_seconds", 5)))

"""What the suite says to the agent: short, harmless, and easy to find in a log."""

from typing import Final
from uuid import uuid4

FIRST: Final = "opscheck smoke: the word of the day is amber."
SECOND: Final = "opscheck smoke: which word is the word of the day?"
CHAT: Final = "opscheck smoke: reply with the word amber."
STREAM: Final = "opscheck smoke: count from one to eight in words."
RESEARCH: Final = "opscheck smoke: sum up the page in one sentence."


def new_conversation() -> str:
    """An id that no other run uses, and that says in every log who asked."""
    return f"opscheck-{uuid4()}"

"""A language model that needs nothing: it answers with the sentence of the context that fits the question best."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from ..chat import Completion, Delta, Message, Models, estimate_usage

_WORD = re.compile(r"\w+(?:-\w+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_LABEL = re.compile(r"^(?:Context memory|Noted|Tool [\w.-]+ output|Fetched URL|Extracted Text Snippet):\s*")
_STOP_WORDS = frozenset(
    _WORD.findall(
        "a an and are at be by did do does for from had has have how i in is it its me my of on or our please tell "
        "that the their this to was we were what when where which who why will with you your"
    )
)
_QUESTION = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|tell|recall|repeat|"
    r"remind|say|give|show|find|reply|answer)\b"
)
_TOOL_PREFIX = "Tool "
_MAX_SENTENCES = 400  # of the latest context: a long conversation must not make an answer slow
_SUMMARY_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    rank: int  # what a user or a tool said counts before what the model itself said


class EmbeddedProvider:
    """Deterministic and extractive: the same messages always give the same answer.

    A question is answered by the sentence of the earlier messages that shares most words with it; a tool's
    output is summed up by its first sentences; anything else is acknowledged.
    """

    name = "embedded"
    model = "embedded-extractive"

    def __init__(self, *, word_pause_s: float = 0.005) -> None:
        self._word_pause_s = word_pause_s

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Answer at once."""
        words, cut = _limit(_answer(messages), max_tokens)
        text = "".join(words)
        return Completion(text, self.model, "length" if cut else "stop", estimate_usage(messages, text))

    async def stream(
        self, messages: list[Message], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Delta | Completion]:
        """Answer word by word; the whole answer closes the stream."""
        words, cut = _limit(_answer(messages), max_tokens)
        for word in words:
            await asyncio.sleep(self._word_pause_s)
            yield Delta(word)
        text = "".join(words)
        yield Completion(text, self.model, "length" if cut else "stop", estimate_usage(messages, text))

    async def models(self) -> Models:
        """List the one model, which is always there."""
        return Models((self.model,), present=True)


def _limit(answer: str, max_tokens: int | None) -> tuple[list[str], bool]:
    words = re.findall(r"\s*\S+", answer)
    if max_tokens is None or len(words) <= max_tokens:
        return words, False
    return words[:max_tokens], True


def _answer(messages: list[Message]) -> str:
    asked = next((i for i in range(len(messages) - 1, -1, -1) if messages[i].role == "user"), None)
    if asked is None:
        return "Nothing was asked."
    question = messages[asked].content
    context = messages[:asked] + messages[asked + 1 :]
    best = _best(question, _candidates(context)) if _is_question(question) else None
    if best is not None:
        return best
    tool = next((m.content for m in reversed(context) if m.content.startswith(_TOOL_PREFIX)), None)
    if tool is not None:
        return " ".join(_sentences(tool)[:_SUMMARY_SENTENCES]) or "The tool gave no text."
    return f"Noted: {question.strip()}"


def _is_question(text: str) -> bool:
    return "?" in text or _QUESTION.match(text.strip().casefold()) is not None


def _candidates(context: list[Message]) -> list[_Candidate]:
    found = [
        _Candidate(sentence, 0 if message.role == "assistant" else 1)
        for message in context
        for sentence in _sentences(message.content)
        if not sentence.endswith("?")
    ]
    return found[-_MAX_SENTENCES:]


def _best(question: str, candidates: list[_Candidate]) -> str | None:
    wanted = _content_words(question)
    best: tuple[int, int, int] = (0, 0, 0)
    text = None
    for position, candidate in enumerate(candidates):
        score = (len(wanted & _content_words(candidate.text)), candidate.rank, position)
        if score[0] > 0 and score > best:
            best, text = score, candidate.text
    return text


def _sentences(text: str) -> list[str]:
    lines = (_LABEL.sub("", part.strip()) for part in _SENTENCE_END.split(text))
    return [line for line in lines if line]


def _content_words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in _STOP_WORDS}

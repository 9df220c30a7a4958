"""The shape of a chat completion: what OpenAI's API requires, and nothing that compatible servers leave out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from opscheck.checks._conversation import content_text, conversation_id, holds
from opscheck.checks._json import NotJson, kind_of, objects, read_object
from opscheck.checks._timing import clock_off, epoch
from opscheck.checks._words import error_text, shown
from opscheck.model import HttpExchange

FINISH_REASONS: Final = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})


class NoAnswer(Exception):
    """A well-formed way of not answering, which may happen now and then: an error, or an answer without content."""


class WrongShape(ValueError):
    """The answer breaks the API's shape, in one sentence."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What else an answer has to hold: the prompt (None where no conversation is promised) and the time."""

    prompt: str | None
    now: datetime


def read_completion(answer: HttpExchange, shape: Shape) -> str:
    """What a completion says.

    Raises:
        NoAnswer: it is an error, or says nothing.
        WrongShape: it is no completion.
    """
    if answer.status != 200:
        raise NoAnswer(f"completions answer {answer.status}: {error_text(answer)}")
    try:
        document = read_object(answer.body)
    except NotJson as error:
        raise WrongShape(f"the completion is no JSON object: {error}") from None
    choice = _frame(document)
    _time(document, shape.now)
    if shape.prompt is not None:
        _conversation(document, shape.prompt)
    content = content_text(choice["message"].get("content"))
    if not content.strip():
        tokens = ": max_tokens was used up before the answer began" if choice["finish_reason"] == "length" else ""
        raise NoAnswer(f"the content is empty, finish_reason {choice['finish_reason']}{tokens}")
    return content


def _frame(document: dict[str, Any]) -> dict[str, Any]:
    for name in ("id", "model"):
        if not isinstance(document.get(name), str) or not document[name]:
            raise WrongShape(f"{name} is {shown(document.get(name), 60)}, not a text")
    if document.get("object") != "chat.completion":
        raise WrongShape(f"object is {shown(document.get('object'), 60)}, not 'chat.completion'")
    choices = document.get("choices")
    if not isinstance(choices, list) or not objects(choices) or len(objects(choices)) != len(choices):
        raise WrongShape(f"choices is {shown(choices, 60)}, not a list with an answer")
    choice: dict[str, Any] = choices[0]
    index, message, reason = choice.get("index"), choice.get("message"), choice.get("finish_reason")
    if not isinstance(index, int) or isinstance(index, bool):
        raise WrongShape(f"the choice's index is {shown(index, 40)}, not a number")
    if not isinstance(message, dict) or message.get("role") != "assistant":
        raise WrongShape(f"the choice's message is {shown(message, 60)}, not one of the assistant")
    if not isinstance(message.get("content"), str | list | None):
        raise WrongShape(f"the content is a JSON {kind_of(message['content'])}, not a text")
    if not isinstance(reason, str) or reason not in FINISH_REASONS:
        raise WrongShape(f"finish_reason is {shown(reason, 40)}, which the API does not know")
    return choice


def _time(document: dict[str, Any], now: datetime) -> None:
    created = epoch(document.get("created"))
    if created is None:
        raise WrongShape(f"created is {shown(document.get('created'), 40)}, not seconds since 1970")
    off = clock_off(created, now)
    if off:
        raise WrongShape(f"created lies {off}")


def _conversation(document: dict[str, Any], prompt: str) -> None:
    if not conversation_id(document).strip():
        raise WrongShape(f"conversation_id is {shown(document.get('conversation_id'), 60)}")
    if not holds(document.get("messages"), prompt):
        raise WrongShape(f"the prompt is not among the messages: {shown(document.get('messages'), 80)}")

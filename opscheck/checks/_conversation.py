"""Messages, steps and prompts of an agent's answer, whatever their shape."""

from __future__ import annotations

from opscheck.checks._json import NotJson, objects, read_object
from opscheck.model import Json, Request


def content_text(content: object) -> str:
    """The text of a message's content: a string, or a list of text parts.

    >>> content_text([{"type": "text", "text": "a"}, {"type": "image"}])
    'a'
    """
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in objects(content) if isinstance(part.get("text"), str))


def holds(messages: object, prompt: str) -> bool:
    """One of the messages carries the prompt; that the assistant repeats it does not count.

    >>> holds([{"role": "assistant", "content": "You said amber."}], "amber")
    False
    """
    given = (message for message in objects(messages) if message.get("role") != "assistant")
    return any(prompt in content_text(message.get("content")) for message in given)


def asked(request: Request) -> str:
    """The prompt that a request carried: `prompt`, else its last user message; empty where there is none."""
    try:
        body = read_object(request.body)
    except NotJson:
        return ""
    prompt = body.get("prompt")
    if isinstance(prompt, str):
        return prompt
    return last_user(body.get("messages"))


def last_user(messages: object) -> str:
    """The text of the last message of the user."""
    said = [message.get("content") for message in objects(messages) if message.get("role") == "user"]
    return content_text(said[-1]) if said else ""


def conversation_id(document: Json) -> str:
    """The conversation's id; empty where the field is absent or no text."""
    value = document.get("conversation_id")
    return value if isinstance(value, str) else ""

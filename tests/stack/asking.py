"""Talking to a stack as its users do."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any

from tests.stack.command import StackCommand


def ask(command: StackCommand, port: str, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    """Send a request to a published port; give the status and the JSON document."""
    connection = http.client.HTTPConnection("127.0.0.1", int(command.env[port]), timeout=15)
    try:
        raw = json.dumps(body) if body is not None else None
        connection.request(method, path, raw, {"content-type": "application/json"} if raw else {})
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    try:
        return answer.status, json.loads(text)
    except ValueError:
        return answer.status, {}


def say(command: StackCommand, prompt: str, conversation: str) -> list[str]:
    """Say something through the edge; give all that was said before, as the agent remembers it."""
    body = {"prompt": prompt, "conversation_id": conversation}
    status, document = ask(command, "EDGE_PORT", "POST", "/v1/agent", body)
    assert status == 200, document
    spoken = [one["content"] for one in document["messages"] if one["role"] != "system"]
    return [str(text) for text in spoken[:-2]]


def eventually(what: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until something is so; tell whether it came to be."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            if what():
                return True
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    return False

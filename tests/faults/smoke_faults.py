"""Defects that the checks of the main path have to find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.providers.embedded import EmbeddedProvider
from tests.faults.answers import Document, editing
from tests.faults.asgi import Wrap
from tests.faults.fault import Fault, fault
from tests.faults.parts import FailsWithin, LateClock, NeverDone, NoMemory, NoModel, SlowStart
from tests.faults.requests import asking, refusing
from tests.faults.streams import breaking_off, dropping, held

AGENT = "/v1/agent"
CHAT = "/v1/chat/completions"
_UNRESOLVABLE = b"nothing.invalid"
_TOLD = {"detail": "the host's name cannot be resolved"}


def _answer(path: str, change: Callable[[Document], Any]) -> Wrap:
    """The document of a 200, changed."""

    def edit(status: int, document: Document) -> tuple[int, Document]:
        if status == 200:
            change(document)
        return status, document

    return editing(path, edit)


def _without_prompt(document: Document) -> None:
    asked = [message for message in document["messages"] if message["role"] == "user"]
    document["messages"].remove(asked[-1])


def _tool(**result: str) -> Wrap:
    """Every tool's result, replaced."""

    def change(document: Document) -> None:
        for step in document["steps"]:
            if step["type"] == "tool":
                step.pop("output", None)
                step.update(result)
        document["metadata"].pop("tool_results", None)

    return _answer(AGENT, change)


def _choice(change: Callable[[Document], Any]) -> Wrap:
    return _answer(CHAT, lambda document: change(document["choices"][0]))


def _steps(change: Callable[[list[Document]], list[Document]]) -> Wrap:
    return _answer(AGENT, lambda document: document.update(steps=change(document["steps"])))


def _forget_id(body: Document) -> None:
    if isinstance(body.get("conversation_id"), str):
        del body["conversation_id"]


def _fetch_nothing(body: Document) -> None:
    for call in body.get("metadata", {}).get("tool_calls", ()):
        call["args"]["url"] = "http://127.0.0.1:1/"


def _finish_first(pieces: list[bytes]) -> list[bytes]:
    place = next(number for number, piece in enumerate(pieces) if b'"finish_reason":"' in piece)
    return [*pieces[: place - 1], pieces[place], pieces[place - 1], *pieces[place + 1 :]]


SMOKE: tuple[Fault, ...] = (
    fault(
        "every-completion-500",
        "agent-reply agent-steps conversation-memory tool-result chat-completion streamed-completion",
        shows="agent-error chat-error",
        made={"provider": NoModel()},
    ),
    fault(
        "agent-no-conversation-id",
        "agent-reply conversation-memory",
        agent=_answer(AGENT, lambda document: document.pop("conversation_id")),
    ),
    fault("agent-prompt-missing", "agent-reply", agent=_answer(AGENT, _without_prompt)),
    fault("agent-empty-response", "agent-reply", agent=_answer(AGENT, lambda document: document.update(response=""))),
    fault(
        "clock-an-hour-off",
        "agent-reply chat-completion",
        shows="agent-clock-off chat-clock-off",
        made={"clock": LateClock()},
    ),
    fault(
        "agent-hangs",
        "agent-reply",
        blind="agent-steps conversation-memory tool-result chat-completion",
        system="agent-stack",
        made={"provider": NeverDone()},
        slo={"completion_seconds": 0.7},
    ),
    fault("chat-empty", "chat-completion", agent=_choice(lambda choice: choice["message"].update(content=""))),
    fault(
        "chat-no-conversation-id",
        "chat-completion",
        agent=_answer(CHAT, lambda document: document.pop("conversation_id")),
    ),
    fault("chat-prompt-missing", "chat-completion", agent=_answer(CHAT, _without_prompt)),
    fault(
        "chat-not-json",
        "chat-completion",
        system="agent-stack",
        agent=refusing(CHAT, b'"role":"user"', 200, b"<html>hello</html>"),
    ),
    fault("chat-wrong-shape", "chat-completion", agent=_answer(CHAT, lambda document: document.update(object="text"))),
    fault("conversation-forgotten", "conversation-memory", settings={"history_limit": 0, "memory_limit": 0}),
    fault("conversation-split", "conversation-memory", agent=asking(AGENT, _forget_id)),
    fault("steps-out-of-order", "agent-steps", agent=_steps(lambda steps: steps[::-1])),
    fault("steps-without-completion", "agent-steps", agent=_steps(lambda steps: steps[:-1])),
    fault("memory-silent-off", "agent-steps", agent=_steps(lambda steps: steps[1:])),
    fault("memory-unavailable", "agent-steps", system="agent-stack", made={"vectors": NoMemory()}),
    fault("tool-missing", "tool-result", agent=_tool(status="missing")),
    fault(
        "tool-skipped",
        "tool-result",
        agent=asking(AGENT, lambda body: body.get("metadata", {}).update(tools=[])),
    ),
    fault("tool-error", "tool-result", agent=asking(AGENT, _fetch_nothing)),
    fault(
        "tool-not-run",
        "tool-result agent-steps",
        agent=asking(AGENT, lambda body: body.get("metadata", {}).pop("tool_calls", None)),
    ),
    fault("bad-request-crashes", "bad-request", agent=refusing(CHAT, b"wizard", 500, b"Internal Server Error")),
    fault(
        "bad-request-accepted",
        "bad-request",
        agent=asking(AGENT, lambda body: body.update(conversation_id=str(body["conversation_id"]))),
    ),
    fault(
        "bad-request-leaks",
        "bad-request",
        agent=refusing(AGENT, b"\xff", 400, {"detail": "'utf-8' codec can't decode byte 0xff in position 29"}),
    ),
    fault("stream-no-done", "streamed-completion", agent=dropping(b"[DONE]")),
    fault(
        "stream-burst",
        "streamed-completion",
        agent=held(lambda pieces: pieces),
        made={"provider": EmbeddedProvider(word_pause_s=0.05)},
    ),
    fault(
        "stream-slow-first-token",
        "streamed-completion",
        made={"provider": SlowStart()},
        slo={"first_token_seconds": 0.8},
    ),
    fault("stream-out-of-order", "streamed-completion", agent=held(_finish_first)),
    fault(
        "stream-not-event-stream",
        "streamed-completion",
        agent=asking(CHAT, lambda body: body.pop("stream", None)),
    ),
    fault("stream-broken-off", "streamed-completion", agent=breaking_off(3)),
    fault("stream-error-event", "streamed-completion", made={"provider": FailsWithin()}),
    fault(
        "fetch-failure-200",
        "fetch-failure",
        webfetch=refusing("/fetch", _UNRESOLVABLE, 200, {"item": {"ok": False, "error": "no such host", "text": ""}}),
    ),
    fault(
        "fetch-failure-slow",
        "fetch-failure",
        webfetch=refusing("/fetch", _UNRESOLVABLE, 502, _TOLD, after=1.5),
        slo={"fetch_failure_seconds": 1},
    ),
    fault(
        "fetch-reaches-private",
        "fetch-private",
        fetcher_settings={"webfetch_allow": "127.0.0.0/8", "webfetch_allowed_ports": "1,80"},
    ),
)

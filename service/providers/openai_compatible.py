"""A language model behind the API that OpenAI, LiteLLM, vLLM and others speak."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from ..chat import Completion, Delta, FinishReason, Message, Models, Usage, estimate_usage
from ..errors import UpstreamError, UpstreamInvalid, UpstreamTimeout
from ..strict_json import Json, NotStrictJson, loads

if TYPE_CHECKING:
    from ..upstream import Upstream

_DONE = "[DONE]"


class OpenAICompatible:
    """Completions through `chat/completions`, presence of the model through `models`, both below the base URL."""

    name = "openai"
    completions_path = "chat/completions"
    models_path = "models"
    models_key = ("data", "id")

    def __init__(self, upstream: Upstream, model: str, *, timeout_s: float) -> None:
        self.model = model
        self._upstream = upstream
        self._timeout_s = timeout_s

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Ask for a whole answer, within the timeout from first to last byte."""
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await self._upstream.post_json(
                    self.completions_path, self._request(messages, max_tokens, stream=False)
                )
        except TimeoutError:
            raise UpstreamTimeout("the language model did not answer in time") from None
        choice = _first_choice(answer)
        message = choice.get("message")
        text = message.get("content") if isinstance(message, dict) else None
        if not isinstance(text, str):
            raise UpstreamInvalid("the language model's answer holds no text")
        usage = _usage(answer) or estimate_usage(messages, text)
        return Completion(text, self._model_of(answer), _finish(choice) or "stop", usage)

    async def stream(
        self, messages: list[Message], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Delta | Completion]:
        """Give the answer as it comes; a stream that ends without saying why is an error, not an answer."""
        parts: list[str] = []
        usage: Usage | None = None
        finish: FinishReason | None = None
        model = self.model
        body = self._request(messages, max_tokens, stream=True)
        async with aclosing(self._events(body)) as events:
            async for chunk in events:
                model, usage = self._model_of(chunk), _usage(chunk) or usage
                choice = _choice_of_chunk(chunk)
                delta = choice.get("delta")
                text = delta.get("content") if isinstance(delta, dict) else None
                if isinstance(text, str) and text:
                    parts.append(text)
                    yield Delta(text)
                finish = _finish(choice) or finish
        if finish is None:
            raise UpstreamInvalid("the language model's stream ended early")
        answer = "".join(parts)
        yield Completion(answer, model, finish, usage or estimate_usage(messages, answer))

    async def models(self) -> Models:
        """List the host's models. The wanted one is there by its exact name, where a bare name means `latest`."""
        names = names_in(await self._upstream.get_json(self.models_path), *self.models_key)
        return Models(names, present=tagged(self.model) in {tagged(name) for name in names})

    async def _events(self, body: dict[str, object]) -> AsyncGenerator[dict[str, Json]]:
        async with aclosing(self._upstream.post_events(self.completions_path, body)) as events:
            async for data in events:
                if data == _DONE:
                    return
                yield _chunk(data)

    def _request(self, messages: list[Message], max_tokens: int | None, *, stream: bool) -> dict[str, object]:
        body: dict[str, object] = {"model": self.model, "messages": [m.as_dict() for m in messages], "stream": stream}
        if stream:
            body["stream_options"] = {"include_usage": True}
        if max_tokens is not None:
            body["max_tokens"] = max_tokens
        return body

    def _model_of(self, answer: Json) -> str:
        said = answer.get("model") if isinstance(answer, dict) else None
        return said if isinstance(said, str) and said else self.model


def names_in(listing: Json, key: str, field: str) -> tuple[str, ...]:
    """Give the names in a listing of models, in its order."""
    items = listing.get(key) if isinstance(listing, dict) else None
    if not isinstance(items, list):
        raise UpstreamInvalid("the list of models is not one")
    return tuple(name for item in items if isinstance(item, dict) and isinstance(name := item.get(field), str))


def tagged(name: str) -> str:
    """Give a model's name with its tag.

    >>> tagged("llama3"), tagged("host:5000/llama3"), tagged("llama3:8b")
    ('llama3:latest', 'host:5000/llama3:latest', 'llama3:8b')
    """
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def _chunk(data: str) -> dict[str, Json]:
    try:
        chunk = loads(data.encode("utf-8", "replace"))
    except NotStrictJson as error:
        raise UpstreamInvalid("the language model's stream holds no valid JSON") from error
    if not isinstance(chunk, dict):
        raise UpstreamInvalid("the language model's stream holds something that is no chunk")
    if "error" in chunk:
        raise UpstreamError("the language model failed within its answer")
    return chunk


def _first_choice(answer: Json) -> dict[str, Json]:
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise UpstreamInvalid("the language model's answer holds no choice")
    return choices[0]


def _choice_of_chunk(chunk: dict[str, Json]) -> dict[str, Json]:
    return _first_choice(chunk) if chunk.get("choices") else {}


def _finish(choice: dict[str, Json]) -> FinishReason | None:
    reason = choice.get("finish_reason")
    if reason is None:
        return None
    return "length" if reason == "length" else "stop"


def _usage(answer: Json) -> Usage | None:
    usage = answer.get("usage") if isinstance(answer, dict) else None
    if not isinstance(usage, dict):
        return None
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    return Usage(prompt, completion) if isinstance(prompt, int) and isinstance(completion, int) else None

"""Model servers, proxies and vector stores that are broken: a real Ollama, a real LiteLLM; Qdrant is a stand-in."""

from __future__ import annotations

from typing import Final

from tests.infra.row import Row, row

_LLM: Final = {"llm": "{litellm}"}
_GUARDED: Final = {"litellm": "{litellm}"}
_QDRANT: Final = {"qdrant": "{qdrant}"}


def _asks_for(model: str) -> dict[str, dict[str, object]]:
    return {"llm": {"model": model}}


MODELS: Final[tuple[Row, ...]] = (
    row(
        "llm-model-missing",
        _LLM,
        "llm-models llm-completion",
        expect=_asks_for("nobody"),
        because="nobody is not among",
    ),
    row(
        "llm-unauthorised",
        _LLM,
        "llm-models llm-completion",
        shows="llm-unauthorised llm-key-refused",
        without="llm_api_key",
        because="key is refused",
    ),
    row("llm-bad-request", _LLM, "llm-models llm-completion", wrong="llm_api_key", because="was not asked"),
    row("llm-no-models", {"llm": "{ollama_empty}"}, "llm-models", expect=_asks_for(""), because="no model is listed"),
    row("llm-retired", _LLM, "llm-completion", expect=_asks_for("retired"), because="is gone"),
    row("llm-error", _LLM, "llm-completion", expect=_asks_for("dead"), because="server fails"),
    row("llm-rate-limited", _LLM, "llm-completion", expect=_asks_for("busy"), because="rate limited"),
    row(
        "llm-reasoning-only",
        {"llm": "{thinker}"},
        "llm-completion",
        expect=_asks_for("thinker"),
        because="only reasoning",
    ),
    row("ollama-model-missing", {"ollama": "{ollama_empty}"}, "ollama-model", because="was not pulled"),
    row(
        "ollama-other-tag",
        {"ollama": "{ollama}"},
        "ollama-model",
        expect={"ollama": {"model": "tiny:7b"}},
        because="another tag",
    ),
    row("litellm-open", {"litellm": "{litellm_open}"}, "litellm-guard", because="stranger is let in"),
    row("litellm-refuses-wrongly", {"litellm": "{litellm_failing}"}, "litellm-guard", because="500 instead of 401"),
    row(
        "litellm-no-database",
        _GUARDED,
        "litellm-guard",
        expect={"litellm": {"database": True}},
        because="Not connected",
    ),
    row(
        "collection-missing",
        _QDRANT,
        "vector-collection",
        expect={"qdrant": {"collection": "gone"}},
        because="no such collection",
    ),
    row("wrong-dimension", _QDRANT, "vector-collection", expect={"qdrant": {"size": 768}}, because="makes 768"),
    row("wrong-distance", _QDRANT, "vector-collection", expect={"qdrant": {"distance": "Dot"}}, because="not by Dot"),
    row(
        "collection-empty", _QDRANT, "vector-collection", expect={"qdrant": {"collection": "empty"}}, because="is empty"
    ),
    row(
        "payload-index-missing",
        _QDRANT,
        "vector-collection",
        expect={"qdrant": {"indexes": ["tenant", "lang"]}},
        because="no index on lang",
    ),
    row(
        "collection-red",
        _QDRANT,
        "vector-collection",
        expect={"qdrant": {"collection": "broken"}},
        because="broken (red)",
    ),
)
COLD: Final = row("ollama-cold", {"ollama": "{ollama}"}, degraded="ollama-model", expect={"ollama": {"model": "cold"}})

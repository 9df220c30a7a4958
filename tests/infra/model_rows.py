"""Model servers and proxies that are broken: a real Ollama, a real LiteLLM, and the embedded service."""

from __future__ import annotations

from typing import Final

from tests.infra.row import Row, row

_LLM: Final = {"llm": "{litellm}"}
_GUARDED: Final = {"litellm": "{litellm}"}


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
    row(
        "llm-over-budget",
        {"llm": "{chatterbox}"},
        "llm-completion",
        expect=_asks_for("chatterbox"),
        because="took 900 tokens",
    ),
    row(
        "ollama-too-old",
        {"ollama": "{ollama}"},
        "ollama-version",
        expect={"ollama": {"version": "99"}},
        because="is older than 99",
    ),
    row(
        "ollama-version-untold",
        {"ollama": "{milvus}"},
        "ollama-version component-ready",
        shows="ollama-version-untold",
        expect={"ollama": {"model": ""}},
        because="no version is told",
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
)
COLD: Final = row("ollama-cold", {"ollama": "{ollama}"}, degraded="ollama-model", expect={"ollama": {"model": "cold"}})
MODELS_WELL: Final[tuple[Row, ...]] = (
    row("llm-embedded", {"llm": "{service}"}, expect=_asks_for("embedded-extractive")),
    row("llm-ollama", {"llm": "{ollama}"}),
    row("litellm-database", {"litellm": "{litellm_connected}"}, expect={"litellm": {"database": True}}),
)

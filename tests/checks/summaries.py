"""Status summaries, made in one line."""

from __future__ import annotations

import copy
from typing import Any, Final

from opscheck.model import HttpExchange
from tests.checks.answers import http

GONE: Final = object()
SHA: Final = "3f8e4190c1d2a7b65e4f3c2b1a09f8e7d6c5b4a3"
_DOCUMENT: Final = {
    "ok": True,
    "ready": True,
    "reasons": [],
    "llm": {
        "path": "primary",
        "model": "llama3:8b",
        "provider": "ollama",
        "since": "2026-01-02T11:00:00Z",
        "ollama": "up",
        "openai": "not_configured",
        "primary_model_present": True,
        "reason": None,
    },
    "openai_configured": False,
    "rag": {"ok": True, "db": "up"},
    "primary": {
        "model": "llama3:8b",
        "enabled": True,
        "model_present": True,
        "models_sample": ["llama3:8b", "nomic-embed-text:latest"],
        "last_error": None,
        "last_status": None,
    },
    "last_served_by": {"provider": "primary", "ts": "2026-01-02T11:59:00Z"},
    "build": {"sha": SHA, "time": "2026-01-01T08:00:00Z"},
    "tooltip": "Questions are answered by the primary model.",
}


def document(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The summary of a service that is well, changed at these places (`llm.path`); GONE takes a field away."""
    made = copy.deepcopy(_DOCUMENT)
    for place, value in (changes or {}).items():
        *above, name = place.split(".")
        within: dict[str, Any] = made
        for step in above:
            within = within[step]
        if value is GONE:
            del within[name]
        else:
            within[name] = value
    return made


def summary(changes: dict[str, Any] | None = None, **how: Any) -> HttpExchange:  # noqa: ANN401 - as http takes them
    """The answer that holds such a summary."""
    return http(document(changes), **how)


def state(path: str, *, ready: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is changed
    """The changes that make a truthful summary of a service on this path."""
    there = {"primary": True, "warming": False}.get(path)
    reason = {"primary": None, "warming": "model_missing"}.get(path, "connect_error")
    return {
        "ok": ready,
        "ready": ready,
        "reasons": [] if ready else [f"llm: the path is {path}"],
        "llm.path": path,
        "llm.ollama": "up" if there is not None else "down",
        "llm.openai": "configured" if path == "fallback" else "not_configured",
        "openai_configured": path == "fallback",
        "llm.primary_model_present": there,
        "primary.model_present": there,
        "primary.models_sample": ["llama3:8b"] if there else [],
        "llm.reason": reason,
        "primary.last_error": reason,
        **{name.replace("__", "."): value for name, value in more.items()},
    }

"""Lists of models, as OpenAI-compatible servers and Ollama tell them."""

from __future__ import annotations

from typing import Any

from opscheck.checks._json import objects


def names(document: dict[str, Any]) -> list[str]:
    """The ids of a `/v1/models` answer, or the names of an `/api/tags` answer."""
    listed = objects(document.get("data")) or objects(document.get("models"))
    found = [one.get("id") or one.get("name") or one.get("model") for one in listed]
    return [name for name in found if isinstance(name, str) and name]


def same(wanted: str, listed: str) -> bool:
    """The same model: a name without a tag is its `latest`, and no name stands for a longer one.

    >>> same("tiny", "tiny:latest"), same("gpt-oss:20b", "gpt-oss:20b-tiny")
    (True, False)
    """
    return wanted == listed or (":" not in wanted and f"{wanted}:latest" == listed)


def told(listed: list[str], most: int = 5) -> str:
    """The first names, for a verdict."""
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return (", ".join(name[:60] for name in listed[:most]) + more) or "none"

"""What Qdrant's REST API says: its collections, the vectors in them, and its own words for an error."""

from __future__ import annotations

from typing import Any

from opscheck.checks._json import NotJson, read_object
from opscheck.checks._words import error_text, shown
from opscheck.model import HttpExchange


def result_of(answer: HttpExchange) -> Any:  # noqa: ANN401 - whatever the API gives
    """What stands under `result`; None where the answer has none, or is an error."""
    if answer.status != 200:
        return None
    try:
        return read_object(answer.body).get("result")
    except NotJson:
        return None


def vectors_of(result: object) -> dict[str, tuple[Any, Any]]:
    """Size and distance by the vector's name of a collection; the unnamed one is the empty name."""
    facts = result if isinstance(result, dict) else {}
    config = facts.get("config")
    params = config.get("params") if isinstance(config, dict) else None
    vectors = params.get("vectors") if isinstance(params, dict) else None
    if not isinstance(vectors, dict):
        return {}
    if "size" in vectors:
        return {"": (vectors.get("size"), vectors.get("distance"))}
    return {name: (one.get("size"), one.get("distance")) for name, one in vectors.items() if isinstance(one, dict)}


def why(answer: HttpExchange) -> str:
    """The engine's own words: those of an error stand under `status`, which is an object then."""
    try:
        status = read_object(answer.body).get("status")
    except NotJson:
        status = None
    said = status.get("error") if isinstance(status, dict) else None
    return shown(said) if isinstance(said, str) and said else error_text(answer)

"""Conversations with stores, made in one line."""

from __future__ import annotations

from typing import Any

from opscheck.model.store import Step, StoreSession
from tests.checks.answers import NOW


def good(name: str, **facts: Any) -> Step:  # noqa: ANN401 - facts of any kind
    """A step that was done."""
    return Step(name, True, 0.01, facts)


def bad(name: str, code: str, detail: str = "no") -> Step:
    """A step that the store refused."""
    return Step(name, False, 0.01, {}, code, detail)


def store(kind: str, *steps: Step) -> StoreSession:
    """A conversation."""
    return StoreSession(kind, f"{kind}://store.example/app", steps, NOW)

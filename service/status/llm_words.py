"""The state of the language model's path as clients read it, and as a sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..clock import rfc3339

if TYPE_CHECKING:
    from .llm_state import LlmState, ModelHost
    from .llm_view import LlmView, Reason

SAMPLE = 8

_BECAUSE: dict[Reason, str] = {
    "model_missing": "it is not there yet",
    "timeout": "its host does not answer in time",
    "connect_error": "its host cannot be reached",
    "http_5xx": "its host fails",
    "http_4xx": "its host refuses the service",
    "disabled": "it is switched off",
}


def llm_body(state: LlmState, view: LlmView, budget_s: float) -> dict[str, object]:
    """Give `llm` as readiness and summary tell it.

    `ollama` is the state of the primary's host, whatever its kind, and `openai` tells whether there is a fallback:
    these are the names that clients have always read.
    """
    used = in_use(state, view)
    return {
        "path": view.path,
        "model": used.model,
        "provider": used.name,
        "since": rfc3339(view.since),
        "budget_s": int(budget_s) if budget_s == int(budget_s) else budget_s,
        "ollama": "up" if view.primary.up else "down",
        "openai": "not_configured" if state.fallback is None else "configured",
        "primary_model_present": view.primary.present,
        "reason": view.primary.reason,
    }


def primary_body(state: LlmState, view: LlmView) -> dict[str, object]:
    """Give `primary`: its model, what its host lists, and what went wrong the last time, in a look or in a chat."""
    seen, record = view.primary, state.record
    looked = seen.reason is not None
    return {
        "model": state.primary.model,
        "enabled": state.enabled,
        "model_present": seen.present,
        "models_sample": list(seen.names[:SAMPLE]),
        "last_error": seen.reason if looked else record.failed,
        "last_status": seen.status if looked else record.failed_status,
    }


def served_body(state: LlmState) -> dict[str, object]:
    """Give `last_served_by`: who gave the last answer, and when."""
    at = state.record.served_at
    return {"provider": state.record.served_by, "ts": None if at is None else rfc3339(at)}


def in_use(state: LlmState, view: LlmView) -> ModelHost:
    """Give the provider that would answer a chat; the primary where nobody would."""
    return state.fallback if view.serving == "fallback" and state.fallback is not None else state.primary


def sentence(state: LlmState, view: LlmView) -> str:
    """Say in one sentence who answers, and why it is not the primary."""
    primary = f"The primary model {state.primary.model}"
    if view.primary.reason is None:
        return f"{primary} answers."
    because = f"{primary} cannot be used: {_BECAUSE[view.primary.reason]}"
    if state.fallback is None:
        return f"{because}, and there is no fallback: nobody answers."
    if view.serving == "fallback":
        return f"{because}; the fallback {state.fallback.model} answers."
    return f"{because}, and the fallback {state.fallback.model} cannot be used either: nobody answers."

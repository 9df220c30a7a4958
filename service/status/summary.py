"""The summary that a page shows: what would happen to a question asked now, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .llm_words import llm_body, primary_body, sentence, served_body

if TYPE_CHECKING:
    from ..build import Build
    from .llm_state import LlmState
    from .llm_view import LlmView
    from .readiness import Snapshot


class State(Protocol):
    """What the summary asks of readiness."""

    async def snapshot(self) -> Snapshot:
        """Give the present state."""


class Summary:
    """Puts the one state that readiness, chat and metrics go by into words that a page can use."""

    def __init__(self, state: State, llm: LlmState, build: Build, *, memory: str, budget_s: float) -> None:
        self._state = state
        self._llm = llm
        self._build = build
        self._memory = memory
        self._budget_s = budget_s

    def llm(self, view: LlmView) -> dict[str, object]:
        """Give the part on the language model's path, which readiness tells as well."""
        return llm_body(self._llm, view, self._budget_s)

    async def body(self) -> dict[str, object]:
        """Give the answer's body."""
        snapshot = await self._state.snapshot()
        view = snapshot.llm
        assert view is not None  # noqa: S101 - the agent's readiness always reads the path
        memory = all(found.status == "pass" for found in snapshot.findings if found.name == self._memory)
        missing = {found.name: f"{found.name}: {found.output}" for found in snapshot.findings if found.blocks}
        others = [f"Not ready: {text}." for name, text in missing.items() if name != "llm"]
        return {
            "ok": snapshot.ready,
            "ready": snapshot.ready,
            "reasons": list(missing.values()),
            "llm": self.llm(view),
            "openai_configured": self._llm.fallback is not None,
            "rag": {"ok": memory, "db": "up" if memory else "down"},
            "primary": primary_body(self._llm, view),
            "last_served_by": served_body(self._llm),
            "build": self._build.as_dict(),
            "tooltip": " ".join([sentence(self._llm, view), *others]),
        }

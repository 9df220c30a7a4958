"""What a running stack says of itself: whether its edge answers, whether it is ready, by which path it answers."""

from __future__ import annotations

from dataclasses import dataclass

from .asking import NoAnswer, ask
from .environment import Stack
from .outcome import Exit

EDGE_PATH = "/_up"
_SUMMARY = "/api/status/summary"
_READY = "/ready"
_ASK_S = 3.0


@dataclass(frozen=True, slots=True)
class Told:
    """What was said. Without an answer `ready` is None and `problem` says why."""

    url: str
    problem: str = ""
    ready: bool | None = None
    path: str = ""
    model: str = ""
    model_present: bool | None = None

    def line(self) -> str:
        """Say it in one line."""
        if self.ready is None:
            return f"{self.url}: {self.problem}"
        present = {True: ", present", False: ", missing", None: ""}[self.model_present]
        model = f" (model {self.model}{present})" if self.model else ""
        return f"llm.path {self.path or 'unknown'}{model}, {'ready' if self.ready else 'not ready'}"

    def exit_code(self) -> Exit:
        """Give the code that tells this state."""
        if self.ready is None:
            return Exit.EDGE_DOWN
        if self.ready:
            return Exit.OK
        return Exit.LLM_DOWN if self.path == "down" else Exit.NOT_READY


def why_edge_is_down(stack: Stack) -> str:
    """Ask the edge itself, and say why it does not answer; nothing when it does."""
    url = stack.url("EDGE_PORT") + EDGE_PATH
    try:
        answer = ask("GET", url, timeout_s=_ASK_S)
    except NoAnswer as error:
        return f"{url}: {error}"
    return "" if answer.good else f"{url}: status {answer.status}"


def ask_summary(stack: Stack) -> Told:
    """Ask through the edge, as users do: the status summary, or readiness where there is no summary."""
    told = _told(stack.edge_url + _SUMMARY)
    return _told(stack.edge_url + _READY) if told.problem == "status 404" else told


def _told(url: str) -> Told:
    try:
        # The certificate is for the name that browsers use, and here the edge is asked by its address.
        answer = ask("GET", url, timeout_s=_ASK_S, verify=False)
    except NoAnswer as error:
        return Told(url, str(error))
    document = answer.document()
    llm = document.get("llm")
    ready = document.get("ready")
    if not isinstance(ready, bool) or not isinstance(llm, dict):
        return Told(url, f"status {answer.status}" + (", and no status summary" if answer.good else ""))
    present = llm.get("primary_model_present")
    return Told(
        url,
        ready=ready,
        path=str(llm.get("path") or ""),
        model=str(llm.get("model") or ""),
        model_present=present if isinstance(present, bool) else None,
    )

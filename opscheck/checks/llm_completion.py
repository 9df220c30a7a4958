"""The model API really answers: one minimal completion, and why not told apart."""

from __future__ import annotations

from typing import Final

from opscheck.checks._chat import NoAnswer, Shape, read_completion
from opscheck.checks._json import NotJson, objects, read_object
from opscheck.checks._words import error_text, failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "200 and a completion with text"
_THOUGHT: Final = ("reasoning_content", "reasoning", "thinking")


@check(
    "llm-completion",
    promise="The model API answers a minimal completion with text, for the model and the key that the system uses.",
    concern="infra",
    faults={
        "llm-retired": "the model is listed, and a completion says that it does not exist any more",
        "llm-reasoning-only": "every token went into reasoning: the answer itself is empty",
        "llm-rate-limited": "the quota is used up or too many requests are made: the system gets no answer either",
        "llm-key-refused": "the key is refused",
        "llm-bad-request": "the request is refused, which proves nothing of the model",
        "llm-error": "the server or its upstream fails",
        "llm-over-budget": "it uses more tokens than were allowed: max_tokens is ignored, and every answer costs more",
    },
    remedy="ask the server again with the curl line; compare model, key and quota",
)
def llm_completion(answer: HttpExchange, *, model: str, max_tokens: int = 0) -> Verdict:
    """Judge one completion, of at most `max_tokens` where that is more than 0; what is no answer is no health."""
    observed = f"{status_line(answer)}: {error_text(answer) if answer.status != 200 else shown(answer.text()[:80])}"
    refusal = _refusal(answer, model)
    if refusal:
        return failed(refusal, expected=_EXPECTED, observed=observed)
    try:
        said = read_completion(answer, Shape(None, answer.at))
    except NoAnswer as miss:
        thought = _reasoning(answer)
        reason = f"only reasoning, no answer: {shown(thought, 60)}" if thought else str(miss)
        remedy = "raise expect.llm.max_tokens, or use a model that answers within them" if thought else ""
        return failed(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
    except ValueError as defect:
        return failed(str(defect), expected=_EXPECTED, observed=observed)
    used = _used(answer)
    if max_tokens and used > max_tokens:
        reason = f"the answer took {used} tokens, and {max_tokens} were allowed"
        return failed(reason, expected=f"{_EXPECTED}, of at most {max_tokens} tokens", observed=observed)
    return passed(f"{model} answers", expected=_EXPECTED, observed=f"{status_line(answer)}: {shown(said, 60)}")


def _refusal(answer: HttpExchange, model: str) -> str:
    """Why the server did not even try; empty where it did."""
    status, said = answer.status, error_text(answer)
    if status == 200:
        return ""
    words = said.casefold()
    if status in (401, 403):
        return f"the key is refused ({status}): {said}"
    if status == 429:
        wait = answer.header("retry-after")
        return f"rate limited ({status}){f', retry after {shown(wait, 20)}' if wait else ''}: {said}"
    if status in (404, 410) or "not found" in words or "does not exist" in words or "decommissioned" in words:
        return f"{model} is gone or was never there ({status}): {said}"
    if 400 <= status < 500:
        return f"the request is refused ({status}), so the model was not asked: {said}"
    return f"the server fails ({status}): {said}"


def _reasoning(answer: HttpExchange) -> str:
    try:
        choices = objects(read_object(answer.body).get("choices"))
    except NotJson:
        return ""
    message = choices[0].get("message") if choices else None
    if not isinstance(message, dict):
        return ""
    return next((message[key] for key in _THOUGHT if isinstance(message.get(key), str) and message[key]), "")


def _used(answer: HttpExchange) -> int:
    """The tokens of the answer itself; 0 where it does not tell."""
    try:
        usage = read_object(answer.body).get("usage")
    except NotJson:
        return 0
    used = usage.get("completion_tokens") if isinstance(usage, dict) else 0
    return used if isinstance(used, int) and not isinstance(used, bool) else 0

"""Ollama has the model, and whether it is loaded or cold."""

from __future__ import annotations

from typing import Any

from opscheck.checks._json import NotJson, read_object
from opscheck.checks._models import names, same, told
from opscheck.checks._words import degraded, failed, judged_json, passed, status_line
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.registry import check


@check(
    "ollama-model",
    promise="Ollama has pulled the model that the system uses; whether it is loaded is told.",
    concern="infra",
    faults={
        "ollama-model-missing": "the model was not pulled: the first request fails or waits for a download",
        "ollama-other-tag": "only another tag of the model was pulled",
    },
    remedy="ollama pull MODEL; ollama list shows what is there",
    sees_unmeasured=True,
)
def ollama_model(tags: HttpExchange, loaded: HttpExchange | Unmeasured, *, model: str) -> Verdict:
    """Judge `/api/tags` and `/api/ps`; a model that is pulled and not loaded is cold: DEGRADED, for it comes late."""
    expected = f"{model} is pulled and loaded"

    def judge(document: dict[str, Any]) -> Verdict:
        have = names(document)
        observed = f"pulled: {told(have)}"
        if not any(same(model, one) for one in have):
            other = next((one for one in have if one.partition(":")[0] == model.partition(":")[0]), "")
            reason = f"{model} was not pulled" + (f"; {other[:60]} is another tag" if other else "")
            return failed(reason, expected=expected, observed=observed)
        ready = _loaded(loaded)
        observed += f"; loaded: {told(ready)}"
        if not any(same(model, one) for one in ready):
            return degraded("pulled, but cold: the first answer comes late", expected=expected, observed=observed)
        return passed("pulled and loaded", expected=expected, observed=observed)

    if tags.status != 200:
        return failed(f"Ollama's list answers {tags.status}", expected=expected, observed=status_line(tags))
    return judged_json(tags, judge, expected=expected)


def _loaded(answer: HttpExchange | Unmeasured) -> list[str]:
    try:
        return names(read_object(answer.body)) if isinstance(answer, HttpExchange) else []
    except NotJson:
        return []

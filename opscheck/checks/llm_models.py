"""The model API lists the model that the system uses."""

from __future__ import annotations

from typing import Any

from opscheck.checks._models import names, same, told
from opscheck.checks._words import error_text, failed, judged_json, passed, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "llm-models",
    promise="The model API lets its key in and lists the model that the system uses.",
    concern="infra",
    faults={
        "llm-model-missing": "the target is not among the models, or only a model whose name begins alike",
        "llm-unauthorised": "the key is refused, or none was sent where one is wanted",
        "llm-no-models": "the list is empty",
    },
    remedy="compare the configured model and key with what the server lists",
)
def llm_models(answer: HttpExchange, *, model: str = "") -> Verdict:
    """Judge `/v1/models` (or Ollama's `/api/tags`); a listed model may still be retired: a completion tells that."""
    expected = f"200 and a list with {model or 'at least one model'}"
    if answer.status in (401, 403):
        reason = f"the key is refused ({answer.status}): {error_text(answer)}"
        remedy = "set secrets.llm_api_key to a key of this server"
        return failed(reason, expected=expected, observed=status_line(answer), remedy=remedy)
    if answer.status != 200:
        reason = f"the list of models answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=expected, observed=status_line(answer))

    def judge(document: dict[str, Any]) -> Verdict:
        listed = names(document)
        observed = f"{len(listed)} models: {told(listed)}"
        if not listed:
            return failed("no model is listed", expected=expected, observed=observed)
        if model and not any(same(model, one) for one in listed):
            alike = next((one for one in listed if one.startswith(model)), "")
            near = f"; {alike[:60]} is another one" if alike else ""
            return failed(f"{model} is not among the models{near}", expected=expected, observed=observed)
        return passed("the model is listed" if model else "models are listed", expected=expected, observed=observed)

    return judged_json(answer, judge, expected=expected)

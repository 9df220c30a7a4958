"""A component of the infrastructure says of itself that it is ready, in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from opscheck.checks._words import failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

# What each answers when it is ready: a text that its documentation promises.
_READY: Final[Mapping[str, str]] = {
    "prometheus": "ready",
    "alertmanager": "ok",
    "loki": "ready",
    "qdrant": "ready",
    "milvus": "ok",
    "grafana": '"database"',
    "litellm": "alive",
    "ollama": "ollama is running",
}


@check(
    "component-ready",
    promise="The component answers its own readiness address with the words that it has for being ready.",
    concern="infra",
    faults={
        "component-not-ready": "it answers 503, or says that it is starting or stopping",
        "component-is-another": "something else answers at this address: a proxy, another program",
    },
    remedy="look at the component's own log; compare the url in the host file with what listens there",
)
def component_ready(answer: HttpExchange, *, component: str) -> Verdict:
    """Judge code and words together."""
    word = _READY[component]
    expected = f"200 and {shown(word)}"
    observed = f"{status_line(answer)}: {shown(answer.text()[:80])}"
    said = answer.text().strip().casefold()
    if answer.status == 503 or (answer.status == 200 and said.startswith(("not ready", "some "))):
        return failed(f"{component} is not ready: {shown(answer.text()[:100])}", expected=expected, observed=observed)
    if answer.status != 200:
        cause = "the url leads to something else" if answer.status == 404 else ""
        reason = f"{component} answers {answer.status} where it says whether it is ready"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    if word not in said or answer.content_type == "text/html":
        cause = "a proxy or another program listens at this url"
        reason = f"what answers here is not {component}"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    return passed(f"{component} is ready", expected=expected, observed=observed)

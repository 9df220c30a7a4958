"""A LiteLLM proxy keeps strangers out, lets its key in, and has the database that its keys live in."""

from __future__ import annotations

from typing import Any, Final

from opscheck.checks._json import NotJson, read_object
from opscheck.checks._words import error_text, failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "a request without a key is refused with 401, and the database is connected where one is promised"


@check(
    "litellm-guard",
    promise="The proxy refuses requests without a key, and its database is connected where it is promised to have one.",
    concern="infra",
    faults={
        "litellm-open": "a request without any key is answered",
        "litellm-refuses-wrongly": "a request without a key is an error of the proxy instead of a refusal",
        "litellm-no-database": "readiness is 200 and healthy although no database is connected",
    },
    remedy="set general_settings.master_key, install what the proxy needs (prisma), set DATABASE_URL",
)
def litellm_guard(stranger: HttpExchange, ready: HttpExchange, *, database: bool) -> Verdict:
    """Judge `/v1/models` without a key, and `/health/readiness`, whose 200 alone says nothing of the database."""
    state = _readiness(ready)
    observed = f"without a key {stranger.status}; readiness {ready.status}, database {shown(state.get('db'), 40)}"
    if 200 <= stranger.status < 300:
        cause = "no master key is set: anybody in reach spends your tokens"
        return failed("a stranger is let in", expected=_EXPECTED, observed=observed, likely_cause=cause)
    if stranger.status not in (401, 403):
        reason = f"a stranger is answered {stranger.status} instead of 401: {error_text(stranger)}"
        return failed(reason, expected=_EXPECTED, observed=observed, likely_cause="the key check itself fails")
    if ready.status != 200:
        reason = f"the proxy is not ready: {error_text(ready)}"
        return failed(reason, expected=_EXPECTED, observed=status_line(ready))
    if database and state.get("db") != "connected":
        reason = f"the database is {shown(state.get('db'), 40)}, while readiness says {shown(state.get('status'), 40)}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    return passed("strangers are refused, and the proxy is ready", expected=_EXPECTED, observed=observed)


def _readiness(answer: HttpExchange) -> dict[str, Any]:
    try:
        return read_object(answer.body)
    except NotJson:
        return {}

"""A foreign origin cannot read answers with a user's credentials."""

from __future__ import annotations

from typing import Final

from opscheck.checks._words import failed, passed, shown
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "no Access-Control-Allow-Origin for a foreign origin together with Access-Control-Allow-Credentials"


@check(
    "cors-foreign-origin",
    promise="A foreign origin is given neither its own name nor `*` together with credentials.",
    concern="cors",
    faults={
        "cors-reflects-credentials": "any origin is echoed with credentials: every page can act as its visitor",
        "cors-wildcard-credentials": "`*` is sent together with credentials",
    },
    remedy="list the origins that may read answers; allow credentials for none but those",
)
def cors_foreign_origin(preflight: HttpExchange, simple: HttpExchange) -> Verdict:
    """Judge a preflight and a simple request, both sent with an origin that nobody can have allowed."""
    observed = f"preflight {_told(preflight)}; request {_told(simple)}"
    for name, answer in (("preflight", preflight), ("answer", simple)):
        wrong = _defect(answer)
        if wrong:
            cause = "a library's setting of `any origin` with credentials reflects whatever origin asks"
            return failed(f"the {name} {wrong}", expected=_EXPECTED, observed=observed, likely_cause=cause)
    return passed("a foreign origin gets no credentials", expected=_EXPECTED, observed=observed)


def _defect(answer: HttpExchange) -> str:
    if (answer.header("access-control-allow-credentials") or "").strip(" \t") != "true":
        return ""
    allowed = (answer.header("access-control-allow-origin") or "").strip(" \t")
    if allowed == "*":
        return "allows every origin together with credentials"
    origin = next((str(value) for name, value in answer.request.headers if name.lower() == "origin"), "")
    if allowed and allowed in (origin, "null"):
        return f"allows {'the foreign origin' if allowed == origin else 'the origin null'} with credentials"
    return ""


def _told(answer: HttpExchange) -> str:
    allowed = answer.header("access-control-allow-origin")
    credentials = answer.header("access-control-allow-credentials")
    return f"{answer.status} allows {shown(allowed, 60) if allowed else 'nobody'}, credentials {shown(credentials, 20)}"

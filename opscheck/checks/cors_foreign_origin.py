"""A foreign origin cannot read answers with a user's credentials."""

from __future__ import annotations

from typing import Final

from opscheck.checks._cors import ALLOW_CREDENTIALS, ALLOW_ORIGIN, ANY
from opscheck.checks._crossings import Found, broken, settled
from opscheck.model import HttpExchange, Verdict
from opscheck.model.cross_origin import Crossing, Crossings
from opscheck.registry import check

_EXPECTED: Final = "no Access-Control-Allow-Origin for a foreign origin together with Access-Control-Allow-Credentials"
_CAUSE: Final = "a library's setting of `any origin` with credentials reflects whatever origin asks"


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
def cors_foreign_origin(answers: Crossings, preflights: Crossings) -> Verdict:
    """Judge answers and preflights to an origin that nobody can have allowed, and to the origin `null`."""
    found = [Found(one, why) for one in (*answers, *preflights) if _is_foreign(one) and (why := _defect(one))]
    if found:
        return broken(found, expected=_EXPECTED, likely_cause=_CAUSE)
    good = "a foreign origin gets no credentials"
    return settled([answers, preflights], _is_foreign, good=good, expected=_EXPECTED)


def _is_foreign(one: Crossing) -> bool:
    return one.visitor.role in ("foreign", "null")


def _defect(one: Crossing) -> str:
    """Byte by byte as browsers read it, but for `*`: they refuse it, and whoever sends it means to let anybody in."""
    if not isinstance(one.answer, HttpExchange):
        return ""
    allowed, credentials = (
        ", ".join(value.strip(" \t") for value in one.answer.header_values(name))
        for name in (ALLOW_ORIGIN, ALLOW_CREDENTIALS)
    )
    what = "preflight" if one.method else "answer"
    if credentials != "true":
        return ""
    if allowed == ANY:
        return f"the {what} allows every origin together with credentials"
    if allowed != one.visitor.origin:
        return ""
    who = "the origin null" if one.visitor.role == "null" else "the foreign origin"
    return f"the {what} allows {who} with credentials"

"""Cookies travel as far as the policy says."""

from __future__ import annotations

from typing import Final

from opscheck.checks._cors import ALLOW_CREDENTIALS, Defect, shared
from opscheck.checks._crossings import Found, broken, mistaken, settled
from opscheck.model import HttpExchange, Verdict
from opscheck.model.cross_origin import Crossing, Crossings
from opscheck.registry import check

_WITH: Final = "the origin itself, never `*`, together with Access-Control-Allow-Credentials: true, spelled exactly so"
_WITHOUT: Final = "no Access-Control-Allow-Credentials: true for an origin that may read without cookies only"


@check(
    "cors-credentials",
    promise="An allowed origin may send cookies exactly where the policy says so.",
    concern="cors",
    faults={
        "cors-credentials-missing": "the policy allows credentials, and the answer does not say so",
        "cors-credentials-misspelt": "the header says True or 1, which no browser takes",
        "cors-credentials-wildcard": "`*` is sent where credentials are allowed, which no browser takes",
        "cors-credentials-offered": "credentials are offered although the policy has none",
    },
    remedy="send Access-Control-Allow-Credentials: true with the origin that asked where pages need it, else never",
)
def cors_credentials(answers: Crossings, preflights: Crossings) -> Verdict:
    """Judge answers and preflights of allowed origins."""
    wrong_policy = mistaken(answers)
    if wrong_policy:
        return wrong_policy
    wanted = answers.policy.credentials
    expected = _WITH if wanted else _WITHOUT
    asked = [one for one in (*answers, *preflights) if _is_allowed(one)]
    found = [Found(one, why) for one in asked if (why := _missing(one) if wanted else _offered(one))]
    if found:
        return broken(found, expected=expected)
    good = "allowed origins may send cookies" if wanted else "no cookies are asked for, as the policy says"
    return settled([answers, preflights], _is_allowed, good=good, expected=expected)


def _is_allowed(one: Crossing) -> bool:
    return one.visitor.role == "allowed"


def _missing(one: Crossing) -> str:
    """Why cookies cannot be sent; an answer that is not shared at all is another check's affair."""
    if not isinstance(one.answer, HttpExchange):
        return ""
    ruling = shared(one.answer, one.visitor.origin, credentials=True)
    if ruling.defect not in (Defect.WILDCARD, Defect.CREDENTIALS):
        return ""
    what = f"preflight for {one.method}" if one.method else "answer"
    return f"{one.visitor} may not send cookies by the {what}: {ruling.why}"


def _offered(one: Crossing) -> str:
    if not isinstance(one.answer, HttpExchange):
        return ""
    if not shared(one.answer, one.visitor.origin, credentials=True).allowed:
        return ""
    what = f"preflight for {one.method}" if one.method else "answer"
    value = one.answer.header(ALLOW_CREDENTIALS)
    return f"the {what} to {one.visitor} offers credentials ({value}), and the policy has none"

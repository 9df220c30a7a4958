"""A browser gets leave for what pages of allowed origins send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from opscheck.checks._cors import Defect, Ruling, preflight_allows, shared
from opscheck.checks._crossings import BUSY, Found, broken, elsewhere, good_or_blind, mistaken
from opscheck.checks._words import passed, shown
from opscheck.model import HttpExchange, Verdict
from opscheck.model.cross_origin import Crossing, Crossings
from opscheck.registry import check

_EXPECTED: Final = "a 2xx without credentials, that names the origin, the method and the headers"
_PRIVATE: Final = "access-control-allow-private-network"
_CAUSES: Final = {
    Defect.ABSENT: "OPTIONS is routed to something that knows nothing of origins",
    Defect.SEVERAL: "the service and the proxy in front of it both answer for origins",
    Defect.METHOD: "methods are compared by upper and lower case",
    Defect.HEADER: "`*` never covers Authorization, and covers nothing where credentials are sent",
    Defect.UNREADABLE: "one name that is no token makes browsers drop the whole list",
}


@check(
    "cors-preflight",
    promise="A preflight of an allowed origin gives leave for every method and header of the policy.",
    concern="cors",
    faults={
        "preflight-behind-auth": "the preflight wants credentials, and browsers send it without",
        "preflight-redirected": "the preflight is redirected, which browsers never follow",
        "preflight-refused": "another layer refuses the preflight although the answer itself is shared",
        "preflight-crashes": "the preflight is answered with 500",
        "preflight-not-shared": "the preflight is answered without the origin, or with it twice",
        "preflight-method-missing": "a method of the policy is not allowed, or is spelled in lower case",
        "preflight-header-missing": "a header of the policy is not allowed",
        "preflight-authorization-wildcard": "Authorization is left to `*`, which does not cover it",
        "preflight-list-unreadable": "one of the lists holds what is no token, so that browsers drop all of it",
    },
    remedy="look for the origin in the service's own list; then answer preflights before authentication and redirects",
)
def cors_preflight(preflights: Crossings, answers: Crossings) -> Verdict:
    """Judge preflights of allowed origins; the answers to plain requests beside them tell whether a layer disagrees."""
    wrong_policy = mistaken(preflights)
    if wrong_policy:
        return wrong_policy
    asked = [one for one in preflights if one.visitor.role == "allowed"]
    if not asked:
        return passed("no request of the policy needs a preflight", expected=_EXPECTED, observed=_methods(preflights))
    readable = {one.visitor.origin for one in answers if not one.cookie and _is_shared(one)}
    found, busy, cause = [], [], ""
    for one in asked:
        if not isinstance(one.answer, HttpExchange):
            continue
        if one.answer.status in BUSY:
            busy.append(one)
            continue
        ruling = _ruling(one, one.answer, credentials=preflights.policy.credentials)
        if ruling.defect is not None:
            found.append(Found(one, f"{_why(one, one.answer, ruling)}{_although(one, readable)}"))
            cause = cause or (_CAUSES.get(ruling.defect, "") if one.answer.status < 300 else "")
    if found:
        return broken(found, expected=_EXPECTED, likely_cause=cause)
    if busy:
        return elsewhere(preflights, busy, expected=_EXPECTED)
    good = f"all {len(asked)} preflights give leave{_private(asked)}"
    return good_or_blind([preflights], asked, good=good, expected=_EXPECTED)


def _ruling(one: Crossing, answer: HttpExchange, *, credentials: bool) -> Ruling:
    """A browser's ruling, but for the word on credentials, which is another check's affair."""
    ruling = preflight_allows(answer, one.visitor.origin, one.method, one.headers, credentials=credentials)
    if ruling.defect in (Defect.CREDENTIALS, Defect.WILDCARD):
        return preflight_allows(answer, one.visitor.origin, one.method, one.headers, credentials=False)
    return ruling


def _why(one: Crossing, answer: HttpExchange, ruling: Ruling) -> str:
    asked = f"the preflight of {one.visitor} for {one.method}"
    if answer.status in (401, 407):
        return f"{asked} is refused with {answer.status}: browsers send it without credentials"
    if answer.status == 403:
        return f"{asked} is refused with 403"
    if 300 <= answer.status < 400:
        return f"{asked} is redirected ({answer.status} to {shown(answer.header('location'), 60)})"
    if answer.status >= 300:
        return f"{asked} is answered with {answer.status}"
    return f"{asked}: {ruling.why}"


def _although(one: Crossing, readable: Iterable[str]) -> str:
    refused = isinstance(one.answer, HttpExchange) and one.answer.status >= 300
    return ", although its plain requests are answered and shared" if refused and one.visitor.origin in readable else ""


def _is_shared(one: Crossing) -> bool:
    return isinstance(one.answer, HttpExchange) and shared(one.answer, one.visitor.origin, credentials=False).allowed


def _methods(preflights: Crossings) -> str:
    policy = preflights.policy
    return f"methods {', '.join(policy.methods) or 'none'}, headers {', '.join(policy.headers) or 'none'}"


def _private(asked: Iterable[Crossing]) -> str:
    """Told and not judged: no browser asks for it any more."""
    offers = any(isinstance(one.answer, HttpExchange) and one.answer.header(_PRIVATE) is not None for one in asked)
    return "; Access-Control-Allow-Private-Network is sent, which browsers no longer ask for" if offers else ""

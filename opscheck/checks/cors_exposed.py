"""Pages can read the headers that they need."""

from __future__ import annotations

from typing import Final

from opscheck.checks._cors import EXPOSE_HEADERS, exposes
from opscheck.checks._crossings import Found, broken, elsewhere, good_or_blind, is_promised, mistaken
from opscheck.checks._tokens import token_list
from opscheck.checks._words import shown
from opscheck.model import HttpExchange, Verdict
from opscheck.model.cross_origin import Crossings
from opscheck.registry import check

_EXPECTED: Final = "Access-Control-Expose-Headers names each header of the policy that browsers do not hand out anyway"


@check(
    "cors-exposed",
    promise="A page of an allowed origin can read the headers that the policy names.",
    concern="cors",
    faults={
        "exposed-missing": "a header of the policy is not exposed",
        "exposed-wildcard-credentials": "`*` exposes nothing where credentials are sent",
        "exposed-unreadable": "the list holds what is no token, so that browsers drop all of it",
    },
    remedy="name the headers in Access-Control-Expose-Headers of every answer",
)
def cors_exposed(answers: Crossings) -> Verdict:
    """Judge the answers to allowed origins."""
    wrong_policy = mistaken(answers)
    if wrong_policy:
        return wrong_policy
    asked = [one for one in answers if one.visitor.role == "allowed" and not one.cookie]
    seen = [(one, one.answer) for one in asked if isinstance(one.answer, HttpExchange)]
    others = [one for one, answer in seen if not is_promised(answers.kind, answer)]
    if others:
        return elsewhere(answers, others, expected=_EXPECTED)
    policy = answers.policy
    found = []
    for one, answer in seen:
        lacking = [name for name in policy.exposed if not exposes(answer, name, credentials=policy.credentials)]
        if lacking:
            found.append(Found(one, f"{one.visitor} cannot read {', '.join(lacking)}: {_why(answer)}"))
    if found:
        return broken(found, expected=_EXPECTED)
    good = f"{', '.join(policy.exposed)} can be read"
    return good_or_blind([answers], asked, good=good, expected=_EXPECTED)


def _why(answer: HttpExchange) -> str:
    values = answer.header_values(EXPOSE_HEADERS)
    if not values:
        return "Access-Control-Expose-Headers is absent"
    told = f"Access-Control-Expose-Headers is {shown(', '.join(values), 80)}"
    if token_list(values) is None:
        return f"{told}, which is no list of names and exposes nothing"
    return f"{told}, a wildcard that exposes nothing to requests with cookies" if "*" in values else told

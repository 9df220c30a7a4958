"""Caches are told where an answer depends on the origin."""

from __future__ import annotations

from typing import Final

from opscheck.checks._cors import ALLOW_ORIGIN, varies_by_origin
from opscheck.checks._crossings import Found, broken, elsewhere, good_or_blind, is_promised, mistaken, tells
from opscheck.checks._words import shown
from opscheck.model import HttpExchange, Verdict
from opscheck.model.cross_origin import Crossing, Crossings
from opscheck.registry import check

_EXPECTED: Final = "Vary: Origin on every answer of an address whose Access-Control-Allow-Origin is not always the same"


@check(
    "cors-vary",
    promise="Where the permission depends on the origin, every answer of the address says so to caches.",
    concern="cors",
    faults={
        "vary-missing": "no answer says Vary: Origin: a cache gives one origin's answer to another",
        "vary-not-on-refusals": "answers to origins that are not allowed lack it",
        "vary-not-without-origin": "answers to requests without an origin lack it, and a cache keeps those for pages",
        "vary-not-on-errors": "errors lack it although they name the origin",
    },
    remedy="add Vary: Origin to every answer, whoever asked; or send the same Access-Control-Allow-Origin always",
)
def cors_vary(answers: Crossings) -> Verdict:
    """Judge all answers of one kind beside each other."""
    wrong_policy = mistaken(answers)
    if wrong_policy:
        return wrong_policy
    asked = [one for one in answers if not one.method]
    seen = [(one, one.answer) for one in asked if isinstance(one.answer, HttpExchange)]
    others = [one for one, answer in seen if not _counts(answers.kind, one, answer)]
    if others:
        return elsewhere(answers, others, expected=_EXPECTED)
    values = {answer.header(ALLOW_ORIGIN) for _, answer in seen}
    lacking = [one for one, answer in seen if not varies_by_origin(answer)] if len(values) > 1 else []
    if lacking:
        return broken([Found(one, _why(one, lacking, len(seen))) for one in lacking], expected=_EXPECTED)
    if len(values) > 1:
        good = f"all {len(seen)} answers say that they depend on the origin"
    else:
        value = next(iter(values), None)
        good = f"Access-Control-Allow-Origin is always {'absent' if value is None else shown(value, 60)}"
    return good_or_blind([answers], asked, good=good, expected=_EXPECTED)


def _counts(kind: str, one: Crossing, answer: HttpExchange) -> bool:
    return is_promised(kind, answer) if one.visitor.role in ("allowed", "none") else tells(kind, answer)


def _why(one: Crossing, lacking: list[Crossing], count: int) -> str:
    if len(lacking) == count:
        return "no answer says Vary: Origin although Access-Control-Allow-Origin depends on it"
    roles = {other.visitor.role for other in lacking}
    if roles == {"none"}:
        return "without an origin the answer does not say Vary: Origin"
    if "allowed" not in roles:
        return f"the answer to {one.visitor}, which is not allowed, does not say Vary: Origin"
    return f"the answer to {one.visitor} does not say Vary: Origin"

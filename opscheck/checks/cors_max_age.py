"""A permission is remembered for a time that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from opscheck.checks._cors import MAX_AGE, Age, max_age
from opscheck.checks._crossings import Found, broken, good_or_blind, listed, mistaken
from opscheck.checks._words import shown, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.model.cross_origin import Crossing, Crossings
from opscheck.registry import check


@check(
    "cors-max-age",
    promise="Browsers remember a preflight's permission for a time that the service says, and not for too long.",
    concern="cors",
    faults={
        "max-age-unreadable": "the value is no number of seconds, so that browsers take five",
        "max-age-doubled": "the header is there twice, so that browsers take five seconds",
        "max-age-too-long": "a permission that is withdrawn goes on for longer than the policy says",
    },
    remedy="send Access-Control-Max-Age once, as digits; 600 is a good value, and browsers take no more than 7200",
)
def cors_max_age(preflights: Crossings) -> Verdict:
    """Judge preflights that were given leave."""
    wrong_policy = mistaken(preflights)
    if wrong_policy:
        return wrong_policy
    most = preflights.policy.max_age
    expected = f"Access-Control-Max-Age in whole seconds, more than 0, at most {most}"
    asked = [one for one in preflights if one.visitor.role == "allowed"]
    seen = [(one, one.answer) for one in asked if isinstance(one.answer, HttpExchange) and one.answer.status < 300]
    found = [Found(one, why) for one, answer in seen if (why := _defect(answer, most))]
    if found:
        return broken(found, expected=expected)
    if not seen and all(isinstance(one.answer, HttpExchange) for one in asked):
        return unclear("no preflight was given leave", expected=expected, observed=listed(asked) or "nothing was asked")
    warning = next((why for _, answer in seen if (why := _weakness(answer))), "")
    good = f"a permission is remembered for {_range([max_age(answer) for _, answer in seen])}"
    judged = [one for one in asked if not isinstance(one.answer, HttpExchange)] or _of(seen)
    return good_or_blind([preflights], judged, good=good, expected=expected, warning=warning)


def _of(seen: Sequence[tuple[Crossing, HttpExchange]]) -> list[Crossing]:
    return [one for one, _ in seen]


def _defect(answer: HttpExchange, most: int) -> str:
    values = answer.header_values(MAX_AGE)
    if not values:
        return ""
    age = max_age(answer)
    if age.told is None:
        many = f"{len(values)} headers " if len(values) > 1 else ""
        told = shown(", ".join(values), 60)
        return f"{many}Access-Control-Max-Age {told} is no number of seconds: browsers take {age.seconds} or none"
    longest = max(age.by_browser.values())
    if longest > most:
        return f"Access-Control-Max-Age is {age.told}: browsers remember it for {longest} s, and {most} s is the most"
    return ""


def _weakness(answer: HttpExchange) -> str:
    age = max_age(answer)
    if age.told is None:
        return f"no Access-Control-Max-Age: browsers ask again after {age.seconds} seconds"
    if age.told == 0:
        return "Access-Control-Max-Age is 0: browsers ask before every request"
    if age.told > max(age.by_browser.values()):
        kept = ", ".join(f"{browser} {seconds} s" for browser, seconds in age.by_browser.items())
        return f"Access-Control-Max-Age is {age.told}, and no browser remembers it for so long: {kept}"
    return ""


def _range(ages: Sequence[Age]) -> str:
    seconds = sorted({second for age in ages for second in age.by_browser.values()})
    return " to ".join(f"{second} s" for second in (seconds[:1] + seconds[-1:] if len(seconds) > 1 else seconds))

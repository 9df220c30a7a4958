"""An origin that is not allowed gets no access."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opscheck.checks._cors import ALLOW_ORIGIN, ANY, preflight_allows, shared
from opscheck.checks._crossings import Found, broken, mistaken, resting_on, settled
from opscheck.checks._words import degraded
from opscheck.model import HttpExchange, Verdict
from opscheck.model.cross_origin import CorsPolicy, Crossing, Crossings
from opscheck.model.origin import FAMILIES
from opscheck.registry import check

_EXPECTED: Final = "no answer is shared with an origin that is not allowed, and no preflight gives it leave"
_REFLECTS: Final = "whoever asks is named, which is the same as `*`; set expect.cors.allowed to say who may read"


@check(
    "cors-refused",
    promise="A page of any other origin, also of one that looks like an allowed one, gets no access.",
    concern="cors",
    faults={
        "cors-allows-foreign": "every origin is let in",
        "cors-allows-null": "the origin null is let in, which every sandboxed frame has",
        "cors-allows-refused": "an origin that the policy refuses by name is let in",
        "cors-allows-preflight": "a preflight gives leave to origins that are not allowed",
        **{f"cors-allows-{family}": f"{mistake}, so others are let in" for family, mistake in FAMILIES.items()},
    },
    remedy="compare the whole origin, scheme, host and port, with each entry of the list; nothing else",
)
def cors_refused(*seen: Crossings) -> Verdict:
    """Judge answers, and preflights where they were asked, to origins that are not allowed."""
    wrong_policy = mistaken(seen[0])
    if wrong_policy:
        return wrong_policy
    strangers = [one for part in seen for one in part if _is_stranger(one)]
    let_in = [one for one in strangers if _gets_access(one)]
    if let_in:
        wrong = _wrong(let_in, seen[0].policy)
        if wrong:
            found = [Found(one, _why(one, wrong)) for one in wrong]
            return broken(found, expected=_EXPECTED, likely_cause=_cause(wrong), also=_also(wrong))
        if not seen[0].policy.is_public and any(_value(one) != ANY for one in let_in):
            return resting_on(degraded(_REFLECTS, expected=_EXPECTED, observed=_named(let_in)), let_in)
    good = "everybody may read, and nobody with credentials" if let_in else "no other origin gets access"
    return settled(seen, _is_stranger, good=f"{good} ({len(strangers)} asked)", expected=_EXPECTED)


def _is_stranger(one: Crossing) -> bool:
    return one.visitor.role not in ("allowed", "none")


def _gets_access(one: Crossing) -> bool:
    if not isinstance(one.answer, HttpExchange):
        return False
    if one.method:
        return preflight_allows(one.answer, one.visitor.origin, one.method, one.headers, credentials=False).allowed
    return shared(one.answer, one.visitor.origin, credentials=one.cookie).allowed


def _wrong(let_in: Sequence[Crossing], policy: CorsPolicy) -> list[Crossing]:
    """Those who should not have been let in; where nothing is known of a policy, only what no policy can mean."""
    if policy.is_given:
        return list(let_in)
    wrong = [one for one in let_in if one.visitor.role == "refused"]
    if not any(one.visitor.role == "foreign" for one in let_in) and not policy.is_public:
        wrong += [one for one in let_in if one.visitor.role == "null"]
    return wrong


def _why(one: Crossing, wrong: Sequence[Crossing]) -> str:
    does = f"may send {one.method}" if one.method else "can read the answer"
    return f"{one.visitor} {does} and is not allowed: {_mistake(one, wrong)}"


def _mistake(one: Crossing, wrong: Sequence[Crossing]) -> str:
    roles = {other.visitor.role for other in wrong}
    if all(other.method for other in wrong):
        return "the preflight gives leave although answers are not shared"
    if "foreign" in roles:
        return "every origin is let in"
    role = one.visitor.role
    return FAMILIES.get(role, "the policy refuses it by name" if role == "refused" else "every sandboxed frame has it")


def _also(wrong: Sequence[Crossing]) -> str:
    """The kinds of the others that are let in, where they are of other kinds than the first."""
    others = [role for role in dict.fromkeys(one.visitor.role for one in wrong) if role != wrong[0].visitor.role]
    return f"; likewise {', '.join(others)}" if others else ""


def _cause(wrong: Sequence[Crossing]) -> str:
    families = sorted({one.visitor.role for one in wrong if one.visitor.role in FAMILIES})
    if not families or any(one.visitor.role == "foreign" for one in wrong):
        return ""
    return f"the origin is matched by a pattern or a part of it: {', '.join(families)}"


def _value(one: Crossing) -> str:
    return (one.answer.header(ALLOW_ORIGIN) or "").strip(" \t") if isinstance(one.answer, HttpExchange) else ""


def _named(let_in: Sequence[Crossing]) -> str:
    return "; ".join(f"{one.visitor} is let in" for one in let_in[:4])

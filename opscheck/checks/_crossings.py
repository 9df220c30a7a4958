"""What the judgements of answers to other origins have in common: which answers count, and the words of a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from opscheck.checks._cors import ALLOW_CREDENTIALS, ALLOW_ORIGIN
from opscheck.checks._words import degraded, failed, passed, shown, unclear, unseen
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.model.cross_origin import Crossing, Crossings

_PROMISED: Final[dict[str, tuple[str, Callable[[int], bool]]]] = {
    "ok": ("a 2xx", lambda status: 200 <= status < 300),
    "unauthorized": ("a 401 or 403", lambda status: status in (401, 403)),
    "missing": ("a 404 or 410", lambda status: status in (404, 410)),
    "invalid": ("a 400 or 422", lambda status: status in (400, 422)),
    "failing": ("a 5xx", lambda status: 500 <= status < 600),
}
_REFUSALS: Final = frozenset({400, 403})  # how services say no to an origin
_MOST_SHOWN: Final = 3
_MOST_EVIDENCE: Final = 4
BUSY: Final = frozenset({429, 502, 503, 504})  # says nothing of what would be answered otherwise


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with one of the answers."""

    crossing: Crossing
    why: str


def is_promised(kind: str, answer: HttpExchange) -> bool:
    """The answer is of the kind that was wanted; to a preflight every answer is."""
    return kind not in _PROMISED or _PROMISED[kind][1](answer.status)


def tells(kind: str, answer: HttpExchange) -> bool:
    """The answer tells how a stranger is treated: it is the promised one, or a refusal."""
    if kind == "preflight":
        return answer.status not in BUSY and answer.status != 500
    return is_promised(kind, answer) or answer.status in _REFUSALS


def told(crossing: Crossing) -> str:
    """One request and what came of it."""
    how = f"preflight {crossing.method} from " if crossing.method else "with a cookie from " if crossing.cookie else ""
    who = f"{how}{_who(crossing)}"
    answer = crossing.answer
    if isinstance(answer, Unmeasured):
        return f"{who}: {answer.detail}"
    allowed, credentials = (answer.header(name) for name in (ALLOW_ORIGIN, ALLOW_CREDENTIALS))
    also = f", credentials {shown(credentials, 20)}" if credentials is not None else ""
    return f"{who}: {answer.status} allows {shown(allowed, 80) if allowed is not None else 'nobody'}{also}"


def _who(crossing: Crossing) -> str:
    visitor = crossing.visitor
    return f"{visitor} ({visitor.role} of {visitor.like})" if visitor.like else str(visitor)


def listed(crossings: Sequence[Crossing]) -> str:
    """Several of them in one line."""
    rest = len(crossings) - _MOST_SHOWN
    return "; ".join(map(told, crossings[:_MOST_SHOWN])) + (f"; {rest} more" if rest > 0 else "")


def broken(found: Sequence[Found], *, expected: str, likely_cause: str = "", also: str = "") -> Verdict:
    """Something is wrong with some of the answers; their exchanges are what the verdict rests on.

    Args:
        also: what to say of all but the first, instead of how many they are.
    """
    more = also or (f", and {len(found) - 1} more like it" if len(found) > 1 else "")
    observed = listed([one.crossing for one in found])
    verdict = failed(f"{found[0].why}{more}", expected=expected, observed=observed, likely_cause=likely_cause)
    return resting_on(verdict, [one.crossing for one in found])


def resting_on(verdict: Verdict, crossings: Sequence[Crossing]) -> Verdict:
    """The verdict with these exchanges as its evidence."""
    return replace(verdict, evidence=tuple(one.answer.evidence() for one in crossings[:_MOST_EVIDENCE]))


def good_or_blind(
    seen: Sequence[Crossings], judged: Sequence[Crossing], *, good: str, expected: str, warning: str = ""
) -> Verdict:
    """Nothing is wrong with what was seen: good if all of it was, else UNMEASURED.

    Args:
        judged: those that the judgement is about, also those that could not be judged.
        warning: why it is not quite good.
    """
    blind = [one for one in judged if isinstance(one.answer, Unmeasured)]
    if blind:
        causes = [one.answer for one in blind if isinstance(one.answer, Unmeasured)]
        return resting_on(unseen(next((one for one in causes if one.cause), causes[0])), blind)
    if not judged:
        return unclear("nothing was asked", expected=expected, observed="no request of this kind was planned")
    left = sum(one.left_out for one in seen)
    observed = f"{listed(judged)}{f'; {left} not asked: too many for one run' if left else ''}"
    if warning:
        return degraded(warning, expected=expected, observed=observed)
    return passed(good, expected=expected, observed=observed)


def settled(seen: Sequence[Crossings], asked: Callable[[Crossing], bool], *, good: str, expected: str) -> Verdict:
    """Nothing is wrong with what was asked of several addresses: good, unless one of them said something else."""
    judged = []
    for part in seen:
        mine = [one for one in part if asked(one)]
        others = [one for one in mine if isinstance(one.answer, HttpExchange) and not tells(part.kind, one.answer)]
        if others:
            return elsewhere(part, others, expected=expected)
        judged += mine
    return good_or_blind(seen, judged, good=good, expected=expected)


def mistaken(seen: Crossings) -> Verdict | None:
    """The verdict where the policy itself names what is no origin."""
    mistakes = seen.policy.mistakes()
    if not mistakes:
        return None
    verdict = unclear(
        mistakes[0],
        expected="origins as browsers send them, such as https://app.example.org",
        observed="; ".join(mistakes[:_MOST_SHOWN]),
        remedy="correct expect.cors in the host file",
    )
    return replace(verdict, cause=f"{seen.host}:cors:policy")


def elsewhere(seen: Crossings, others: Sequence[Crossing], *, expected: str) -> Verdict:
    """The answers are not those that the judgement is about."""
    kind = seen.kind
    promised = _PROMISED[kind][0] if kind in _PROMISED else "an answer to the preflight"
    statuses = sorted({one.answer.status for one in others if isinstance(one.answer, HttpExchange)})
    reason = f"the endpoint cors_{kind} answers {', '.join(map(str, statuses))} where {promised} is promised"
    if kind not in _PROMISED:
        reason = f"the preflight is answered with {', '.join(map(str, statuses))}, which says nothing of origins"
    remedy = f"name an address in endpoints.cors_{kind} of the host file that answers {promised}, or ask again later"
    verdict = unclear(reason, expected=expected, observed=listed(others), remedy=remedy)
    return resting_on(replace(verdict, cause=f"{seen.host}:cors:{kind}"), others)

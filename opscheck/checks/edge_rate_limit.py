"""Too much at once is refused in words that tell when to come again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from opscheck.checks._error_format import format_defect, promised
from opscheck.checks._http_date import seconds_to_wait
from opscheck.checks._words import degraded, failed, passed, shown, unclear, unseen
from opscheck.model import HttpExchange, Kind, Samples, Unmeasured, Verdict
from opscheck.registry import check

_LONGEST_WAIT: Final = 3600.0  # seconds; beyond that nobody waits


@check(
    "edge-rate-limit",
    promise="A burst is let through up to its size; what is beyond is answered by 429 with a usable Retry-After.",
    concern="edge",
    faults={
        "rate-limit-missing": "whatever comes at once is let through",
        "rate-limit-503": "what is too much is answered by a 5xx, which monitors read as an outage",
        "rate-limit-no-retry-after": "the refusal does not say when to come again",
        "rate-limit-resets": "what is too much is broken off instead of answered",
        "rate-limit-page": "the refusal is not in the format of the other errors",
    },
    remedy="limit at the edge with status 429 and Retry-After (limit_req_status 429), with room for a page's own burst",
)
def edge_rate_limit(taken: Samples, *, burst: int, errors: str, paced: float = 0) -> Verdict:
    """Judge a burst of requests.

    Args:
        burst: how many have to pass.
        errors: the promised format of errors, `problem` or `any`.
        paced: requests per second that the run itself may send to this host; 0 for as fast as it goes.
    """
    expected = f"{burst} at once pass, then 429 with Retry-After, {promised(errors)}"
    answers = [one for one in taken.taken if isinstance(one, HttpExchange)]
    blind = [one for one in taken.taken if isinstance(one, Unmeasured)]
    observed = _counted(answers, blind)
    limited = [one for one in answers if one.status == 429]
    if (
        answers
        and all(one.status >= 500 or one.status == 429 for one in answers)
        and any(one.status >= 500 for one in answers)
    ):
        reason = "what passes meets nothing but errors, so that the limit cannot be told from them"
        verdict = unclear(reason, expected=expected, observed=observed)
    elif any(one.kind is Kind.RESET and one.connected for one in blind):
        verdict = failed("what is too much is broken off", expected=expected, observed=observed)
    elif blind:
        verdict = unseen(blind[0])
    elif wrong := _defect(answers, limited, errors):
        verdict = failed(wrong, expected=expected, observed=observed)
    elif not limited and paced:
        reason = f"the run may send {paced:g} requests per second to this host, which is no burst"
        verdict = unclear(reason, expected=expected, observed=observed)
    elif not limited:
        verdict = failed(f"all of {len(answers)} at once pass", expected=expected, observed=observed)
    elif len(answers) - len(limited) < burst:
        reason = f"{len(answers) - len(limited)} of {burst} pass; what was asked before counts as well"
        verdict = degraded(reason, expected=expected, observed=observed)
    else:
        verdict = passed("a burst passes, and more is refused in words", expected=expected, observed=observed)
    return replace(verdict, evidence=tuple(one.evidence() for one in _telling(taken.taken)))


def _defect(answers: Sequence[HttpExchange], limited: Sequence[HttpExchange], errors: str) -> str:
    crashed = next((one for one in answers if one.status >= 500), None)
    if crashed is not None:
        return f"what is too much is answered by {crashed.status} instead of 429"
    for one in limited:
        given = one.header("retry-after")
        if given is None:
            return "the 429 has no Retry-After"
        wait = seconds_to_wait(given, one.at)
        if wait is None or wait > _LONGEST_WAIT:
            return f"the 429 has a Retry-After that nobody can use: {shown(given, 60)}"
        wrong = format_defect(one, errors=errors)
        if wrong:
            return f"the 429 is not in the promised format: {wrong}"
    return ""


def _counted(answers: Sequence[HttpExchange], blind: Sequence[Unmeasured]) -> str:
    named = [str(one.status) for one in answers] + [one.kind.value for one in blind]
    return ", ".join(f"{count} x {name}" for name, count in sorted(Counter(named).items())) or "nothing was asked"


def _telling(taken: Iterable[object]) -> list[HttpExchange | Unmeasured]:
    """One of each kind: a report of a hundred equal answers tells no more."""
    kinds: dict[object, HttpExchange | Unmeasured] = {}
    for one in taken:
        if isinstance(one, HttpExchange):
            kinds.setdefault(one.status, one)
        elif isinstance(one, Unmeasured):
            kinds.setdefault(one.kind, one)
    return list(kinds.values())

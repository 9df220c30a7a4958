"""The current address answers by itself, and says so every time."""

from __future__ import annotations

from collections import Counter
from typing import Final

from opscheck.checks._words import degraded, failed, passed, shown, unclear, unseen
from opscheck.model import HttpExchange, Samples, Unmeasured, Verdict
from opscheck.registry import check

_HEADER: Final = "x-status-path"
_API: Final = "api"
_LEGACY: Final = "legacy"
_NOTHING: Final = "none"


@check(
    "legacy-answered-by",
    promise="Every sample of the current address is answered by the current path, and says so in X-Status-Path.",
    concern="legacy",
    faults={
        "answered-by-legacy": "some answers of the current address come by the old path",
        "answered-by-nobody": "some answers do not say by which path they came, so the old one cannot be told",
    },
    remedy="send the current address to the service as it is, without rewriting it to the old one",
)
def legacy_answered_by(samples: Samples) -> Verdict:
    """Judge by what the answers say; the old address itself is not asked, which would count as its use.

    There are no samples where the address to sample lies below the old one.
    """
    answers = [one for one in samples.taken if isinstance(one, HttpExchange)]
    blind = [one for one in samples.taken if isinstance(one, Unmeasured)]
    if not answers:
        return unseen(blind[0]) if blind else _not_asked()
    counts = Counter(map(_said, answers))
    expected = f"X-Status-Path: {_API} on each of {len(answers)} answers"
    observed = ", ".join(f"{count} {shown(said, 40)[1:-1]}" for said, count in counts.most_common())
    wrong = [said for said in counts if said not in (_API, _NOTHING)]
    if wrong:
        name = _LEGACY if _LEGACY in wrong else shown(wrong[0], 40)
        count = sum(counts[said] for said in wrong)
        reason = f"{count} of {len(answers)} answers of the current address came by {name}"
        return failed(reason, expected=expected, observed=observed)
    silent = [one for one in answers if _said(one) == _NOTHING]
    if any(one.status < 500 for one in silent):
        reason = f"{len(silent)} of {len(answers)} answers do not say by which path they came"
        return failed(reason, expected=expected, observed=observed)
    if silent:
        reason = f"{len(silent)} of {len(answers)} answers are errors that say nothing: {silent[0].status}"
        return unclear(reason, expected=expected, observed=observed, remedy="mend the current address first")
    if blind:
        reason = f"{len(blind)} of {len(samples.taken)} samples were not answered: {blind[0].detail}"
        return degraded(reason, expected=expected, observed=observed)
    return passed(f"all of {len(answers)} answers came by {_API}", expected=expected, observed=observed)


def _not_asked() -> Verdict:
    return unclear(
        "the current address lies below the old one, so sampling it would be a use of the old one",
        expected="two addresses of which neither lies below the other",
        observed="nothing was sampled",
        remedy="correct the path of endpoints.status_summary, or expect.legacy.path",
    )


def _said(answer: HttpExchange) -> str:
    """`api`, `legacy`, `none`, or whatever else stands there; the same word twice is that word."""
    words = {part.strip().casefold() for value in answer.header_values(_HEADER) for part in value.split(",")} - {""}
    return ", ".join(sorted(words)) or _NOTHING

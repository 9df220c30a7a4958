"""A rule that watches for silence also hears the silence of its exporter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from opscheck.checks._alerts import ABSENT, heard, judged_rules
from opscheck.checks._label_sets import threshold
from opscheck.model import Verdict
from opscheck.model.alert_rules import AlertRule, AlertRules
from opscheck.model.promql import Binary, Call, Expression, Selector, children, every, selectors
from opscheck.registry import check

_EXPECTED: Final = "a rule that fires on too little also fires when the series is gone: `or absent(...)`"
_MADE_BY_SCRAPING: Final = frozenset({"up", "scrape_samples_scraped", "scrape_duration_seconds"})


@check(
    "alert-silence",
    promise="A rule that fires on too little of something also fires when that something is not reported at all.",
    concern="observability",
    faults={
        "silence-stays-silent": "the series is gone with its process, and the rule on its being zero finds nothing"
    },
    remedy="add `or absent(the_metric)` to the expression, or a rule of its own on absent()",
)
def alert_silence(rules: AlertRules) -> Verdict:
    """Judge every comparison that fires on small values."""
    covered = {selector.metric for rule in rules.rules if rule.expression for selector in _absent(rule.expression)}

    def find(_rule: AlertRule, expression: Expression) -> Iterable[str]:
        for node in _comparisons(expression):
            compared = threshold(node)
            if compared is None or not _on_little(compared[1], compared[2]):
                continue
            silent = [one.metric for one in heard(compared[0]) if one.metric and one.metric not in _MADE_BY_SCRAPING]
            missing = sorted({metric for metric in silent if metric not in covered})
            if missing and len(missing) == len(set(silent)):
                yield f"fires on too little {missing[0]}, but not when it is absent"

    return judged_rules(
        rules,
        find,
        expected=_EXPECTED,
        good="every rule on silence hears a missing series as well",
        likely_cause="a comparison with an empty vector is empty: no row, no alert",
    )


def _on_little(operator: str, number: float) -> bool:
    """`== 0` and `< n`: what falls silent makes it true."""
    return operator in ("<", "<=") or (operator == "==" and number == 0)


def _absent(node: Expression) -> Iterator[Selector]:
    for one in every(node):
        if isinstance(one, Call) and one.function in ABSENT:
            yield from selectors(one)


def _comparisons(node: Expression) -> Iterator[Binary]:
    """The comparisons that decide whether the rule fires: not those inside functions and divisions."""
    if not isinstance(node, Binary):
        return
    if node.operator in ("and", "or", "unless"):
        for child in children(node):
            yield from _comparisons(child)
    else:
        yield node

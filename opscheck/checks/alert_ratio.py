"""A rule that divides finds partners to divide by, and not only itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from opscheck.checks._alerts import judged_rules
from opscheck.checks._label_sets import LabelSets, Unfollowed, label_names, same_ratio
from opscheck.model import Verdict
from opscheck.model.alert_rules import AlertRule, AlertRules
from opscheck.model.promql import Binary, Expression, every
from opscheck.registry import check

_EXPECTED: Final = "both sides of a division have rows with the same labels, made from different series"


@check(
    "alert-ratio",
    promise="A rule that divides two rates compares a part with its whole, label for label.",
    concern="observability",
    faults={
        "ratio-never-matches": "the sides have different labels, so the division is empty and the alert never fires",
        "ratio-always-one": "errors are divided by errors: one in a hundred reads as all of them",
    },
    remedy="sum both sides by the same labels: sum by (job) (errors) / sum by (job) (all)",
)
def alert_ratio(rules: AlertRules) -> Verdict:
    """Judge every division of every rule by the label sets of its sides."""

    def find(_rule: AlertRule, expression: Expression) -> Iterable[str]:
        sets = LabelSets(rules, expression)
        for node in every(expression):
            if isinstance(node, Binary) and node.operator == "/":
                yield from _division(sets, node)

    return judged_rules(
        rules,
        find,
        expected=_EXPECTED,
        good="every division finds what it divides by",
        likely_cause="PromQL pairs rows whose labels are all equal; a label on one side only keeps them apart",
    )


def _division(sets: LabelSets, node: Binary) -> Iterable[str]:
    try:
        left, right, pairs = sets.pairs(node)
    except Unfollowed:
        return
    if not left or not right:
        return  # a metric that is missing is another check's finding
    if not pairs:
        yield f"divides rows with {label_names(left)} by rows with {label_names(right)}: they never match"
    elif same_ratio(pairs):
        yield "divides every row by itself: the ratio is always 1"

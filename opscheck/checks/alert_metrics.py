"""Every alerting rule asks for series that exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from opscheck.checks._alerts import heard, judged_rules
from opscheck.checks._label_sets import LabelSets, Unfollowed
from opscheck.checks._words import failed, shown
from opscheck.model import Verdict
from opscheck.model.alert_rules import AlertRule, AlertRules
from opscheck.model.promql import Expression, Selector
from opscheck.registry import check

_EXPECTED: Final = "every metric of an alerting rule exists, and every selector can match one of its series"


@check(
    "alert-metrics",
    promise="Every metric that an alerting rule asks for exists, with the labels that the rule selects by.",
    concern="observability",
    faults={
        "rule-without-metric": "a rule asks for a metric that nothing exposes: it never fires",
        "rule-selects-nothing": "a rule selects by a label that its metric does not have",
        "rule-unreadable": "a rule's expression is no PromQL",
    },
    remedy="correct the rule's metric and labels, or bring back the exporter that had them",
)
def alert_metrics(rules: AlertRules) -> Verdict:
    """Judge the loaded rules against the series of the last hours."""
    broken = next((rule for rule in rules.rules if rule.problem), None)
    if broken is not None:
        reason = f"rule {shown(broken.name, 60)} cannot be parsed: {shown(broken.problem)}"
        return failed(reason, expected=_EXPECTED, observed=shown(broken.query))
    names = {series.metric for series in rules.series} | set(rules.recorded)

    def find(_rule: AlertRule, expression: Expression) -> Iterable[str]:
        sets = LabelSets(rules, expression)
        for selector in dict.fromkeys(heard(expression)):
            if selector.metric and selector.metric not in names:
                yield f"asks for {selector.metric}, which nothing exposes"
            elif selector.metric not in rules.recorded and _finds_nothing(sets, selector):
                yield f"selects {shown(str(selector), 80)[1:-1]}, which no series of that metric can match"

    return judged_rules(
        rules,
        find,
        expected=_EXPECTED,
        good="every rule asks for series that exist",
        likely_cause="the exporter was renamed, was removed, or never had this metric",
    )


def _finds_nothing(sets: LabelSets, selector: Selector) -> bool:
    try:
        return not sets.vector(selector)
    except Unfollowed:
        return False

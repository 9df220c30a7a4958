"""A threshold on a quantile can be reached."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from opscheck.checks._alerts import judged_rules
from opscheck.checks._label_sets import threshold
from opscheck.model import Verdict
from opscheck.model.alert_rules import AlertRule, AlertRules
from opscheck.model.promql import Binary, Call, Expression, every, selectors
from opscheck.registry import check

_EXPECTED: Final = "a threshold on a quantile lies below the largest finite bucket of its histogram"


@check(
    "alert-threshold",
    promise="A threshold on a quantile lies where the histogram can still tell.",
    concern="observability",
    faults={"quantile-out-of-reach": "the threshold lies at or beyond the largest bucket: the alert never fires"},
    remedy="add buckets beyond the threshold, or lower the threshold",
)
def alert_threshold(rules: AlertRules) -> Verdict:
    """Judge every comparison of a histogram_quantile with a number."""

    def find(_rule: AlertRule, expression: Expression) -> Iterable[str]:
        for node in every(expression):
            compared = threshold(node) if isinstance(node, Binary) else None
            if compared is None:
                continue
            of, operator, number = compared
            if isinstance(of, Call) and of.function == "histogram_quantile":
                yield from _beyond(rules, of, operator, number)

    return judged_rules(
        rules,
        find,
        expected=_EXPECTED,
        good="every threshold on a quantile can be reached",
        likely_cause="a quantile is never larger than the largest finite bucket, whatever the service does",
    )


def _beyond(rules: AlertRules, quantile: Call, operator: str, number: float) -> Iterable[str]:
    for selector in selectors(quantile):
        bounds = [bound for series in rules.of(selector.metric) for bound in _bounds(dict(series.labels))]
        largest = max(bounds, default=math.inf)
        if (operator == ">" and number >= largest) or (operator in (">=", "==") and number > largest):
            yield f"waits for {operator} {number:g}, while the largest bucket of {selector.metric} is {largest:g}"


def _bounds(labels: dict[str, str]) -> Iterable[float]:
    try:
        bound = float(labels.get("le", "inf"))
    except ValueError:
        return
    if math.isfinite(bound):
        yield bound

"""Every alert is routed to a receiver that tells somebody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from opscheck.checks._alerts import judged_rules
from opscheck.checks._words import failed, shown
from opscheck.model import Verdict
from opscheck.model.alert_rules import AlertRule, AlertRules, Route, Routing
from opscheck.model.promql import Expression
from opscheck.registry import check

_EXPECTED: Final = "the route of every alerting rule ends at a receiver that exists and has an integration"


@check(
    "alert-receivers",
    promise="Every alert is routed to a receiver that exists and notifies somebody.",
    concern="observability",
    faults={
        "route-without-receiver": "a route names a receiver that does not exist",
        "receiver-tells-nobody": "an alert ends at a receiver without any integration",
    },
    remedy="give the receiver an integration, or route the alert to one that has (amtool config routes test)",
)
def alert_receivers(rules: AlertRules, routing: Routing) -> Verdict:
    """Judge the routing tree against the rules that are loaded."""
    if routing.root is None:
        reason = f"the routing cannot be read: {shown(routing.problem)}"
        return failed(reason, expected=_EXPECTED, observed="no routing tree")
    unknown = sorted({route.receiver for route in _every(routing.root)} - set(routing.receivers))
    if unknown:
        reason = f"a route names the receiver {shown(unknown[0], 60)}, which does not exist"
        return failed(
            reason, expected=_EXPECTED, observed=f"receivers: {', '.join(sorted(routing.receivers)) or 'none'}"
        )
    root = routing.root

    def find(rule: AlertRule, _expression: Expression) -> Iterable[str]:
        labels = {"alertname": rule.name, **dict(rule.labels)}
        ends = list(_ends(root, labels))
        if not any(routing.receivers[receiver] for receiver in ends):
            yield f"ends at {', '.join(dict.fromkeys(ends))}, which notifies nobody"

    return judged_rules(
        rules,
        find,
        expected=_EXPECTED,
        good="every alert ends at a receiver that notifies somebody",
        likely_cause="a receiver without integrations swallows what it is sent",
    )


def _every(route: Route) -> Iterator[Route]:
    yield route
    for child in route.routes:
        yield from _every(child)


def _ends(route: Route, labels: dict[str, str]) -> Iterator[str]:
    """The receivers that an alert with these labels reaches; the parent's where no child takes it."""
    taken = False
    for child in route.routes:
        if not all(_holds(labels.get(name, ""), operator, value) for name, operator, value in child.matchers):
            continue
        taken = True
        yield from _ends(child, labels)
        if not child.goes_on:
            return
    if not taken:
        yield route.receiver


def _holds(actual: str, operator: str, wanted: str) -> bool:
    if operator in ("=", "!="):
        return (actual == wanted) is (operator == "=")
    try:
        return (re.fullmatch(wanted, actual) is not None) is (operator == "=~")
    except re.error:
        return False

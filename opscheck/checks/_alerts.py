"""What the checks of alerting rules share: one walk over the rules, one verdict on what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from opscheck.checks._words import failed, passed, shown, unclear
from opscheck.model import Verdict
from opscheck.model.alert_rules import AlertRule, AlertRules
from opscheck.model.promql import Call, Expression, Selector, children

_NAMED: Final = 4  # findings that the reason tells; the rest is counted
ABSENT: Final = frozenset({"absent", "absent_over_time"})

Find = Callable[[AlertRule, Expression], Iterable[str]]


def judged_rules(rules: AlertRules, find: Find, *, expected: str, good: str, likely_cause: str) -> Verdict:
    """Look at every rule that could be parsed; fail with what was found, rule by rule.

    A system without alerting rules is no verdict: there is nothing that could fire.
    """
    readable = [rule for rule in rules.rules if rule.expression is not None]
    if not readable:
        told = "no alerting rule is loaded" if not rules.rules else "no alerting rule could be parsed"
        observed = f"{len(rules.rules)} alerting rules"
        remedy = "load rule files (rule_files in the server's configuration)"
        return unclear(told, expected=expected, observed=observed, remedy=remedy)
    every = (
        f"{_short(rule.name)} {text}" for rule in readable if rule.expression for text in find(rule, rule.expression)
    )
    found = list(dict.fromkeys(every))
    observed = f"{len(readable)} rules, {len(found)} findings"
    if not found:
        return passed(good, expected=expected, observed=observed)
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return failed("; ".join(found[:_NAMED]) + more, expected=expected, observed=observed, likely_cause=likely_cause)


def heard(node: Expression) -> Iterable[Selector]:
    """The selectors of an expression that have to find something: not those inside absent()."""
    if isinstance(node, Selector):
        yield node
    elif not (isinstance(node, Call) and node.function in ABSENT):
        for child in children(node):
            yield from heard(child)


def _short(name: str) -> str:
    return shown(name, 60)[1:-1]

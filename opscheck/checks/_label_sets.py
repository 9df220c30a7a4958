"""Which label sets a PromQL expression can have, from the series that there are.

This is the part of evaluation that decides whether a rule can ever fire, without its numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from opscheck.model.alert_rules import AlertRules, Series
from opscheck.model.promql import Aggregation, Binary, Call, Expression, Matcher, Number, Selector, selectors

_OWN_LABELS: Final = frozenset({"label_replace", "label_join", "info"})  # they make labels: not followed
_NO_SERIES: Final = frozenset({"vector", "time", "scalar", "absent", "absent_over_time"})
_SETS: Final = frozenset({"and", "or", "unless"})


@dataclass(frozen=True, slots=True)
class Row:
    """One element of a vector: its labels, and the series that it was made from."""

    labels: frozenset[tuple[str, str]]
    sources: frozenset[Series]


Vector = tuple[Row, ...]


class Unfollowed(Exception):
    """The labels of an expression cannot be told."""


class LabelSets:
    """Evaluates label sets over the series of a system, and over those that the rule's own matchers suppose.

    A rule on errors has to be judged before the first error: where no series has the label value that a selector
    asks for, one is supposed for each series that has the label.
    """

    def __init__(self, rules: AlertRules, expression: Expression) -> None:
        self._series: dict[str, set[Series]] = {}
        for series in rules.series:
            self._series.setdefault(series.metric, set()).add(series)
        for selector in selectors(expression):
            known = self._series.get(selector.metric, set())
            if not any(matches(selector, series) for series in known):
                known |= {supposed for series in list(known) for supposed in _supposed(selector, series)}

    def vector(self, node: Expression) -> Vector:
        """The rows of an expression.

        Raises:
            Unfollowed: it holds something whose labels are not modelled.
        """
        if isinstance(node, Selector):
            return self._selected(node)
        if isinstance(node, Call):
            return self._called(node)
        if isinstance(node, Aggregation):
            return _aggregated(node, self.vector(node.of))
        if isinstance(node, Binary):
            return self._joined(node)
        raise Unfollowed

    def pairs(self, node: Binary) -> tuple[Vector, Vector, list[tuple[Row, Row]]]:
        """Both sides of a binary expression, and the rows that find each other.

        Raises:
            Unfollowed: a side is a number, or not modelled.
        """
        left, right = self.vector(node.left), self.vector(node.right)
        found: dict[frozenset[tuple[str, str]], list[Row]] = {}
        for row in right:
            found.setdefault(_key(node, row), []).append(row)
        return left, right, [(row, other) for row in left for other in found.get(_key(node, row), ())]

    def _selected(self, node: Selector) -> Vector:
        if not node.metric:
            raise Unfollowed
        chosen = (series for series in self._series.get(node.metric, ()) if matches(node, series))
        return tuple(Row(frozenset(series.labels), frozenset({series})) for series in chosen)

    def _called(self, node: Call) -> Vector:
        if node.function in _OWN_LABELS | _NO_SERIES:
            raise Unfollowed
        inner = next((one for one in node.arguments if not isinstance(one, Number)), None)
        if inner is None:
            raise Unfollowed
        rows = self.vector(inner)
        return _grouped(rows, drop={"le"}) if node.function == "histogram_quantile" else rows

    def _joined(self, node: Binary) -> Vector:
        if isinstance(node.right, Number):
            return self.vector(node.left)
        if isinstance(node.left, Number):
            return self.vector(node.right)
        if node.operator in _SETS:
            raise Unfollowed
        _, _, pairs = self.pairs(node)
        return tuple(Row(_key(node, left), left.sources | right.sources) for left, right in pairs)


def matches(selector: Selector, series: Series) -> bool:
    """A selector selects a series; a label that is absent is the empty text."""
    labels = dict(series.labels)
    return series.metric == selector.metric and all(_holds(one, labels.get(one.label, "")) for one in selector.matchers)


def _holds(matcher: Matcher, value: str) -> bool:
    if matcher.op in ("=", "!="):
        return (value == matcher.value) is (matcher.op == "=")
    try:
        found = re.fullmatch(matcher.value, value) is not None
    except re.error:
        raise Unfollowed from None
    return found is (matcher.op == "=~")


def _supposed(selector: Selector, series: Series) -> Iterable[Series]:
    """The series that would be there once what the selector asks for happens; none where it lacks a label."""
    labels = dict(series.labels)
    for one in selector.matchers:
        wanted = _example(one)
        if _holds(one, labels.get(one.label, "")):
            continue
        if one.label not in labels or wanted is None:
            return
        labels[one.label] = wanted
    yield Series(series.metric, tuple(sorted(labels.items())))


def _example(matcher: Matcher) -> str | None:
    """A value that a matcher lets through, where one can be told without guessing."""
    if matcher.op == "=" and matcher.value:
        return matcher.value
    if matcher.op != "=~":
        return None
    plain = re.sub(r"\.[*+]|\[[^]]*\][*+]?|\\d\+?", "5", matcher.value.split("|")[0]).strip("()^$")
    try:
        return plain if re.fullmatch(matcher.value, plain) else None
    except re.error:
        return None


def _aggregated(node: Aggregation, rows: Vector) -> Vector:
    if node.operator in ("topk", "bottomk", "limitk", "limit_ratio"):
        return rows
    if node.operator == "count_values":
        raise Unfollowed
    if node.grouping == "without":
        return _grouped(rows, drop=set(node.labels))
    return _grouped(rows, keep=set(node.labels))


def _grouped(rows: Vector, *, keep: set[str] | None = None, drop: set[str] | None = None) -> Vector:
    groups: dict[frozenset[tuple[str, str]], frozenset[Series]] = {}
    for row in rows:
        left = ((name, value) for name, value in row.labels if (keep is None or name in keep))
        key = frozenset((name, value) for name, value in left if drop is None or name not in drop)
        groups[key] = groups.get(key, frozenset()) | row.sources
    return tuple(Row(key, sources) for key, sources in groups.items())


def _key(node: Binary, row: Row) -> frozenset[tuple[str, str]]:
    if node.matching == "on":
        return frozenset(pair for pair in row.labels if pair[0] in node.labels)
    return frozenset(pair for pair in row.labels if node.matching is None or pair[0] not in node.labels)


def label_names(rows: Vector) -> str:
    """`job, status` for messages."""
    return ", ".join(sorted({name for row in rows for name, _ in row.labels})) or "no label"


def same_ratio(pairs: Iterable[tuple[Row, Row]]) -> bool:
    """Every row is divided by nothing but itself."""
    return all(left.sources == right.sources for left, right in pairs)


def threshold(node: Binary) -> tuple[Expression, str, float] | None:
    """`(expression, operator, number)` of a comparison with a number, the number on the right."""
    turned: Mapping[str, str] = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}
    if node.operator not in turned:
        return None
    if isinstance(node.right, Number):
        return node.left, node.operator, node.right.value
    if isinstance(node.left, Number):
        return node.right, turned[node.operator], node.left.value
    return None

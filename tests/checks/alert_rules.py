"""Alerting rules over a handful of series, made in one line; the expressions go through the real parser."""

from __future__ import annotations

from typing import Final

from opscheck.model.alert_rules import AlertRule, AlertRules, Series
from opscheck.readers.promql import PromqlError, parse
from tests.checks.answers import NOW


def series(metric: str, **labels: str) -> Series:
    """One time series."""
    return Series(metric, tuple(sorted(labels.items())))


WORLD: Final = (
    series("up", job="worker"),
    series("tasks_total", job="worker", status="success"),
    series("tasks_total", job="worker", status="skipped"),
    series("errors_total", job="bot", error_type="timeout", handler="chat"),
    series("messages_total", job="bot", status="ok"),
    series("queue_depth", job="worker", task_type="review"),
    *(series("seconds_bucket", job="worker", le=bound) for bound in ("0.5", "5", "120", "+Inf")),
)


def rules(
    *queries: str, world: tuple[Series, ...] = WORLD, recorded: tuple[str, ...] = (), **labels: str
) -> AlertRules:
    """A server that has loaded a rule for each query."""
    return AlertRules(
        "http://prometheus.example",
        tuple(_rule(number, query, tuple(sorted(labels.items()))) for number, query in enumerate(queries, 1)),
        world,
        recorded,
        NOW,
    )


def _rule(number: int, query: str, labels: tuple[tuple[str, str], ...]) -> AlertRule:
    try:
        return AlertRule("group", f"Rule{number}", query, parse(query), labels)
    except PromqlError as error:
        return AlertRule("group", f"Rule{number}", query, None, labels, str(error))

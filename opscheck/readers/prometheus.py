"""Answers of the Prometheus API: rules and the series that they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from opscheck.checks._json import NotJson, objects, read_object
from opscheck.model import HttpExchange, Kind, Unmeasured
from opscheck.model.alert_rules import AlertRule, AlertRules, Labels, Series
from opscheck.model.promql import selectors
from opscheck.model.request import mask_url
from opscheck.readers.blind import unread
from opscheck.readers.promql import INSTALL, PromqlError, parse

_MOST_RULES: Final = 1000
_MOST_SERIES: Final = 500  # of one metric: labels repeat long before that


def loaded_rules(answer: HttpExchange | Unmeasured) -> AlertRules | Unmeasured:
    """The rules of `/api/v1/rules`, parsed, still without series."""
    data = _data(answer)
    if isinstance(data, Unmeasured) or isinstance(answer, Unmeasured):
        return data if isinstance(data, Unmeasured) else answer  # type: ignore[return-value] # one of the two is
    rules: list[AlertRule] = []
    recorded: list[str] = []
    try:
        for group in objects(data.get("groups") if isinstance(data, dict) else None):
            for rule in objects(group.get("rules")):
                if rule.get("type") == "alerting":
                    rules.append(alert_rule(str(group.get("name", "")), rule))
                elif isinstance(rule.get("name"), str):
                    recorded.append(rule["name"])
    except ImportError:
        detail = "PromQL cannot be read: promql-parser is not installed"
        return unread(answer, Kind.TOOL_MISSING, detail, f"{INSTALL} brings it")
    where = mask_url(answer.request.url)
    return AlertRules(where, tuple(rules[:_MOST_RULES]), (), tuple(recorded), answer.at, answer.phases, answer.attempts)


def metrics_of(rules: AlertRules) -> list[str]:
    """The names of all metrics that rules ask for, sorted."""
    expressions = [rule.expression for rule in rules.rules if rule.expression is not None]
    return sorted({one.metric for expression in expressions for one in selectors(expression) if one.metric})


def with_series(rules: AlertRules, answers: Iterable[HttpExchange | Unmeasured]) -> AlertRules | Unmeasured:
    """The rules together with the series of `/api/v1/series`; blind where one of the answers is."""
    found: list[Series] = []
    for answer in answers:
        data = _data(answer)
        if isinstance(data, Unmeasured):
            return data
        listed = [one for one in objects(data) if isinstance(one.get("__name__"), str)]
        found += [_series(one) for one in listed[:_MOST_SERIES]]
    return replace(rules, series=tuple(dict.fromkeys(found)))


def alert_rule(group: str, rule: dict[str, Any]) -> AlertRule:
    """One rule by its `name`, `query` and `labels`, parsed; where it cannot be, the rule says why.

    Raises:
        ImportError: the parser is not installed.
    """
    name, query = str(rule.get("name", "")), str(rule.get("query", ""))
    labels = _labels(rule.get("labels"))
    try:
        return AlertRule(group, name, query, parse(query), labels)
    except PromqlError as error:
        return AlertRule(group, name, query, None, labels, str(error))


def _series(listed: dict[str, Any]) -> Series:
    rest = {key: value for key, value in listed.items() if key != "__name__"}
    return Series(listed["__name__"], _labels(rest))


def _labels(value: object) -> Labels:
    given = value if isinstance(value, dict) else {}
    return tuple(sorted((key, text) for key, text in given.items() if isinstance(text, str)))


def _data(answer: HttpExchange | Unmeasured) -> Any:  # noqa: ANN401 - what the envelope holds, or Unmeasured
    """What the envelope `{"status": "success", "data": ...}` holds."""
    if isinstance(answer, Unmeasured):
        return answer
    try:
        body = read_object(answer.body)
    except NotJson as error:
        return unread(answer, Kind.PROTOCOL, f"no answer of a Prometheus API ({answer.status}): {error}")
    if answer.status != 200 or body.get("status") != "success":
        told = str(body.get("error", ""))[:120] or "no reason told"
        return unread(answer, Kind.PROTOCOL, f"the Prometheus API answers {answer.status}: {told}")
    return body.get("data")

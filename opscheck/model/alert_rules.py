"""What an alerting system was seen to have: rules, the series they ask for, and the routes to receivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from opscheck.model.evidence import Evidence
from opscheck.model.exchange import HttpExchange
from opscheck.model.promql import Expression
from opscheck.model.request import Phases, mask_url
from opscheck.model.unmeasured import Unmeasured

Labels: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One time series: its metric and its labels, sorted by name, without `__name__`."""

    metric: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alerting rule.

    Attributes:
        query: as written.
        expression: the parsed query; None where it cannot be parsed, and `problem` says why.
        labels: those that the rule adds to its alert.
    """

    group: str
    name: str
    query: str
    expression: Expression | None
    labels: Labels = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AlertRules:
    """The alerting rules that are loaded, and the series of every metric that they ask for.

    Attributes:
        where: masked URL of the server.
        series: those of the last hours, at most some hundred of each metric.
        recorded: the names that recording rules make.
    """

    where: str
    rules: tuple[AlertRule, ...]
    series: tuple[Series, ...]
    recorded: tuple[str, ...]
    at: datetime
    phases: Phases = Phases()
    attempts: int = 1

    def of(self, metric: str) -> tuple[Series, ...]:
        """The series of one metric."""
        return tuple(one for one in self.series if one.metric == metric)

    def evidence(self) -> Evidence:
        """How many rules and series, and the rules by name."""
        metrics = len({one.metric for one in self.series})
        summary = f"{len(self.rules)} alerting rules, {len(self.series)} series of {metrics} metrics"
        details = {"rules": [{"name": rule.name, "query": rule.query[:300]} for rule in self.rules[:100]]}
        return Evidence("alert-rules", mask_url(self.where), self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the routing tree: alerts that match go to the receiver, or to the first of `routes` that takes them.

    Attributes:
        matchers: label, operator (`=`, `!=`, `=~`, `!~`) and value; all have to match.
        goes_on: an alert that this route takes is offered to its later siblings as well.
    """

    receiver: str
    matchers: tuple[tuple[str, str, str], ...] = ()
    routes: tuple[Route, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Routing:
    """The routing of alerts: the tree, and how many integrations each receiver has.

    Attributes:
        problem: why the configuration cannot be read; empty where it can.
    """

    where: str
    root: Route | None
    receivers: Mapping[str, int]
    at: datetime
    problem: str = ""
    phases: Phases = Phases()
    attempts: int = 1

    def evidence(self) -> Evidence:
        """The receivers by name, without their addresses."""
        summary = f"{len(self.receivers)} receivers" if self.root else f"unreadable: {self.problem}"
        details: dict[str, Any] = {"receivers": dict(self.receivers)}
        return Evidence("alert-routing", mask_url(self.where), self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class AlertDelivery:
    """A test alert with a mark of its own, from giving it to whoever is told of it.

    Attributes:
        posted: the answer to giving it.
        listed: the last answer that lists it; None where it was not taken.
        before, after: the server's own metrics, before it was given and when the wait was over.
        ended: the answer to declaring it over.
    """

    mark: str
    posted: HttpExchange
    before: HttpExchange | Unmeasured
    listed: HttpExchange | Unmeasured | None = None
    after: HttpExchange | Unmeasured | None = None
    ended: HttpExchange | Unmeasured | None = None
    attempts: int = 1  # waiting is what is measured here

    @property
    def at(self) -> datetime:
        """When it was given."""
        return self.posted.at

    @property
    def phases(self) -> Phases:
        """Those of giving it."""
        return self.posted.phases

    def evidence(self) -> Evidence:
        """The answers, in short; of the metrics only that they came."""
        steps = (("posted", self.posted), ("listed", self.listed), ("ended", self.ended))
        details: dict[str, Any] = {name: dict(one.evidence().as_dict()) for name, one in steps if one is not None}
        summary = f"{self.posted.status} for the alert"
        where = mask_url(self.posted.request.url)
        return Evidence("alert-delivery", where, self.at, summary, self.phases, 1, {"mark": self.mark, **details})

"""What is made of the answers of other systems: never an error, and a way out where a library is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

import pytest

from opscheck.model import HttpExchange, Kind, Unmeasured
from opscheck.model.alert_rules import AlertRules, Route, Routing
from opscheck.readers.alertmanager import routing_of
from opscheck.readers.grafana import uids
from opscheck.readers.loki import holds
from opscheck.readers.prometheus import loaded_rules, metrics_of, with_series
from tests.checks.answers import HOSTILE, http, refused

RULE: Final = {"type": "alerting", "name": "Down", "query": "up == 0", "labels": {"severity": "critical"}}
RULES: Final = {"status": "success", "data": {"groups": [{"name": "ops", "rules": [RULE]}]}}
TREE: Final = """
route:
  receiver: mail
  routes:
  - {matchers: ['severity=~"critical|page"', "team != 'web'"], receiver: pager, continue: true}
  - {match: {team: web}}
receivers:
- {name: mail, email_configs: [{to: ops@example.org}]}
- {name: pager, webhook_configs: [{url: http://pager.example/}], slack_configs: [{channel: a}]}
- {name: nobody}
"""


def routing(text: str) -> Routing:
    """What is read of a configuration."""
    seen = routing_of(http({"config": {"original": text}}))
    assert isinstance(seen, Routing)
    return seen


def test_a_routing_tree_is_read() -> None:
    """Receivers with what they have, matchers in both spellings, and who inherits."""
    seen = routing(TREE)

    assert seen.receivers == {"mail": 1, "pager": 2, "nobody": 0}
    first = Route("pager", (("severity", "=~", "critical|page"), ("team", "!=", "web")), (), goes_on=True)
    assert seen.root == Route("mail", (), (first, Route("mail", (("team", "=", "web"),))))


@pytest.mark.parametrize("text", ["", "[]", "route: 5", "a: [", "!!python/name:os.system", "receivers: []"])
def test_a_configuration_that_is_none_says_why(text: str) -> None:
    """One line, and no route."""
    seen = routing(text)

    assert seen.root is None
    assert seen.problem.isprintable()
    assert seen.problem


def test_rules_and_their_series_are_read() -> None:
    """The rule with its labels, and the metrics to be looked up."""
    rules = loaded_rules(http(RULES))
    assert isinstance(rules, AlertRules)
    listed = http({"status": "success", "data": [{"__name__": "up", "job": "a"}, {"job": "nameless"}]})

    seen = with_series(rules, [listed, listed])

    assert isinstance(seen, AlertRules)
    assert metrics_of(seen) == ["up"]
    assert (seen.rules[0].name, seen.rules[0].labels) == ("Down", (("severity", "critical"),))
    assert [(one.metric, one.labels) for one in seen.series] == [("up", (("job", "a"),))]
    assert isinstance(with_series(rules, [refused()]), Unmeasured)


READERS: Final[dict[str, Callable[[HttpExchange], Any]]] = {"rules": loaded_rules, "routing": routing_of}


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("reader", READERS)
def test_no_body_breaks_a_reader(reader: str, body: bytes) -> None:
    """What is no answer of that API could not be read: no verdict, and no error."""
    seen = READERS[reader](http(body))

    assert isinstance(seen, Unmeasured | Routing)
    assert not isinstance(seen, Routing) or seen.problem
    assert uids(http(body)) == []
    assert not holds(http(body), "mark")


@pytest.mark.parametrize(
    ("reader", "module", "answer"),
    [("rules", "promql_parser", http(RULES)), ("routing", "yaml", http({"config": {"original": TREE}}))],
)
def test_a_missing_library_says_how_to_get_it(
    reader: str, module: str, answer: HttpExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an error nor a failure: the command that brings it."""
    monkeypatch.setitem(sys.modules, module, None)

    seen = READERS[reader](answer)

    assert isinstance(seen, Unmeasured)
    assert seen.kind is Kind.TOOL_MISSING
    assert "pip install 'opscheck[infra]'" in seen.remedy

"""What is made of the answers of other systems: never an error, and a way out where a library is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

import pytest

from opscheck.model import HttpExchange, Kind, Unmeasured
from opscheck.model.alert_rules import AlertRules, Route, Routing
from opscheck.model.files import LocalFile
from opscheck.model.logs import FoundLines
from opscheck.readers.alertmanager import routing_of
from opscheck.readers.grafana import uids
from opscheck.readers.loki import holds, lines_of, question_in
from opscheck.readers.prometheus import loaded_rules, metrics_of, with_series
from opscheck.readers.qdrant import point_vector
from opscheck.readers.rule_files import routing_of_file, rules_in
from tests.checks.answers import HOSTILE, NOW, http, refused

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


FILED: Final = """
groups:
- name: ops
  rules:
  - {alert: Down, expr: up == 0, labels: {severity: critical}}
  - {record: "job:up:sum", expr: sum by (job) (up)}
  - {alert: Broken, expr: "rate(up[5m)"}
"""


def file(text: str | bytes, problem: str = "") -> LocalFile:
    """A file of this machine."""
    return LocalFile("/etc/a.yml", text if isinstance(text, bytes) else text.encode(), NOW, problem)


def test_rule_files_are_read_as_the_server_would_tell_them() -> None:
    """Alerts with their labels, the names that are recorded, and what cannot be parsed."""
    seen = rules_in([file(FILED), file("groups: []")])

    assert isinstance(seen, AlertRules)
    assert [(one.name, one.labels, bool(one.problem)) for one in seen.rules] == [
        ("Down", (("severity", "critical"),), False),
        ("Broken", (), True),
    ]
    assert seen.recorded == ("job:up:sum",)
    assert metrics_of(seen) == ["up"]


@pytest.mark.parametrize(
    "one",
    [file("a: ["), file("[]"), file(b"\xff\xfe"), file("", "no such file or directory"), file("!!python/name:os.x")],
)
def test_a_file_that_is_none_could_not_be_read(one: LocalFile) -> None:
    """It says which, and why, in one line."""
    seen = rules_in([file(FILED), one])

    assert isinstance(seen, Unmeasured)
    assert seen.detail.startswith("/etc/a.yml: ")
    assert seen.detail.isprintable()


def test_the_routing_of_a_file_is_that_of_the_server() -> None:
    """The same tree, wherever it was read; a file that is not there could not be read."""
    seen = routing_of_file(file(TREE))

    assert isinstance(seen, Routing)
    assert seen.root == routing(TREE).root
    assert isinstance(routing_of_file(file("", "no such file")), Unmeasured)
    assert routing_of_file(file("route: 5")).problem  # type: ignore[union-attr] # it was read, and holds no route


def test_rule_files_need_their_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that brings them."""
    for module in ("yaml", "promql_parser"):
        monkeypatch.setitem(sys.modules, module, None)
    for seen in (rules_in([file(FILED)]), routing_of_file(file(TREE))):
        assert isinstance(seen, Unmeasured)
        assert "pip install 'opscheck[infra]'" in seen.remedy


def test_marks_are_looked_for_as_they_are() -> None:
    """What a service gives as its id can end no query and be no pattern."""
    asked = question_in('{app="agent"}', ["a.b", "x` or `y", "(z"])

    assert asked == '{app="agent"} |~ `a\\.b|\\(z`'


def test_lines_of_the_log_store_are_read() -> None:
    """Of every stream; an error of it is no empty log."""
    streams = [{"stream": {}, "values": [["1", "first"], ["2", "second"]]}, {"values": [["3", "third"], "odd"]}]
    seen = lines_of(http({"status": "success", "data": {"result": streams}}))

    assert isinstance(seen, FoundLines)
    assert seen.lines == ("first", "second", "third")
    assert isinstance(lines_of(http(b"parse error", 400)), Unmeasured)
    assert isinstance(lines_of(refused()), Unmeasured)


def test_a_point_of_our_own_fits_the_collection() -> None:
    """The unnamed vector, or the first named one; none where no size is told."""
    one = {"result": {"config": {"params": {"vectors": {"size": 3, "distance": "Dot"}}}}}
    two = {"result": {"config": {"params": {"vectors": {"text": {"size": 2}, "b": {"size": 9}}}}}}

    assert point_vector(http(one)) == ("", [1.0, 0.0, 0.0])
    assert point_vector(http(two)) == ("text", [1.0, 0.0])
    for odd in (0, -1, True, "4", 10**9, None):
        assert point_vector(http({"result": {"config": {"params": {"vectors": {"size": odd}}}}})) == ("", [])
    assert point_vector(refused()) == ("", [])


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_readers_of_lines_and_vectors(body: bytes) -> None:
    """Whatever came, it is lines or none, and a vector or none."""
    assert isinstance(lines_of(http(body)), FoundLines | Unmeasured)
    assert point_vector(http(body)) == ("", [])

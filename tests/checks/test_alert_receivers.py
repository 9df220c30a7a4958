"""An alert ends at a receiver that tells somebody."""

import json

import pytest

from opscheck.checks.alert_receivers import alert_receivers
from opscheck.model import Outcome, Unmeasured
from opscheck.model.alert_rules import Routing
from opscheck.readers.alertmanager import routing_of
from tests.checks.alert_rules import rules
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "alert-receivers"
RULES = rules("up == 0", severity="critical", service="bot")


def routing(text: str) -> Routing:
    """The routing of a configuration, as the API tells it."""
    seen = routing_of(http(json.dumps({"config": {"original": text}}).encode()))
    assert isinstance(seen, Routing)
    return seen


def routed(receiver: str, *routes: dict[str, object], hooked: tuple[str, ...] = ("ops",)) -> Routing:
    """A tree of one level; `none` exists and has no integration."""
    names = {"none", "ops"}
    receivers = [
        {"name": name, **({"webhook_configs": [{"url": "http://127.0.0.1:9/"}]} if name in hooked else {})}
        for name in sorted(names)
    ]
    return routing(json.dumps({"route": {"receiver": receiver, "routes": routes}, "receivers": receivers}))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(routed("ops"), id="root"),
        pytest.param(routed("none", {"receiver": "ops", "match": {"severity": "critical"}}), id="match"),
        pytest.param(
            routed("none", {"receiver": "ops", "matchers": ['severity =~ "crit.*|warning"', 'service!="x"']}),
            id="matchers",
        ),
        pytest.param(
            routed("none", {"receiver": "none", "match_re": {"service": "b.t"}, "continue": True}, {"receiver": "ops"}),
            id="continue",
        ),
        pytest.param(routed("ops", {"match": {"severity": "critical"}}), id="inherited"),
    ],
)
def test_an_alert_that_tells_somebody_passes(seen: Routing) -> None:
    """By the root, by a child that matches, by a later sibling, by an inherited receiver."""
    assert alert_receivers(RULES, seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(
            ID, "route-without-receiver", routed("ops", {"receiver": "pager"}), "names the receiver 'pager', which does"
        ),
        red(ID, "receiver-tells-nobody", routed("ops", hooked=()), "Rule1 ends at ops, which notifies nobody"),
        red(
            ID,
            "receiver-tells-nobody",
            routed("ops", {"receiver": "none", "match": {"severity": "critical"}}),
            "ends at none",
            name="swallowed-by-a-child",
        ),
        red(ID, "route-without-receiver", routing("receivers: []"), "the routing cannot be read", name="no-route"),
        red(ID, "route-without-receiver", routing("route: ["), "the routing cannot be read", name="no-yaml"),
    ],
)
def test_a_fault_is_found(seen: Routing, reason: str) -> None:
    """The receiver is named, and the rule whose alert it swallows."""
    verdict = alert_receivers(RULES, seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A server that cannot be reached is no verdict on its routing."""
    good = routed("ops")

    assert alert_receivers(refused(), good).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert alert_receivers(RULES, refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert alert_receivers(rules(), good).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_reader(body: bytes) -> None:
    """Whatever a server sends, there is something to judge or a reason why not."""
    seen = routing_of(http(body))

    assert isinstance(seen, Unmeasured) or seen.problem

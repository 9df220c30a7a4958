"""A test alert, from being taken to being heard of."""

from __future__ import annotations

from typing import Any

import pytest

from opscheck.checks.alert_delivery import alert_delivery
from opscheck.model import HttpExchange, Outcome, Unmeasured, Verdict
from opscheck.model.alert_rules import AlertDelivery
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "alert-delivery"
TAKEN = http(b"", 200)
ACTIVE = {"state": "active", "silencedBy": [], "inhibitedBy": []}


def listed(status: dict[str, Any] | None = None, mark: str = "m-1") -> HttpExchange:
    """The list of alerts with ours in it."""
    other = {"labels": {"alertname": "Other"}, "status": ACTIVE, "receivers": [{"name": "mail"}]}
    ours = {
        "labels": {"alertname": "T", "opscheck": mark},
        "status": status or ACTIVE,
        "receivers": [{"name": "pager"}],
    }
    return http([other, ours])


def counted(webhook: tuple[int, int] = (5, 2), email: tuple[int, int] = (9, 0)) -> HttpExchange:
    """Requests to receivers: sent, and failed of those."""
    lines = [
        f'alertmanager_notification_requests{part}_total{{integration="{name}"}} {pair[place]}'
        for name, pair in (("webhook", webhook), ("email", email))
        for place, part in enumerate(("", "_failed"))
    ]
    return http("".join(f"{line}\n" for line in lines).encode(), content_type="text/plain; version=0.0.4")


def delivery(
    listing: HttpExchange | Unmeasured | None = None,
    after: HttpExchange | Unmeasured | None = None,
    posted: HttpExchange = TAKEN,
) -> AlertDelivery:
    """What became of the alert m-1."""
    return AlertDelivery("m-1", posted, counted(), listing or listed(), after or counted((6, 2)), TAKEN)


def judged(seen: AlertDelivery) -> Verdict:
    """Within a minute."""
    return alert_delivery(seen, seconds=60)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("after", [counted((6, 2)), counted((9, 5)), counted((5, 2), (10, 0))])
def test_an_alert_that_is_heard_passes(after: HttpExchange) -> None:
    """Also where it took several tries; the receiver is named."""
    verdict = judged(delivery(after=after))

    assert verdict.outcome is Outcome.PASS
    assert "routed to pager" in verdict.reason


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "alert-not-accepted", AlertDelivery("m-1", http(b"bad", 400), counted()), "is refused (400): 'bad'"),
        red(ID, "alert-vanished", delivery(listed(mark="another")), "accepted and is not listed (200)"),
        red(ID, "alert-suppressed", delivery(listed(ACTIVE | {"silencedBy": ["s-1"]})), "silenced by ['s-1']"),
        red(
            ID, "alert-suppressed", delivery(listed(ACTIVE | {"inhibitedBy": ["a"]})), "inhibited by", name="inhibited"
        ),
        red(ID, "receiver-unreachable", delivery(after=counted((8, 5))), "the receiver does not accept what webhook"),
        red(ID, "alert-unnotified", delivery(after=counted()), "nothing was sent within 60 s; routed to pager"),
    ],
)
def test_a_fault_is_found(seen: AlertDelivery, reason: str) -> None:
    """Where the way ends, in the words of who ended it."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), delivery(refused()), delivery(after=refused()), delivery(after=http({}))])
def test_what_was_not_seen_is_unmeasured(seen: AlertDelivery) -> None:
    """Whatever could not be looked at, and metrics that do not count."""
    assert judged(seen).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judged(delivery(http(body))).reason
    assert judged(delivery(after=http(body, content_type="text/plain"))).reason

"""A test alert reaches a receiver: Alertmanager takes it, routes it, and somebody takes what it sends."""

from __future__ import annotations

from typing import Any, Final

from opscheck.checks._json import NotJson, objects, read_json
from opscheck.checks._metrics import NotMetrics, named, read_metrics
from opscheck.checks._notifications import FAILED, SENT, accepted, moved
from opscheck.checks._words import error_text, failed, passed, seconds_text, shown, status_line, unclear, unseen
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.model.alert_rules import AlertDelivery
from opscheck.registry import check

_EXPECTED: Final = "the alert is taken, active, routed, and a notification of it is accepted"
_MARK: Final = "opscheck"  # the label that carries the mark


@check(
    "alert-delivery",
    promise="An alert that is given to Alertmanager becomes a notification that its receiver accepts.",
    concern="observability",
    faults={
        "alert-not-accepted": "Alertmanager refuses the alert",
        "alert-vanished": "the alert is accepted and not among the alerts",
        "alert-suppressed": "a silence or an inhibition keeps the alert from everybody",
        "receiver-unreachable": "the receiver is asked and does not accept: nobody hears of anything",
        "alert-unnotified": "the alert is active and nothing is sent: its receiver tells nobody, or hangs",
    },
    remedy="amtool config routes test names the receiver; Alertmanager's log tells why it is not reached",
)
def alert_delivery(delivery: AlertDelivery, *, seconds: float) -> Verdict:
    """Judge by the list of alerts and by the server's own counters of what it sent and what failed."""
    observed = f"posted {status_line(delivery.posted)}"
    if not 200 <= delivery.posted.status < 300:
        reason = f"the alert is refused ({delivery.posted.status}): {error_text(delivery.posted)}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    looked = (delivery.listed, delivery.before, delivery.after)
    blind = next((seen for seen in looked if isinstance(seen, Unmeasured)), None)
    if blind is not None:
        return unseen(blind)
    answers = [seen for seen in looked if isinstance(seen, HttpExchange)]
    if len(answers) < len(looked):
        return unclear("nothing was looked for", expected=_EXPECTED, observed=observed, remedy="run it again")
    listed, before, after = answers
    alert = _ours(listed, delivery.mark)
    if alert is None:
        reason = f"the alert was accepted and is not listed ({listed.status})"
        return failed(reason, expected=_EXPECTED, observed=observed)
    kept_by = _kept_by(alert)
    observed = f"{_told(alert)}; {observed}"
    if kept_by:
        return failed(f"nobody is told: {kept_by}", expected=_EXPECTED, observed=observed)
    return _sent(before, after, _told(alert), observed, seconds)


def _sent(before: HttpExchange, after: HttpExchange, routed: str, observed: str, seconds: float) -> Verdict:
    try:
        first, last = read_metrics(before), read_metrics(after)
    except NotMetrics as error:
        remedy = "compare the url: Alertmanager serves its own /metrics"
        return unclear(str(error), expected=_EXPECTED, observed=observed, remedy=remedy)
    if not named(last, SENT):
        remedy = "Alertmanager 0.22 or later counts them"
        reason = "the metrics do not count what is sent"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
    sent, lost = moved(first, last, SENT), moved(first, last, FAILED)
    counted = ", ".join(f"{name} {by:g} sent, {lost.get(name, 0):g} failed" for name, by in sent.items() if by)
    observed = f"{counted or 'no notification sent'}; {observed}"
    if accepted(first, last) > 0:
        return passed(f"a notification was accepted; {routed}", expected=_EXPECTED, observed=observed)
    if any(lost.values()):
        names = ", ".join(name for name, by in lost.items() if by)
        reason = f"the receiver does not accept what {names} sends; {routed}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    reason = f"nothing was sent within {seconds_text(seconds)}; {routed}"
    cause = "the receiver has no integration or hangs, or group_wait is longer than slo.alert_seconds"
    return failed(reason, expected=_EXPECTED, observed=observed, likely_cause=cause)


def _ours(answer: HttpExchange, mark: str) -> dict[str, Any] | None:
    """The alert with our mark in `/api/v2/alerts`."""
    try:
        listed = objects(read_json(answer.body)) if answer.status == 200 else []
    except NotJson:
        return None
    marked = (one for one in listed if isinstance(one.get("labels"), dict) and one["labels"].get(_MARK) == mark)
    return next(marked, None)


def _kept_by(alert: dict[str, Any]) -> str:
    status = alert.get("status")
    status = status if isinstance(status, dict) else {}
    for key, word in (("silencedBy", "silenced by"), ("inhibitedBy", "inhibited by"), ("mutedBy", "muted by")):
        if status.get(key):
            return f"{word} {shown(status[key], 80)}"
    return f"the alert is {shown(status['state'], 20)}" if status.get("state") == "suppressed" else ""


def _told(alert: dict[str, Any]) -> str:
    names = [shown(one.get("name"), 60)[1:-1] for one in objects(alert.get("receivers"))]
    return f"routed to {', '.join(names) or 'nobody'}"

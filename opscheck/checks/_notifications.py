"""What Alertmanager counts of the notifications that it sends."""

from __future__ import annotations

from typing import Final

from opscheck.checks._metrics import Sample, named

SENT: Final = "alertmanager_notification_requests_total"
FAILED: Final = "alertmanager_notification_requests_failed_total"


def moved(first: list[Sample], last: list[Sample], name: str) -> dict[str, float]:
    """By how much a counter moved between two scrapes, by integration."""
    by: dict[str, float] = {}
    for samples, sign in ((first, -1), (last, 1)):
        for one in named(samples, name):
            key = one.label("integration") or "a receiver"
            by[key] = by.get(key, 0.0) + sign * one.value
    return by


def accepted(first: list[Sample], last: list[Sample]) -> float:
    """How many requests to receivers went well: a notification that is begun is counted before it is."""
    sent, lost = moved(first, last, SENT), moved(first, last, FAILED)
    return sum(max(0.0, by - lost.get(name, 0.0)) for name, by in sent.items())

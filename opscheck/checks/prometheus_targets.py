"""Prometheus scrapes every target that it has, and did so lately."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from opscheck.checks._json import objects
from opscheck.checks._timing import instant
from opscheck.checks._words import failed, judged_json, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "every active target up, scraped within three intervals"
_NAMED: Final = 4


@check(
    "prometheus-targets",
    promise="Every target of Prometheus is up and was scraped lately, and every expected job has one.",
    concern="infra",
    faults={
        "target-down": "a target is down: its metrics and alerts are blind",
        "scrape-stale": "a target was not scraped for several intervals",
        "job-missing": "a job that should be scraped has no target: nothing to be down, nothing to alert",
        "no-targets": "nothing is scraped at all",
    },
    remedy="Status > Targets tells each target's last error; compare scrape_configs with what runs",
)
def prometheus_targets(answer: HttpExchange, *, jobs: Sequence[str] = (), slack_intervals: float = 3.0) -> Verdict:
    """Judge `/api/v1/targets`; an empty list is nothing scraped, not success."""

    def judge(document: dict[str, Any]) -> Verdict:
        data = document.get("data")
        targets = objects(data.get("activeTargets") if isinstance(data, dict) else None)
        observed = f"{len(targets)} targets, {sum(one.get('health') == 'up' for one in targets)} up"
        if document.get("status") != "success":
            reason = f"the API answers {answer.status}: {shown(document.get('error'))}"
            return failed(reason, expected=_EXPECTED, observed=status_line(answer))
        found = list(_findings(targets, answer, jobs, slack_intervals))
        if found:
            more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            return failed("; ".join(found[:_NAMED]) + more, expected=_EXPECTED, observed=observed)
        return passed("every target is up and fresh", expected=_EXPECTED, observed=observed)

    return judged_json(answer, judge, expected=_EXPECTED)


def _findings(targets: list[dict[str, Any]], answer: HttpExchange, jobs: Sequence[str], slack: float) -> Iterator[str]:
    if not targets:
        yield "nothing is scraped"
        return
    seen = {_labels(target).get("job") for target in targets}
    for job in jobs:
        if job not in seen:
            yield f"job {job} has no target"
    for target in targets:
        name = f"{shown(_labels(target).get('job'), 40)} at {shown(_labels(target).get('instance'), 60)}"
        if target.get("health") != "up":
            yield f"{name} is {shown(target.get('health'), 20)}: {shown(target.get('lastError'), 80)}"
            continue
        last = instant(target.get("lastScrape"))
        interval = _seconds(target.get("scrapeInterval"))
        if last is not None and interval and (answer.at - last).total_seconds() > slack * interval:
            yield f"{name} was last scraped {(answer.at - last).total_seconds():.0f} s ago, every {interval:g} s is due"


def _labels(target: dict[str, Any]) -> dict[str, Any]:
    labels = target.get("labels")
    return labels if isinstance(labels, dict) else {}


def _seconds(duration: object) -> float:
    """`1m30s` in seconds; 0 where it is no such thing."""
    if not isinstance(duration, str):
        return 0.0
    total, number = 0.0, ""
    text = duration.replace("ms", "i")
    for sign in text:
        if sign.isdigit():
            number += sign
            continue
        unit = {"i": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}.get(sign)
        if unit is None or not number:
            return 0.0
        total, number = total + int(number) * unit, ""
    return total

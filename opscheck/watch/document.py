"""`/status.json`: the status page for machines.

`schema` = `opscheck.status/1`:

    watch       {"title", "started", "at", "every_s", "rounds", "failed", "missed", "late_s", "late_max_s", "history"}
    decision    of the last round: GO, DEGRADED, FAIL, UNMEASURED, or "" before the first; `headline`, `finished`
    troubles    why the watch itself is not well, one line each; `notes`: what else a reader should know
    incidents   [{"key", "host", "check", "outcome", "severity", "since", "reason", "remedy", "likely_cause", "runbook",
                "cause", "blocked"}, ...]
    windows     [{"name", "since", "until", "hosts", "reason"}, ...]: open maintenance windows
    gaps        [{"since", "until", "missed", "why", "told"}, ...], the oldest first
    hosts       [{"name", "uptime_90d", "uptime_24h", "days", "checks": [{"check", "outcome", "reason", "uptime_90d"}]}]
                days: [[good, failed, not measured, waived], ...] of 90 days (UTC), today last; uptimes: 0 to 1, or null

Instants are ISO 8601, UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from opscheck.model import Json
from opscheck.watch.incidents import Incident
from opscheck.watch.page_hosts import Shown
from opscheck.watch.past import tallies, uptime
from opscheck.watch.view import View

SCHEMA: Final = "opscheck.status/1"


def document(view: View, hosts: Sequence[Shown], troubles: Sequence[str], notes: Sequence[str]) -> Json:
    """JSON-ready."""
    counts = view.counts
    return {
        "schema": SCHEMA,
        "watch": {
            "title": view.title,
            "started": _iso(view.started),
            "at": _iso(view.at),
            "every_s": view.every,
            "rounds": counts.rounds,
            "failed": counts.failed,
            "missed": counts.missed,
            "late_s": round(counts.late, 3),
            "late_max_s": round(counts.latest, 3),
            "history": view.history,
        },
        "decision": view.decision,
        "headline": view.headline,
        "finished": _iso(view.finished),
        "troubles": list(troubles),
        "notes": list(notes),
        "incidents": [_incident(one) for one in view.incidents],
        "windows": [
            {
                "name": one.name,
                "since": _iso(one.since),
                "until": _iso(one.until),
                "hosts": list(one.hosts),
                "reason": one.reason,
            }
            for one in view.windows
        ],
        "gaps": [
            {
                "since": _iso(gap.since),
                "until": _iso(gap.until),
                "missed": gap.missed,
                "why": gap.why.value,
                "told": gap.told,
            }
            for gap in view.gaps
        ],
        "hosts": [_host(one) for one in hosts],
    }


def _incident(incident: Incident) -> Json:
    problem = incident.problem
    return {
        "key": problem.key,
        "host": problem.host,
        "check": problem.check,
        "outcome": problem.outcome.value,
        "severity": problem.severity,
        "since": _iso(incident.since),
        "reason": problem.reason,
        "remedy": problem.remedy,
        "likely_cause": problem.likely_cause,
        "runbook": problem.runbook,
        "cause": problem.cause,
        "blocked": problem.blocked,
    }


def _host(host: Shown) -> Json:
    return {
        "name": host.name,
        "uptime_90d": uptime(host.days),
        "uptime_24h": uptime(host.slots),
        "days": tallies(host.days),
        "checks": [
            {
                "check": one.name,
                "outcome": one.now.outcome.value if one.now else None,
                "reason": one.now.reason if one.now else "",
                "uptime_90d": uptime(one.days),
            }
            for one in host.checks
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at is not None else None

"""What `/metrics` says: the last round as a report would, and the watch itself."""

from __future__ import annotations

from opscheck.report.prometheus import Family
from opscheck.watch.view import Board

_GAUGE = "gauge"


def families(board: Board, elapsed: float) -> list[Family]:
    """Of the last round, and of the watch at this moment (seconds of `Clock.elapsed`)."""
    view = board.view
    counts = view.counts
    age: list[tuple[dict[str, str], float]] = (
        [] if view.finished_elapsed is None else [({}, max(elapsed - view.finished_elapsed, 0.0))]
    )
    return [
        *view.families,
        Family("opscheck_watch_last_run_age_seconds", _GAUGE, "Seconds since the last round with a report ended.", age),
        _one("opscheck_watch_interval_seconds", _GAUGE, "Seconds from one round to the next.", view.every),
        _one("opscheck_watch_lateness_seconds", _GAUGE, "How late the last round began.", counts.late),
        _one("opscheck_watch_lateness_max_seconds", _GAUGE, "How late a round has begun at most.", counts.latest),
        _one("opscheck_watch_rounds_total", "counter", "Rounds with a report.", counts.rounds),
        _one("opscheck_watch_rounds_failed_total", "counter", "Rounds without a report.", counts.failed),
        _one("opscheck_watch_slots_missed_total", "counter", "Slots without samples: gaps.", counts.missed),
        _one("opscheck_watch_incidents_open", _GAUGE, "Incidents that are open.", len(view.incidents)),
        _one("opscheck_watch_stuck", _GAUGE, "1 where the watcher is not heard of.", bool(board.overdue(elapsed))),
        _one("opscheck_watch_history_up", _GAUGE, "0 where history cannot be written.", not view.history_error),
        Family(
            "opscheck_watch_notifications_undelivered",
            _GAUGE,
            "Notifications that a receiver has not taken yet.",
            [({"receiver": one.name}, float(one.undelivered)) for one in board.receivers],
        ),
    ]


def _one(name: str, kind: str, told: str, value: float) -> Family:
    return Family(name, kind, told, [({}, float(value))])

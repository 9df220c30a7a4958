"""A watch with a past: healthy and broken hosts, gaps, incidents, an open window; and one with hostile texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from opscheck.model import Outcome
from opscheck.watch.incidents import Incident
from opscheck.watch.past import DAYS
from opscheck.watch.problems import Problem
from opscheck.watch.rounds import Gap, Why
from opscheck.watch.view import Board, Counts, Now, View, WindowView
from tests.report.sample import HOSTILE

AT = datetime(2026, 3, 4, 22, 15, tzinfo=UTC)
CHECKS = ("agent_reply", "cors_allowed", "legacy_hits", "readiness", "status_summary", "vector_collection")


@dataclass(frozen=True)
class Day:
    """A day of a check, as history sums it up."""

    day: date
    host: str
    check: str
    counts: dict[Outcome, int]


@dataclass(frozen=True)
class Seen:
    """A result, as history keeps it."""

    at: datetime
    host: str
    check: str
    outcome: Outcome = Outcome.PASS
    seconds: float | None = 0.04


@dataclass
class Made:
    """Fills a board."""

    board: Board = field(default_factory=lambda: Board(View("-m readiness --host prod", AT, AT, 30.0)))

    def host(self, name: str, checks: tuple[str, ...] = CHECKS, *, bad: str = "", silent: range = range(0)) -> None:
        """90 days and 24 hours of a host; the days and half hours of `silent` ago have no samples."""
        past = self.board.past
        for check in checks:
            for ago in range(DAYS - 1, 0, -1):
                if ago in silent:
                    continue
                counts = {Outcome.PASS: 2860}
                if check == bad and ago % 17 == 3:
                    counts = {Outcome.PASS: 2700, Outcome.FAIL: 160}
                if ago == 40:
                    counts = {Outcome.PASS: 1900, Outcome.UNMEASURED: 980}
                past.day(Day((AT - timedelta(days=ago)).date(), name, check, counts))
            for ago in range(47, -1, -1):
                at = AT - timedelta(minutes=30 * ago)
                if ago in silent:
                    continue
                outcome = Outcome.FAIL if check == bad and ago < 3 else Outcome.PASS
                seconds = 0.03 + 0.02 * ((ago * 7) % 5) + (0.4 if ago in (9, 10) else 0.0)
                past.sample(Seen(at, name, check, outcome, seconds))


def sample() -> Board:
    """Three hosts: one in trouble, one with gaps, one that has been there for a week."""
    made = Made()
    made.host("prod", bad="readiness")
    made.host("staging", CHECKS[:4], silent=range(20, 31))
    made.host("eu-west-2.search.internal.example.org", CHECKS[:2], silent=range(7, 90))
    now = {place: Now(Outcome.PASS) for place in made.board.past.lines}
    reason = "/ready says ready while qdrant does not answer"
    now["prod", "readiness"] = Now(Outcome.FAIL, reason)
    now["staging", "agent_reply"] = Now(Outcome.UNMEASURED, "could not measure: connection refused by 10.0.0.7:8000")
    now["staging", "cors_allowed"] = Now(Outcome.BLOCKED, "blocked by staging:agent:refused")
    since = AT - timedelta(hours=1, minutes=25)
    failed = Problem(
        "prod/readiness/FAIL",
        "prod",
        "readiness",
        Outcome.FAIL,
        reason,
        frozenset({("prod", "readiness")}),
        "restart the agent, then see https://runbooks.example.org/readiness#stale",
        "readiness is computed once at start and never again",
    )
    unseen = Problem(
        "cause/staging:agent",
        "staging",
        "agent_reply",
        Outcome.UNMEASURED,
        "could not measure: connection refused by 10.0.0.7:8000",
        frozenset({("staging", "agent_reply"), ("staging", "cors_allowed")}),
        "start agent, or correct its url: nothing listens there",
        cause="staging:agent:refused",
        blocked=1,
    )
    asleep = Gap(AT - timedelta(hours=15), AT - timedelta(hours=10), 600, Why.ASLEEP, "the machine slept for 5:00:00")
    cut = "the round did not end within 180 s and was stopped"
    failing = Gap(AT - timedelta(hours=2), AT - timedelta(hours=2, minutes=-3), 6, Why.FAILED, cut)
    made.board.publish(
        View(
            title="-m 'readiness or cors' --host prod,staging",
            started=AT - timedelta(days=2),
            at=AT,
            every=30.0,
            counts=Counts(5154, 1, 606, 0.02, 1.31),
            decision="FAIL",
            headline="FAIL: 1 of 12 checks failed on prod, 2 could not be measured",
            finished=AT - timedelta(seconds=4),
            finished_elapsed=0.0,
            now=now,
            incidents=(Incident(failed, since, AT, opened=True), Incident(unseen, AT, AT, opened=True)),
            windows=(WindowView("saturday-upgrade", since, AT + timedelta(hours=2), ("staging",), "Qdrant 1.14"),),
            gaps=(asleep, failing),
            history="/var/lib/opscheck/history.sqlite",
            version=1,
        )
    )
    return made.board


def hostile() -> Board:
    """Every text tries to be more than text."""
    made = Made()
    for number, text in enumerate(HOSTILE):
        made.host(f"{number}{text}", (text,), bad=text)
    now = {(host, check): Now(Outcome.FAIL, check) for host, check in made.board.past.lines}
    incidents = tuple(
        Incident(
            Problem(text, text, text, Outcome.FAIL, text, frozenset({(text, text)}), text, text, text, 3),
            AT,
            AT,
            opened=True,
        )
        for text in HOSTILE
    )
    windows = tuple(WindowView(text, AT, AT, (text,), text) for text in HOSTILE)
    gaps = tuple(Gap(AT, AT, 1, Why.FAILED, text) for text in HOSTILE)
    worst = HOSTILE[0]
    made.board.publish(
        View(
            worst,
            AT,
            AT,
            30.0,
            decision="FAIL",
            headline=f"FAIL: {worst}",
            finished=AT,
            finished_elapsed=0.0,
            now=now,
            incidents=incidents,
            windows=windows,
            gaps=gaps,
            history=worst,
            notes=HOSTILE,
            version=1,
        )
    )
    return made.board

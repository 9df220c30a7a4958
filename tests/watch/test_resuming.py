"""A watch that is started again knows what the one before left open: it tells the end of it, and loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from opscheck.history import open_history
from opscheck.model import Outcome
from opscheck.report.run import Result
from opscheck.watch.incidents import Incidents
from opscheck.watch.past_from_history import Loading
from opscheck.watch.problems import ROUNDS, gravest, problems
from opscheck.watch.resuming import left_open, watched
from opscheck.watch.rounds import DOUBTFUL, Gap, Why
from tests.watch.fakes import START, Watch, report, result

P, F, U, W, N = Outcome.PASS, Outcome.FAIL, Outcome.UNMEASURED, Outcome.WAIVED, Outcome.NOT_APPLICABLE
ARGV = watched(["-m", "legacy"])
KEY = "prod/legacy_hits/FAIL"


def _record(place: Path, rounds: Sequence[Sequence[Result]], argv: Sequence[str] = ARGV, **more: object) -> None:
    """Rounds of a watch every 30 s; the last one ends before START."""
    with open_history(place) as history:
        for number, results in enumerate(rounds):
            at = START - timedelta(seconds=30 * (len(rounds) - number))
            run = report(results, at, 2.0, number, argv=argv, **more)
            history.append(run, source="watch")


def _open(place: Path, patience: int = 2) -> list[str]:
    with open_history(place) as history:
        return [one.problem.key for one in left_open(history, ARGV, patience)]


@pytest.mark.parametrize(
    ("outcomes", "open_"),
    [
        ((F, F), True),
        ((P, F), False),  # seen once, never told
        ((F, F, P), True),  # one good round does not close it
        ((F, F, P, P), False),
        ((F, F, P, P, F), False),
        ((F, F, P, F, P), True),
        ((F, F, U, U), True),  # nobody saw it good
        ((F, F, W, W), False),
        ((F, F, N, N), False),
        ((P,) * 30, False),
        ((F,) * 30, True),
        ((F,) * 5 + (U,) * 40, True),  # nobody saw it good, for however long
        ((F, P) * 20, False),  # never twice in a row
        ((F, F) + (P, F) * 20, True),  # never twice good
        ((F,) * 300 + (P, P), False),
        ((P, P, F, F) * 20, True),
    ],
)
def test_the_last_rounds_tell_what_is_open(tmp_path: Path, outcomes: Sequence[Outcome], open_: bool) -> None:
    """By the rules that the watch itself goes by."""
    _record(tmp_path / "h.sqlite", [[result(one)] for one in outcomes])

    assert (KEY in _open(tmp_path / "h.sqlite")) is open_


def test_what_comes_between_hides_nothing(tmp_path: Path) -> None:
    """Hundreds of rounds of another watch, gaps of this one, and rounds that failed."""
    place = tmp_path / "h.sqlite"
    _record(place, [[result(F)]] * 3)
    with open_history(place) as history:
        others = [report([result(P)], START, 1.0, 100 + number, argv=ARGV[:2]) for number in range(500)]
        gaps = [
            Gap(START + timedelta(seconds=number), START + timedelta(seconds=number), 1, why, f"{why} {number}")
            for number, why in enumerate([Why.ASLEEP, Why.OVERRUN, Why.CLOCK] * 20)
        ]
        history.append_all([*others, *(gap.report("0.1.0", ARGV) for gap in gaps)], source="watch")

    assert _open(place) == [KEY]


@pytest.mark.parametrize("after", [(), (P,), (P, P)])
def test_rounds_that_failed_are_an_incident_too(tmp_path: Path, after: Sequence[Outcome]) -> None:
    """It is over once two rounds came to a report."""
    place = tmp_path / "h.sqlite"
    with open_history(place) as history:
        for number in range(3):
            at = START + timedelta(seconds=30 * number)
            gap = Gap(at, at, 1, Why.FAILED, "the round ended with exit code 3 and no report")
            history.append(gap.report("0.1.0", ARGV), source="watch")
        for number, outcome in enumerate(after, 4):
            at = START + timedelta(seconds=30 * number)
            history.append(report([result(outcome)], at, 1.0, number, argv=ARGV), source="watch")

    assert _open(place) == ([ROUNDS] if len(after) < 2 else [])


@pytest.mark.parametrize(("notes", "open_"), [((DOUBTFUL,), True), ((), False)])
def test_only_a_round_that_came_to_its_end_closes(tmp_path: Path, notes: Sequence[str], open_: bool) -> None:
    """As in the watch itself: an incomplete round closes what it has seen good, a doubtful one nothing."""
    place = tmp_path / "h.sqlite"
    _record(place, [[result(F)], [result(F)]])
    with open_history(place) as history:
        for number in (8, 9):
            at = START + timedelta(seconds=30 * number)
            cut = report([result(P)], at, 1.0, number, argv=ARGV, incomplete="cut", notes=notes)
            history.append(cut, source="watch")

    assert (KEY in _open(place)) is open_


def test_only_rounds_of_the_same_command_count(tmp_path: Path) -> None:
    """Another watch may record to the same history, and somebody may run the checks by hand."""
    _record(tmp_path / "h.sqlite", [[result(F)], [result(F)]], watched(["-m", "smoke"]))

    assert _open(tmp_path / "h.sqlite") == []


def test_gaps_and_broken_rounds_close_nothing(tmp_path: Path) -> None:
    """What was not sampled is not good; a round that judged a part only tells nothing of the rest."""
    place = tmp_path / "h.sqlite"
    _record(place, [[result(F)], [result(F)]])
    with open_history(place) as history:
        gap = Gap(START, START + timedelta(seconds=90), 3, Why.OVERRUN, "the round before took longer than that")
        history.append(gap.report("0.1.0", ARGV), source="watch")
        for number in (8, 9):
            at = START + timedelta(seconds=30 * number)
            history.append(report([result(P, "other")], at, 1.0, number, argv=ARGV, incomplete="cut"), source="watch")

    assert _open(place) == [KEY]


def test_it_is_over_with_its_beginning(tmp_path: Path) -> None:
    """What ended while nobody watched is told as over once, with the instant since when it had been bad."""
    place = tmp_path / "h.sqlite"
    _record(place, [[result(P)], [result(F)], [result(F)], [result(F)]])
    watch = _again(place)

    watch.watcher(length=120).run()

    ((event),) = watch.told.events
    assert not event.firing
    assert event.incident.problem.key == KEY
    assert event.incident.since == START - timedelta(seconds=90)
    assert watch.told.open == []
    assert any("over: legacy_hits on prod" in line for line in watch.lines)


def test_what_is_still_there_is_told_once_more(tmp_path: Path) -> None:
    """With its first round: nobody knows whether the watch before could still deliver it."""
    place = tmp_path / "h.sqlite"
    _record(place, [[result(F)], [result(F)]])
    watch = _again(place)
    watch.rounds.found = lambda _: [result(F)]

    watch.watcher(length=300).run()

    ((event),) = watch.told.events
    assert event.firing
    assert event.incident.since == START - timedelta(seconds=60)
    assert event.at == START + timedelta(seconds=2)
    assert [one.problem.key for one in watch.told.open] == [KEY]


def test_what_is_open_is_shown_before_the_first_round(tmp_path: Path) -> None:
    """Whoever opens the page while a slow first round is under way sees what is known."""
    place = tmp_path / "h.sqlite"
    _record(place, [[result(F)], [result(F)]])
    watch = _again(place)

    assert [one.problem.key for one in watch.board.view.incidents] == [KEY]


def test_incidents_that_are_known_late_are_merged() -> None:
    """History may be slow: by then the first rounds have seen the same."""
    before = Incidents(2)
    for number in range(2):
        before.take(problems([result(F)]), gravest([result(F)]), START + timedelta(seconds=number))
    incidents = Incidents(2)
    later = START + timedelta(hours=1)
    assert incidents.take(problems([result(F)]), gravest([result(F)]), later) == []

    incidents.resume(before.open())
    told = incidents.take(problems([result(F)]), gravest([result(F)]), later + timedelta(seconds=30))
    incidents.resume(before.open())
    again = incidents.take(problems([result(F)]), gravest([result(F)]), later + timedelta(seconds=60))

    ((event),) = told
    assert (event.firing, event.incident.since, event.incident.bad) == (True, START, 2)
    assert again == []


def _again(place: Path) -> Watch:
    """A watch that is started at START over what is recorded."""
    watch = Watch()
    loading = Loading(watch.board, lambda: open_history(place), START, argv=ARGV, patience=2)
    loading.load()
    assert loading.error == ""
    watch.before = loading.incidents
    return watch

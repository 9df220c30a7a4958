"""What is appended comes back: runs, results, days, reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from opscheck.errors import UserError
from opscheck.history import History, open_history
from opscheck.history.names import Names
from opscheck.history.pruning import prune
from opscheck.history.writing import WHOLE
from opscheck.model import Outcome
from opscheck.report import Gap, HostInfo, Spent
from tests.history.made import MINUTE, START, report, result, seen
from tests.report.sample import hostile, realistic


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty one."""
    with open_history(tmp_path / "deep" / "history.sqlite") as made:
        yield made


def forget_whole_reports(history: History) -> None:
    """As if many runs had followed."""
    with history.connections.writing() as connection:
        connection.exec_driver_sql("DELETE FROM whole")


def test_a_report_comes_back_as_it_was(history: History) -> None:
    """Every field of a run in which a bit of everything happened."""
    history.append(realistic())

    found = history.report(realistic().run.id)
    assert found is not None
    assert found.as_dict() == realistic().as_dict()


def test_hostile_texts_come_back(history: History) -> None:
    """NUL, lone surrogates, markup: nothing breaks the record, nothing is run."""
    history.append(hostile())

    assert len(list(history.results())) == len(hostile().results)
    forget_whole_reports(history)
    found = history.report(history.runs()[0].id)
    assert found is not None
    assert len(found.results) == len(hostile().results)


def test_a_run_is_told(history: History) -> None:
    """Id, times, decision, hosts, source, window, counts."""
    found = [result(), result(Outcome.FAIL, check="cors", host="edge")]
    history.append(report("run-7", found, incomplete="broken off"), source="watch", window="2026-w10")

    (run,) = history.runs()
    assert (run.id, run.started, run.finished) == ("run-7", START, START + timedelta(seconds=10))
    assert (run.decision, run.hosts, run.version) == ("FAIL", ("edge", "prod"), "0.1.0")
    assert (run.source, run.window, run.incomplete) == ("watch", "2026-w10", "broken off")
    assert run.counts == {Outcome.PASS: 1, Outcome.FAIL: 1}


def test_runs_are_filtered_newest_first(history: History) -> None:
    """By time, host, source, window and number."""
    for number in range(4):
        host = "prod" if number % 2 else "staging"
        at = START + number * 10 * MINUTE
        source, window = ("window", "w1") if number == 3 else ("run", "")
        history.append(report(f"run-{number}", [result(host=host, at=at)], at=at), source=source, window=window)

    def names(**which: object) -> list[str]:
        return [one.id for one in history.runs(**which)]  # type: ignore[arg-type] # one of each kind

    assert names() == ["run-3", "run-2", "run-1", "run-0"]
    assert names(limit=2) == ["run-3", "run-2"]
    assert names(host="prod") == ["run-3", "run-1"]
    assert names(host="prod", limit=1) == ["run-3"]
    assert names(source="window") == names(window="w1") == ["run-3"]
    assert names(since=START + 10 * MINUTE, until=START + 30 * MINUTE) == ["run-2", "run-1"]


def test_a_result_comes_back(history: History) -> None:
    """Latency to three digits, instant to the millisecond, markers, cause, facts; of PASS no reason."""
    at = START + timedelta(milliseconds=1234)
    log = {"kind": "log", "at": at.isoformat(), "path": "/status", "hits": 3, "lines": 90, "doubts": [], "own": 1}
    good = result(at=at, total=123.456, evidence=(seen(at, total=123.456), log), markers=("legacy", "smoke"))
    blind = result(Outcome.BLOCKED, check="kb", cause="prod:qdrant", evidence=())
    history.append(report(results=[good, blind]))

    first, second = history.results()
    assert (first.outcome, first.host, first.check, first.test) == (Outcome.PASS, "prod", "liveness", good.id)
    assert (first.at, first.reason, first.markers) == (at, "", ("legacy", "smoke"))
    assert first.seconds == pytest.approx(0.123)
    assert first.facts == {"path": "/status", "hits": 3, "lines": 90, "own": 1, "covered": True}
    assert (second.outcome, second.cause, second.reason) == (Outcome.BLOCKED, "prod:qdrant", "kb is not well")
    assert (second.seconds, second.at) == (None, START + timedelta(seconds=10))


def test_the_path_of_the_model_is_a_fact(history: History) -> None:
    """Taken from the start of a status document."""
    body = '{"ok": true, "llm": {"model": "tiny", "path": "warming", "reason": "loading"}, "path": "/x"}'
    history.append(report(results=[result(evidence=(seen(START, excerpt=body),))]))

    assert [one.facts for one in history.results()] == [{"llm_path": "warming"}]


def test_the_time_until_nothing_came_is_no_latency(history: History) -> None:
    """Neither in the record nor in the day's percentiles."""
    history.append(report(results=[result(Outcome.UNMEASURED, total=10_000.0)]))

    assert [one.seconds for one in history.results()] == [None]
    assert [one.latency.total for one in history.days()] == [0]


def test_results_are_filtered_oldest_first(history: History) -> None:
    """By time (from included, until excluded), host, check, run, marker, and what was not always good."""
    for number in range(5):
        at = START + number * MINUTE
        bad = Outcome.FAIL if number == 2 else Outcome.PASS
        found = [
            result(bad, at=at),
            result(check="cors", at=at + timedelta(seconds=5), markers=("cors",)),
            result(host="edge", at=at),
        ]
        history.append(report(f"run-{number}", found, at=at))

    def count(**which: object) -> int:
        found = list(history.results(**which))  # type: ignore[arg-type] # one of each kind
        assert [one.at for one in found] == sorted(one.at for one in found)
        return len(found)

    assert count() == 15
    assert count(host="edge") == 5
    assert count(check="cors") == count(marker="cors") == 5
    assert count(run="run-3") == 3
    assert count(since=START + MINUTE, until=START + 2 * MINUTE) == 3
    assert count(since=START + MINUTE, until=START + MINUTE + timedelta(seconds=5)) == 2
    assert count(troubled=True) == 5
    assert count(troubled=True, since=START + 3 * MINUTE) == 0


def test_results_of_overlapping_runs_are_in_order(history: History) -> None:
    """A long run's late results come after an early one's of a run that began later."""
    long = [result(check=f"c{number}", at=START + timedelta(seconds=number)) for number in range(10)]
    history.append(report("long", long))
    late = START + timedelta(seconds=4)
    history.append(report("short", [result(check="short", at=late + timedelta(milliseconds=500))], at=late))

    checks = [one.check for one in history.results()]
    assert checks == ["c0", "c1", "c2", "c3", "c4", "short", "c5", "c6", "c7", "c8", "c9"]


def test_many_pages_of_runs(history: History) -> None:
    """More runs than one question asks for."""
    runs = [
        report(f"run-{number}", [result(at=START + number * MINUTE)], at=START + number * MINUTE)
        for number in range(450)
    ]
    assert history.append_all(runs, source="watch") == (450, 0)

    assert len(list(history.results())) == 450
    assert len(history.runs(since=START + 400 * MINUTE)) == 50


def test_days_sum_up(history: History) -> None:
    """Counts and latency by test and UTC day, over several runs and over midnight."""
    for number in range(6):
        at = START + number * 30 * MINUTE  # 22:00 to 00:30
        outcome = Outcome.FAIL if number == 5 else Outcome.PASS
        history.append(report(f"run-{number}", [result(outcome, at=at, total=100.0 * (number + 1))], at=at))

    first, second = history.days()
    assert (str(first.day), first.counts) == ("2026-03-04", {Outcome.PASS: 4})
    assert (str(second.day), second.counts) == ("2026-03-05", {Outcome.PASS: 1, Outcome.FAIL: 1})
    assert first.latency.percentile(50) == pytest.approx(0.2, rel=0.021)
    assert first.latency.merge(second.latency).percentile(100) == pytest.approx(0.6, rel=0.021)
    assert history.days(since=second.day) == [second]
    assert history.days(until=second.day, host="prod", check="liveness") == [first]
    assert history.days(host="nobody") == []


def test_names_are_known_as_long_as_anything_is_left(history: History) -> None:
    """Hosts, also those of which nothing was judged; checks; windows."""
    assert history.names() == Names(frozenset(), frozenset(), frozenset())
    asked = [HostInfo(name, "live", "reference") for name in ("prod", "idle")]
    history.append(replace(report("a"), hosts=asked), window="w1")
    history.append(report("b", [result(check="cors", host="edge")]))

    known = Names(frozenset({"prod", "idle", "edge"}), frozenset({"liveness", "cors"}), frozenset({"w1"}))
    assert history.names() == known
    prune(history.connections, now=START + timedelta(days=100))
    assert history.runs() == []
    assert history.names() == Names(frozenset({"prod", "edge"}), known.checks, frozenset())


def test_a_run_is_recorded_once(history: History) -> None:
    """Who records it again says at most whose it was."""
    history.append(report())
    history.append(report())
    assert [(one.source, one.window) for one in history.runs()] == [("run", "")]

    history.append(report(), source="window", window="w1")
    history.append(report(), source="run")
    assert [(one.source, one.window) for one in history.runs()] == [("window", "w1")]
    assert [one.counts for one in history.days()] == [{Outcome.PASS: 1}]


def test_an_old_report_is_made_of_what_is_left(history: History) -> None:
    """Failures in full, passes without evidence, hosts, gaps, spending, notes; a note says so."""
    before = replace(realistic(), gaps=[Gap("a::b", "no milvus")], spent={"prod": Spent(3, 4, 5)})
    history.append(before)
    forget_whole_reports(history)

    after = history.report(before.run.id)
    assert after is not None
    assert after.decision is before.decision
    assert (after.hosts, after.gaps, after.spent, after.run) == (before.hosts, before.gaps, before.spent, after.run)
    assert list(after.notes[:-1]) == list(before.notes)
    assert "evidence" in after.notes[-1]
    kept = {one.id: one for one in after.results}
    assert set(kept) == {one.id for one in before.results}
    for one in before.results:
        if one.outcome is not Outcome.PASS:
            assert kept[one.id].as_dict() == one.as_dict()


def test_the_newest_whole_reports_are_kept_of_each_source(history: History) -> None:
    """And those of windows all the while."""
    history.append(report("first"), window="w1")
    for number in range(WHOLE + 3):
        history.append(report(f"watch-{number}"), source="watch")
        history.append(report(f"run-{number}"))

    def is_whole(name: str) -> bool:
        found = history.report(name)
        assert found is not None
        return not found.notes

    assert is_whole("first")
    assert [is_whole(f"run-{number}") for number in (1, 2, 3, WHOLE + 2)] == [False, False, True, True]
    assert [is_whole(f"watch-{number}") for number in (2, 3)] == [False, True]


def test_a_run_is_found_by_a_word(history: History) -> None:
    """By its id, its beginning, or how many runs ago it was."""
    for number in range(3):
        at = START + number * MINUTE
        history.append(report(f"2026{number}-x", [result(at=at)], at=at))

    assert history.find("20261-x") == history.find("20261") == history.find("latest~1") == "20261-x"
    assert history.find("latest") == "20262-x"
    with pytest.raises(UserError, match="no such run"):
        history.find("latest~3")
    history.append(replace(report("gap", [], at=START + 5 * MINUTE), incomplete="the machine slept"), source="watch")
    assert (history.find("latest"), history.find("latest~2")) == ("20262-x", "20260-x")
    assert history.find("gap") == "gap"
    with pytest.raises(UserError, match="no such run with results; opscheck"):
        history.find("latest~3")
    with pytest.raises(UserError, match="several runs begin like that: 20262-x, 20261-x"):
        history.find("2026")
    with pytest.raises(UserError, match="no such run"):
        history.find("%")
    assert history.report("nothing") is None

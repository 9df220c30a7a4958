"""A day of a watcher in a real history, and what the gate makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opscheck.history import open_history
from opscheck.inventory import Inventory, select
from opscheck.model import Json, Outcome
from opscheck.release import Asked, load_checklist, run_checklist
from opscheck.release.checklist import Checklist
from opscheck.release.quiet import Evidence, Wish, judge_quiet
from opscheck.release.samples import recorded, samples_of
from opscheck.release.words import Seen, State
from opscheck.report import RunReport
from tests.history.made import report, result

NOW = datetime(2026, 10, 25, 12, tzinfo=UTC)
EVERY = timedelta(seconds=30)
DAY = timedelta(hours=24)
CHECKS = ("legacy-hits", "legacy-answered-by")


def counted(at: datetime, hits: int = 0, **more: object) -> Json:
    """The evidence of a look into access logs."""
    return {
        "kind": "log",
        "where": "access.log",
        "at": at.isoformat(timespec="milliseconds"),
        "summary": "hits",
        "phases_ms": {"total": 3.0},
        "attempts": 1,
        "path": "/status/",
        "hits": hits,
        "own": 1,
        "lines": 900,
        "unreadable": 0,
        "first": "2026-10-24",
        "last": "2026-10-25",
        "doubts": [],
        **more,
    }


def look(at: datetime, outcome: Outcome = Outcome.PASS, host: str = "prod", **facts: object) -> RunReport:
    """One round of the watcher: the log is clean, and the headers say api."""
    found = [
        result(outcome, check="legacy-hits", host=host, at=at, evidence=(counted(at, **facts),)),  # type: ignore[arg-type] # facts
        result(check="legacy-answered-by", host=host, at=at),
    ]
    return report(f"run-{host}-{at:%d%H%M%S}", found, at=at - timedelta(seconds=1))


def judged(location: Path, *rounds: RunReport, hosts: tuple[str, ...] = ("prod",)) -> Seen:
    """Record the rounds, read them back, judge them."""
    with open_history(location) as history:
        history.append_all(rounds, source="watch")
    rows = recorded(str(location), hosts, CHECKS, since=NOW - 2 * DAY, until=NOW + DAY)
    samples = samples_of(rows, "/status", counted_by=CHECKS[:1], back=dict.fromkeys(hosts, DAY))
    return judge_quiet(Evidence(hosts, tuple(samples)), Wish(), now=NOW, path="/status/")


def rounds(count: int = 2880, host: str = "prod") -> list[RunReport]:
    """Of a day."""
    return [look(NOW - number * EVERY, host=host) for number in range(count)]


def test_a_watched_day(tmp_path: Path) -> None:
    """2,880 rounds in a real history: met."""
    seen = judged(tmp_path / "h.sqlite", *rounds())

    assert seen.state is State.MET, seen


def test_a_day_with_an_hour_missing(tmp_path: Path) -> None:
    """The watcher was down from 06:00 to 07:00: told as a gap of that hour."""
    kept = [one for one in rounds() if not 6 <= (one.run.started + timedelta(seconds=1)).hour < 7]

    seen = judged(tmp_path / "h.sqlite", *kept)

    assert seen.state is State.UNMEASURED
    assert any("gap of 1 h" in line for line in seen.evidence)


@pytest.mark.parametrize(
    ("bad", "state"),
    [
        (look(NOW - 90 * EVERY, Outcome.FAIL, hits=4), State.NOT_MET),
        (look(NOW - 90 * EVERY, Outcome.DEGRADED, hits=4), State.NOT_MET),
        (look(NOW - 90 * EVERY, Outcome.UNMEASURED, doubts=["the log begins within the window"]), State.UNMEASURED),
        (look(NOW - 90 * EVERY, Outcome.DEGRADED, unreadable=3), State.UNMEASURED),
        (look(NOW - 90 * EVERY, Outcome.FAIL, path="/other/"), State.UNMEASURED),
    ],
    ids=["gate-on", "gate-off", "not-covered", "unreadable", "other-path"],
)
def test_one_round_that_is_not_clean(tmp_path: Path, bad: RunReport, state: State) -> None:
    """Hits are hits with the gate on and off; what could not see leaves a gap; another path is no sample."""
    others = [one for one in rounds(600) if one.run.started != bad.run.started]
    # The rest of the day looks back by a second only: nothing that was counted may lie outside.
    with open_history(tmp_path / "h.sqlite") as history:
        history.append_all([*others, bad, *rounds()[600:]], source="watch")
    rows = recorded(str(tmp_path / "h.sqlite"), ["prod"], CHECKS, since=NOW - 2 * DAY, until=NOW + DAY)
    samples = samples_of(rows, "/status/", counted_by=CHECKS[:1], back={"prod": timedelta(seconds=1)})
    wish = Wish(late=timedelta(seconds=20))

    assert judge_quiet(Evidence(("prod",), tuple(samples)), wish, now=NOW, path="/status/").state is state


def test_an_answer_by_the_old_path_is_a_use_of_it(tmp_path: Path) -> None:
    """The headers tell it, whatever the logs say; green headers cover nothing."""
    at = NOW - timedelta(hours=2)
    wrong, waived = (
        report(f"by-legacy-{outcome}", [result(outcome, check="legacy-answered-by", at=at)], at=at)
        for outcome in (Outcome.FAIL, Outcome.WAIVED)
    )
    only_headers = [
        report(f"h{number}", [result(check="legacy-answered-by", at=NOW - number * EVERY)], at=NOW - number * EVERY)
        for number in range(2880)
    ]

    assert judged(tmp_path / "a.sqlite", *rounds(), wrong).state is State.NOT_MET
    assert judged(tmp_path / "b.sqlite", *only_headers).state is State.UNMEASURED
    # A waiver accepts the failure; it does not take back that somebody was answered so.
    assert judged(tmp_path / "c.sqlite", *rounds(), waived).state is State.NOT_MET


def test_of_two_hosts_both(tmp_path: Path) -> None:
    """Each has samples of its own."""
    both = [*rounds(), *rounds(host="second")]

    assert judged(tmp_path / "a.sqlite", *rounds(), hosts=("prod", "second")).state is State.UNMEASURED
    assert judged(tmp_path / "b.sqlite", *both, hosts=("prod", "second")).state is State.MET


def of_headers(host: str, number: int = 20) -> list[RunReport]:
    """Rounds of a watch on a host that names no logs: `legacy-hits` does not apply, and leaves no result."""
    at = [NOW - one * EVERY for one in range(number)]
    return [report(f"{host}-{one}", [result(check="legacy-answered-by", host=host, at=one)], at=one) for one in at]


def gate(location: Path, hosts: dict[str, str], *rounds: RunReport, plan: str = "") -> Seen:
    """The item `quiet` of the shipped checklist, on hosts of a host file."""
    with open_history(location) as history:
        history.append_all(rounds, source="watch")
    tables = {
        name: {"system": "assistant", "urls": {"edge": "http://127.0.0.1:9"}}
        | ({"expect": {"legacy": {"log_files": [logs]}}} if logs else {})
        for name, logs in hosts.items()
    }
    item = load_checklist("legacy-cutover", [location.parent / plan] if plan else ()).item("quiet")
    asked = Asked(location.parent, tuple(select(list(hosts), Inventory(hosts=tables))), history=str(location))
    (found,) = run_checklist(Checklist("legacy-cutover", "", (item,)), asked, clock=lambda: NOW).findings
    return Seen(found.state, found.reason, found.evidence, found.remedy)


def test_samples_that_cannot_count(tmp_path: Path) -> None:
    """Watched all day without a log to count in: to watch on cannot help, and what does is told."""
    seen = gate(tmp_path / "h.sqlite", {"prod": ""}, *of_headers("prod"))

    assert seen.state is State.UNMEASURED
    assert seen.reason == (
        "0 hits of /status/ were seen, and prod covers 0 s of 24 h: 20 samples seen, and none counts hits "
        "(no access logs are named): a gap, not a zero"
    )
    assert seen.remedy == (
        "name the access logs of prod as expect.legacy.log_files, then "
        "opscheck watch -m legacy --every 30s --for 24h; or --log FILES now"
    )


def test_no_samples_and_nothing_to_count_in(tmp_path: Path) -> None:
    """The first step is the same."""
    seen = gate(tmp_path / "h.sqlite", {"prod": ""})

    assert "sample" not in seen.reason
    assert "no access logs are named" in seen.reason
    assert seen.remedy.startswith("name the access logs of prod as expect.legacy.log_files")


def test_of_two_hosts_the_one_that_cannot_count(tmp_path: Path) -> None:
    """The other one is counted, here or from elsewhere."""
    (tmp_path / "a.log").write_text("")
    named = gate(tmp_path / "a.sqlite", {"prod": str(tmp_path / "a.log"), "second": ""}, *of_headers("second", 1))
    # Somebody watches it where its logs are: the count is in the history that both share.
    elsewhere = gate(tmp_path / "b.sqlite", {"prod": ""}, *rounds(20), *of_headers("prod"))

    assert "second covers 0 s of 24 h: 1 sample seen, and none counts hits" in named.reason
    assert named.remedy.startswith("name the access logs of second as expect.legacy.log_files")
    assert named.remedy.endswith("or --log HOST/SERVER=FILES now")
    assert "prod covers 10 min of 24 h: the rest is a gap" in elsewhere.reason
    assert elsewhere.remedy.startswith("opscheck watch -m legacy")


def test_a_check_of_ones_own_that_counts(tmp_path: Path) -> None:
    """What it needs is its own affair."""
    (tmp_path / "my.toml").write_text('[items.quiet]\ncounted_by = ["my-hits"]\n')

    seen = gate(tmp_path / "h.sqlite", {"prod": ""}, *of_headers("prod"), plan="my.toml")

    assert "the rest is a gap" in seen.reason
    assert seen.remedy.startswith("opscheck watch -m legacy")

"""The way of a window: what it needs to open, what may be done, what it needs to close."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from opscheck.errors import OptionError
from opscheck.model import Outcome
from opscheck.window import snapshot
from opscheck.window.calendar import Calendar
from opscheck.window.desk import note, open_window, require
from opscheck.window.roles import Role
from opscheck.window.runs import next_phase
from opscheck.window.schedule import Freeze
from opscheck.window.spans import Span
from opscheck.window.state import Phase
from opscheck.window.store import Store, folders_in
from tests.window.world import WEEKLY, World, run_report


def refused(world: World, **changes: Any) -> str:  # noqa: ANN401 - whatever a request is given
    """The one line with which a window does not open."""
    with pytest.raises(OptionError) as caught:
        world.open(**changes)
    assert "\n" not in str(caught.value)
    assert list(world.store().read().entries) == []
    return str(caught.value)


def test_a_window_opens_within_its_schedule(world: World) -> None:
    """Until the schedule's end, with everything that was there before it."""
    window = world.open()

    assert (window.name, window.hosts, window.is_open) == ("w1", ("prod",), True)
    assert window.span.end == datetime(2026, 3, 7, 6, tzinfo=UTC)
    assert window.rule == "weekly: Saturday 02:00-06:00 UTC"
    assert window.rollback["source"] == "rollback.md"
    assert (world.store().folder / window.rollback["file"]).read_text() == "Start the old image again.\n"
    (kept,) = window.snapshots[0].data["sources"]
    assert (kept["source"], len(kept["sha256_source"])) == ("prometheus.yml", 64)


MISSING = (
    ({"hosts": ()}, "no host is named"),
    ({"roles": ()}, "no role has an owner"),
    ({"roles": (Role("lead", "to be assigned", "x"),)}, 'role lead: "to be assigned" is nobody'),
    ({"announced": ""}, "where was it announced?"),
    ({"announced": "TBD"}, "where was it announced?"),
    ({"rollback": ""}, "there is no rollback plan"),
    ({"rollback": "?"}, "there is no rollback plan"),
    ({"rollback": "roll.md"}, "there is no rollback plan at roll.md"),
    ({"snapshot": ()}, "no configuration to keep a snapshot of"),
    ({"snapshot": ("alertmanager.yml",)}, "the snapshot lacks alertmanager.yml: no such file or directory"),
    ({"snapshot": ("conf/*.yml",)}, "the snapshot lacks conf/*.yml: there is no such file"),
    ({"snapshot": ("http://127.0.0.1:9/config",)}, "the snapshot lacks http://127.0.0.1:9/config"),
    ({"name": "../w1"}, "a name is letters"),
    ({"name": ""}, "a name is letters"),
    ({"incident": "soon"}, "is no incident id"),
    ({"incident": "TBD"}, "is no incident id"),
    ({"incident": "INC-1", "lasts": timedelta(days=3)}, "an emergency lasts up to 1 d"),
    ({"incident": "INC-1", "lasts": timedelta(0)}, "an emergency lasts up to 1 d"),
)


@pytest.mark.parametrize(("changes", "told"), MISSING)
def test_what_is_missing_before_is_told(world: World, changes: dict[str, Any], told: str) -> None:
    """Roles, announcement, snapshot, rollback plan: nothing is opened, and one line says what to do."""
    assert told in refused(world, **changes)


def test_outside_its_schedule_a_window_stays_shut(world: World) -> None:
    """The next one is told; the moment of the end is outside, that of the start is not."""
    world.now = datetime(2026, 3, 7, 6, tzinfo=UTC)
    told = refused(world)
    assert "no window is scheduled now; the next opens 2026-03-14 02:00 UTC (weekly)" in told
    assert "--emergency INCIDENT" in told
    world.now = datetime(2026, 3, 14, 2, tzinfo=UTC)
    assert world.open().is_open


def test_a_freeze_keeps_it_shut(world: World) -> None:
    """And is named with its reason."""
    day = datetime(2026, 3, 7, tzinfo=UTC)
    freeze = Freeze("launch", Span(day, day + timedelta(days=2)), "new site")
    told = refused(world, calendar=Calendar(WEEKLY.schedules, [freeze]))

    assert "freeze launch (new site) from 2026-03-07 00:00 to 2026-03-09 00:00 UTC is on" in told


def test_an_emergency_needs_an_incident_only(world: World) -> None:
    """On any day, through a freeze, which is told; everything else has to be there as well."""
    world.now = datetime(2026, 3, 11, 14, tzinfo=UTC)
    freeze = Freeze("launch", Span(world.now, world.now + timedelta(days=2)))
    window = world.open(incident="INC-1042", calendar=Calendar(WEEKLY.schedules, [freeze]), lasts=timedelta(hours=1))

    assert (window.incident, window.rule) == ("INC-1042", "")
    assert window.span == Span(world.now, world.now + timedelta(hours=1))
    assert any("in spite of freeze launch" in one for one in window.remarks)


def test_a_window_opens_once(world: World) -> None:
    """Twice is told, also after it was closed; a host is in one open window at a time."""
    world.open()
    world.later(5)
    with pytest.raises(OptionError, match="window w1 is already open since 2026-03-07 02:10 UTC; close it first"):
        world.open()
    with pytest.raises(OptionError, match="prod is in window w1 since 2026-03-07 02:10 UTC: close that first"):
        world.open("w2", hosts=("lab", "prod"))
    assert world.open("w3", hosts=("lab",)).is_open
    world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    world.close()
    with pytest.raises(OptionError, match="window w1 was closed 2026-03-07 02:15 UTC; take another name"):
        world.open()


def test_two_at_the_same_time_do_not_open_for_one_host(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long their snapshots take: one of them opens, and the other is told which."""
    both = threading.Barrier(2, timeout=30)
    take = snapshot.take

    def slowly(*arguments: Any) -> list[snapshot.Source]:  # noqa: ANN401 - as the original
        both.wait()  # each has seen that nothing is open
        return take(*arguments)

    monkeypatch.setattr(snapshot, "take", slowly)
    monkeypatch.setattr(world, "request", partial(world.request, rollback="in words alone"))
    told: list[str] = []

    def opening(name: str) -> None:
        try:
            told.append(f"open {world.open(name).name}")
        except OptionError as error:
            told.append(str(error))

    threads = [threading.Thread(target=opening, args=[name]) for name in ("w1", "w2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (opened,) = [one for one in told if one.startswith("open ")]
    (other,) = [one for one in told if one != opened]
    assert other.startswith(f"prod is in window {opened.removeprefix('open ')} since 2026-03-07 02:10 UTC")
    assert len(folders_in(world.windows)) == 1


def test_a_window_kept_elsewhere_sees_the_others(world: World) -> None:
    """In a folder of its own it does not open beside one of the same host."""
    world.open()
    elsewhere = Store(world.folder / "elsewhere" / "w2")
    with pytest.raises(OptionError, match="prod is in window w1 since"):
        open_window(elsewhere, world.request("w2", windows=world.windows), now=world.now, by="tom")


def test_a_window_that_was_forgotten_blocks_no_other(world: World) -> None:
    """A week later the host can be opened under another name."""
    world.open()
    world.later(7 * 24 * 60)

    assert world.open("w2").is_open


def test_steps_are_logged_with_time_and_name(world: World) -> None:
    """In order, deviations told apart; nothing is no step."""
    world.open()
    world.later(5)
    world.logged("stopped it")
    world.later(5)
    world.logged("took longer", deviation=True)
    window = require(world.store())

    assert [(one.by, one.data["text"], one.at.minute) for one in window.notes] == [
        ("tom", "stopped it", 15),
        ("tom", "took longer", 20),
    ]
    assert [one.data["text"] for one in window.deviations] == ["took longer"]
    for text, told in ((" \n", "there is nothing to log"), ("x" * 5000, "at most 4,000 characters")):
        with pytest.raises(OptionError, match=told):
            note(world.store(), text, now=world.now, by="tom")


def test_the_runs_come_in_order(world: World) -> None:
    """The first is before; after a step it is after; none before can be made up for."""
    window = world.open()
    assert next_phase(window, None) is Phase.BEFORE
    world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    assert next_phase(require(world.store()), None) is Phase.AFTER
    assert next_phase(require(world.store()), Phase.BEFORE) is Phase.BEFORE
    world.logged("stopped it")
    with pytest.raises(OptionError, match="a step was logged already"):
        next_phase(require(world.store()), Phase.BEFORE)
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    assert next_phase(require(world.store()), None) is Phase.AFTER


def test_a_window_closes_when_all_is_there(world: World) -> None:
    """A run before, a run after the last step, and somebody was told; then once only."""
    world.open()
    with pytest.raises(OptionError, match="has no run before it to compare with"):
        world.close()
    world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    with pytest.raises(OptionError, match="has no run after it: opscheck window run w1 --phase after"):
        world.close()
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    world.logged("and another thing")
    with pytest.raises(OptionError, match="1 step came after its last run"):
        world.close()
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    with pytest.raises(OptionError, match="where was the summary posted"):
        world.close(communicated="TBD")
    world.later(10)
    window = world.close()
    assert (window.closed, window.closed_by) == (world.now, "ana")
    with pytest.raises(OptionError, match="window w1 was closed 2026-03-07 02:20 UTC by ana"):
        world.close()
    with pytest.raises(OptionError, match="was closed"):
        world.logged("too late")


def test_without_a_run_before_a_deviation_says_why(world: World) -> None:
    """The host was down already: there was nothing to run against."""
    world.open()
    world.logged("the host was down already", deviation=True)
    world.ran(Phase.AFTER, run_report(Outcome.PASS))

    assert world.close().closed == world.now


def test_a_late_close_is_told(world: World) -> None:
    """By how much."""
    world.open()
    world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    world.later(4 * 60 + 5)

    assert world.close().closing["overrun"] == "15 min"


def test_what_changed_in_the_configuration_is_told_at_the_end(world: World) -> None:
    """By the hashes of the same sources."""
    (world.folder / "alerts.yml").write_text("groups: []\n")
    (world.folder / "gone.yml").write_text("x: 1\n")
    world.open(snapshot=("*.yml",))
    world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    (world.folder / "prometheus.yml").write_text("global:\n  scrape_interval: 30s\n")
    (world.folder / "gone.yml").unlink()
    (world.folder / "new.yml").write_text("y: 1\n")
    window = world.close()

    assert window.snapshots[-1].data["changed"] == [
        "gone.yml is gone, or cannot be read",
        "new.yml appeared",
        "prometheus.yml changed",
    ]

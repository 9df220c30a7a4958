"""The report of a window as text: what is in it, where, and how large it may become."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from opscheck.model import Outcome
from opscheck.report import Result, RunReport
from opscheck.window.account import account, account_of
from opscheck.window.desk import require
from opscheck.window.log import Entry, entry_after
from opscheck.window.page import render
from opscheck.window.spans import Span
from opscheck.window.state import Phase, Window
from opscheck.window.timeline import ticks
from opscheck.window.verify import seal
from tests.report.sample import HOSTILE, hostile, large, realistic
from tests.window.world import SATURDAY, World, run_report


def page(window: Window, before: RunReport | None, after: RunReport | None) -> str:
    """The report as of an hour later."""
    return render(account(window, before, after), made=window.opened + timedelta(hours=1))


def test_the_decision_comes_first(world: World) -> None:
    """Then the checklist with names and times, the timeline, what changed, failures; the evidence last."""
    window = world.whole((Outcome.PASS,) * 2, (Outcome.PASS, Outcome.FAIL))
    told = account_of(world.store(), window)
    text = render(told, made=world.now)
    order = [
        *("<h1>", "FAIL", "1 check fails that did not before", 'id="checklist"', 'id="timeline"', 'id="changes"'),
        *('id="failures"', 'id="escalation"', 'id="rollback"', 'id="latency"', 'id="configuration"', 'id="evidence"'),
    ]
    places = [text.index(one, text.index("<body>")) for one in order]

    assert places == sorted(places)
    for part in ("Ana Ruiz", "Tom Ode", "#ops-shared", "2026-03-07 02:10", "On-call engineer, phone bridge"):
        assert part in text
    assert window.entries[-1].digest in text


def test_everything_in_it_is_inert() -> None:
    """Whatever names, steps, plans and answers say: no script, no request, no broken markup."""
    window = Window(
        name=HOSTILE[0],
        hosts=HOSTILE,
        opened=SATURDAY,
        opened_by=HOSTILE[1],
        span=Span(SATURDAY, SATURDAY + timedelta(hours=2)),
        rule=HOSTILE[2],
        reason=HOSTILE[3],
        remarks=HOSTILE,
        escalation=HOSTILE,
        rollback={"text": HOSTILE[1]},
        announced={"where": HOSTILE[0], "at": HOSTILE[2]},
        entries=_entries(),
        notes=_entries(),
        closed=SATURDAY + timedelta(hours=1),
        closed_by=HOSTILE[0],
        closing={"communicated": HOSTILE[1], "lessons": HOSTILE[2], "tracker": HOSTILE[3]},
    )
    text = page(window, hostile(), hostile())

    assert "<script" not in text
    assert re.search(r"<[^>]+\son\w+\s*=", text) is None
    assert re.search(r'href="(?!#|https?://)', text) is None
    assert re.search(r"<(iframe|img|object|embed|form|link)", text) is None


def _entries() -> list[Entry]:
    found: list[Entry] = []
    for text in HOSTILE:
        plain = text.encode("utf-8", "replace").decode()
        last = found[-1] if found else None
        found.append(entry_after(last, at=SATURDAY, by=plain, kind="step", data={"text": plain}))
    return found


def test_two_thousand_results_stay_below_two_megabytes(world: World) -> None:
    """However many fail, and written in a moment."""
    window = world.whole()
    for failing in (0, 40, 2000):
        began = time.perf_counter()
        content = seal(page(window, large(2000, 0), large(2000, failing)))
        assert time.perf_counter() - began < 15
        assert len(content) < 2_000_000, failing


def test_what_is_missing_is_said(world: World) -> None:
    """A window that is still open, without any run, has a report, too."""
    text = page(world.open(), None, None)

    assert "There is no run before, so there is nothing to compare." in text
    assert "UNMEASURED" in text
    assert "still open" in text


def test_waivers_slowness_and_changes_are_told(world: World) -> None:
    """What was accepted, what takes longer, what became of each check."""
    window = world.whole()
    after = realistic()
    before = replace(after, results=[one for one in after.results if one.outcome is not Outcome.FAIL])
    slow = replace(after, results=[_slower(one) for one in after.results])
    text = page(window, before, slow)

    assert "OPS-412" in text[text.index('id="waivers"') : text.index('id="escalation"')]
    assert text.count("new failure") >= 2
    assert 'class="again">slower' in text
    assert "7 checks blocked behind them" in text


def _slower(result: Result) -> Result:
    if result.outcome is not Outcome.PASS:
        return result
    first = {**result.evidence[0], "phases_ms": {"total": 900.0}}
    return replace(result, evidence=(first,))


@pytest.mark.parametrize(("minutes", "most"), [(1, 5), (7, 5), (60, 5), (240, 5), (1440, 5), (20_000, 5)])
def test_the_axis_has_a_few_full_times(minutes: int, most: int) -> None:
    """Between the ends, in order, not too many, whatever the length."""
    whole = Span(SATURDAY, SATURDAY + timedelta(minutes=minutes))
    found = ticks(whole)

    assert 1 <= len(found) <= most
    assert found == sorted(found)
    assert all(whole.start < at < whole.end for at in found)


def test_the_second_run_after_counts(world: World) -> None:
    """What was repaired within the window is not held against it."""
    world.open()
    world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    world.ran(Phase.AFTER, run_report(Outcome.FAIL))
    world.logged("rolled the image back")
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    world.close()
    told = account_of(world.store(), require(world.store()))

    assert told.judged.sentence == "nothing fails that did not before; Prometheus targets: the run after looked at none"

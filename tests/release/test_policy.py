"""GO or NO-GO: what lets a release go, what does not, and how it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest

from opscheck.release.checklist import Item, Step, Waived
from opscheck.release.playbook import told
from opscheck.release.policy import decide, headline
from opscheck.release.run import settle
from opscheck.release.words import Go, State
from tests.release.made import finding, report

NOW = datetime(2026, 3, 4, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(("one", "other"), list(product(State, State)), ids=lambda state: state.value.replace(" ", "-"))
def test_every_pair_of_states(one: State, other: State) -> None:
    """GO exactly where nothing stands in the way and something was met."""
    good = {State.MET, State.WAIVED, State.NOT_APPLICABLE, State.LATER}

    decision = decide([finding(one, "a"), finding(other, "b")])

    assert (decision is Go.GO) == ({one, other} <= good and State.MET in (one, other))


def test_what_does_not_count_is_told_only() -> None:
    """Neither for nor against."""
    told_only = finding(State.NOT_MET, "removed", counts=False)

    assert decide([finding(), told_only]) is Go.GO
    assert decide([replace(told_only, state=State.MET)]) is Go.NO_GO
    assert decide([]) is Go.NO_GO


def test_the_sentence() -> None:
    """What stands in the way, gravest first; else what was met, and with what beside."""
    bad = report(finding(), finding(State.UNATTESTED, "a"), finding(State.NOT_MET, "b"), finding(State.UNMEASURED, "c"))

    assert headline(bad) == "NO-GO: 3 of 4 items stand in the way: 1 not met, 1 not measured, 1 not attested"
    assert (
        headline(report(finding(), finding(State.NOT_MET, "b"))) == "NO-GO: 1 of 2 items stands in the way: 1 not met"
    )
    assert headline(report(finding(), finding(State.WAIVED, "b"))) == "GO: 1 of 2 items met, 1 waived"
    assert headline(report(finding(State.WAIVED))) == "NO-GO: no item was met, so nothing speaks for it"
    assert headline(report()) == "NO-GO: no item was met, so nothing speaks for it"


@pytest.mark.parametrize(
    ("state", "until", "expected", "waiver"),
    [
        (State.NOT_MET, date(2026, 3, 4), State.WAIVED, "known (ops, until 2026-03-04)"),
        (State.UNMEASURED, date(2026, 12, 1), State.WAIVED, "known (ops, until 2026-12-01)"),
        (State.NOT_MET, date(2026, 3, 3), State.NOT_MET, "ended: known (ops, until 2026-03-03)"),
        (State.MET, date(2026, 12, 1), State.MET, "not needed: known (ops, until 2026-12-01)"),
        (State.MET, date(2026, 3, 3), State.MET, "ended: known (ops, until 2026-03-03)"),
    ],
    ids=["last-day", "not-measured", "ended", "not-needed", "ended-and-met"],
)
def test_waivers(state: State, until: date, expected: State, waiver: str) -> None:
    """One lets go until its last day is over; what was found stays to be seen."""
    item = Item("lint", "Lint", "command", waived=Waived("known", "ops", until))

    settled = settle(finding(state, "lint"), item, NOW)

    assert (settled.state, settled.waiver) == (expected, waiver)
    if expected is State.WAIVED:
        assert settled.reason == waiver  # who, until when and why, in every form of the report
        assert settled.evidence[0] == f"{state.value}: lint does not hold"
    if expected is State.NOT_MET:
        assert settled.reason == "its waiver has ended: lint does not hold"


def test_steps_say_what_is_done_and_what_is_next() -> None:
    """Done where all of it is met, waived or not needed; the first other one is next, whatever is done behind it."""
    steps = [Step(name, name, "", (name,)) for name in ("a", "b", "c", "d")] + [Step("e", "e", "", ("a", "c"))]
    states = {"a": State.MET, "b": State.UNMEASURED, "c": State.NOT_APPLICABLE, "d": State.LATER}

    found = told(steps, [finding(state, name) for name, state in states.items()])

    assert [step.standing for step in found] == ["done", "next", "done", "later", "done"]
    assert found[1].why == "b: b does not hold"
    assert found[4].why == "a: it holds; c: c does not hold"

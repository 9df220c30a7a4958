"""Rounds that are too slow for their interval: said so that it helps, not with every round."""

from __future__ import annotations

from tests.watch.fakes import Watch


def _said(watch: Watch) -> list[str]:
    return [line for line in watch.lines if "no samples" in line or "keep taking longer" in line]


def test_rounds_that_are_always_too_slow_get_advice() -> None:
    """Two hours of rounds of 44 s every 30 s: the first gap, what would hold, and that once an hour."""
    watch = Watch()
    watch.rounds.seconds = lambda _: 44.0

    total = watch.watcher(length=7200).run()

    first, *advice = _said(watch)
    assert first.endswith("(1 missed): the round before took longer than that")
    assert len(advice) == 2
    assert advice[0] == (
        "rounds keep taking longer than --every 30s (the last one took 44 s, 2 were missed so far): --every 1m would "
        "hold, or fewer hosts and checks in one watch; from here on this is told once an hour"
    )
    told = int(advice[1].partition(" were missed so far")[0].rpartition(" ")[2])
    assert 30 < told < total.missed
    assert len(watch.history.gaps()) == total.missed  # each is recorded all the same


def test_a_slow_round_now_and_then_is_told_each_time() -> None:
    """One in two hours is no rhythm."""
    watch = Watch()
    watch.rounds.seconds = lambda number: 74.0 if number % 240 == 100 else 2.0

    watch.watcher(length=6 * 3600).run()

    assert len(_said(watch)) == 3
    assert not any("keep taking longer" in line for line in _said(watch))


def test_a_watcher_that_was_held_up_is_not_told_to_wait_longer() -> None:
    """The rounds were quick enough: something else took the time."""
    watch = Watch()
    for number in range(1, 4):
        watch.clock.at.append((1000.0 + 600 * number, lambda: watch.clock.pass_by(100)))

    watch.watcher(length=3600).run()

    assert len(_said(watch)) == 3
    assert not any("keep taking longer" in line for line in _said(watch))

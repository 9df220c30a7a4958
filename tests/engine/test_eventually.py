"""`eventually` with an injected clock: no test here waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from opscheck.engine.eventually import eventually
from opscheck.model import DnsAnswer, Phases


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        """Now."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.sleeps.append(seconds)
        self.now += seconds


def answers(*names: str) -> Callable[[], object]:
    """Observations that come one after the other, the last for ever."""

    def stream() -> Iterator[DnsAnswer]:
        for name in names:
            yield DnsAnswer(name, (), Phases(), datetime.now(UTC))
        while True:
            yield DnsAnswer(names[-1], (), Phases(), datetime.now(UTC))

    source = stream()

    async def take() -> DnsAnswer:
        return next(source)

    return take


def run(clock: Clock, take: object, **limits: object) -> DnsAnswer:
    """Until the name is `ready`."""
    return asyncio.run(
        eventually(take, lambda seen: seen.name == "ready", clock=clock, sleep=clock.sleep, **limits)  # type: ignore[arg-type]
    )


def test_success_at_once_takes_one_attempt_and_no_sleep() -> None:
    """There is no delay behind a success."""
    clock = Clock()

    seen = run(clock, answers("ready"))

    assert (seen.attempts, clock.sleeps) == (1, [])


def test_interval_grows_up_to_the_longest() -> None:
    """Waiting backs off, and is bounded."""
    clock = Clock()

    seen = run(clock, answers("a", "b", "c", "d", "ready"), interval=1, backoff=2, longest=3, deadline=100)

    assert (seen.attempts, clock.sleeps) == (5, [1, 2, 3, 3])


def test_never_sleeps_past_the_deadline() -> None:
    """The last attempt lies within the deadline, and its observation comes back."""
    clock = Clock()

    seen = run(clock, answers("never"), interval=4, backoff=1, deadline=10)

    assert (seen.name, seen.attempts, clock.now) == ("never", 3, 8)


def test_stops_on_a_fatal_state() -> None:
    """Waiting for what can no longer come true ends at once."""
    clock = Clock()

    seen = run(clock, answers("warming", "crashed"), interval=1, deadline=100, fatal=lambda one: one.name == "crashed")

    assert (seen.name, seen.attempts) == ("crashed", 2)


def test_the_number_of_attempts_can_be_bounded() -> None:
    """What costs tokens is not asked until the deadline."""
    clock = Clock()

    seen = run(clock, answers("never"), interval=1, deadline=100, most=3)

    assert (seen.attempts, len(clock.sleeps)) == (3, 2)


def test_refuses_a_shrinking_interval() -> None:
    """A backoff below one would ask faster and faster."""
    with pytest.raises(ValueError, match="backoff"):
        run(Clock(), answers("ready"), backoff=0.5)

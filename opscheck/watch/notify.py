"""Telling others: one thread for each receiver, so that a receiver that is down costs no round and loses nothing."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from opscheck.report.visible import visible
from opscheck.watch.clock import Clock
from opscheck.watch.incidents import Event, Incident

_FIRST: Final = 1.0  # seconds before the second attempt; doubled from there on
_LONGEST: Final = 60.0


class NotDelivered(Exception):
    """A receiver did not take something over.

    Attributes:
        again: trying again may help.
    """

    def __init__(self, why: str, *, again: bool = True) -> None:
        super().__init__(why)
        self.again = again


class Outbox(Protocol):
    """What there is to tell one receiver, and how. `take` and `due` are asked under a lock, `send` is not."""

    name: str

    def take(self, events: Sequence[Event], incidents: Sequence[Incident], at: datetime) -> None:
        """Take over what a round has brought."""

    def due(self, elapsed: float) -> object | None:
        """What is to be sent now; None where there is nothing."""

    def send(self, message: object) -> None:
        """Send it; raises NotDelivered."""

    def done(self, message: object, elapsed: float) -> None:
        """It has been taken over, or never will be."""

    @property
    def undelivered(self) -> int:
        """How many events are left."""

    def close(self) -> None:
        """Give connections back."""


class Courier:
    """Delivers what an outbox holds, in a thread of its own, until it is closed."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.name = outbox.name
        self.error = ""
        self.refused = 0
        self._outbox = outbox
        self._clock = clock
        self._changed = threading.Condition()
        self._closing = False
        self._busy = False
        self._attempts = 0
        self._not_before = 0.0
        self._thread = threading.Thread(target=self._work, name=f"opscheck-notify {outbox.name}", daemon=True)
        self._thread.start()

    @property
    def undelivered(self) -> int:
        """How many events are left."""
        with self._changed:
            return self._outbox.undelivered

    def tell(self, events: Sequence[Event], incidents: Sequence[Incident], at: datetime) -> None:
        """Take over what a round has brought; never waits."""
        with self._changed:
            self._outbox.take(events, incidents, at)
            self._changed.notify_all()

    def close(self, patience: float) -> int:
        """Try to deliver what is left for some seconds; how much still is."""
        with self._changed:
            self._not_before = 0.0  # one more attempt, now
            self._attempts = 0
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._outbox.undelivered and not self._busy, timeout=patience)
            self._closing = True
            self._changed.notify_all()
            left = self._outbox.undelivered
        self._thread.join(timeout=1.0)
        if not self._thread.is_alive():
            self._outbox.close()
        return left

    def _work(self) -> None:
        while True:
            with self._changed:
                message = self._next()
                if self._closing:
                    return
                self._busy = message is not None
            if message is not None:
                self._deliver(message)

    def _next(self) -> object | None:
        """What to send next; waits for a moment where there is nothing."""
        wait = self._not_before - self._clock.elapsed()
        message = self._outbox.due(self._clock.elapsed()) if wait <= 0 else None
        if message is None and not self._closing:
            self._changed.wait(timeout=min(max(wait, 0.2), 1.0))
        return message

    def _deliver(self, message: object) -> None:
        try:
            self._outbox.send(message)
        except NotDelivered as error:
            self._failed(message, error)
        except Exception as error:  # noqa: BLE001 - a broken receiver must not end its thread
            self._failed(message, NotDelivered(type(error).__name__))
        else:
            with self._changed:
                self.error, self._attempts, self._busy = "", 0, False
                self._outbox.done(message, self._clock.elapsed())
                self._changed.notify_all()

    def _failed(self, message: object, error: NotDelivered) -> None:
        with self._changed:
            self.error, self._busy = visible(error, 200), False
            if not error.again:
                self.refused += 1
                self._outbox.done(message, self._clock.elapsed())
                return
            pause = min(_FIRST * 2 ** min(self._attempts, 10), _LONGEST)
            self._attempts += 1
            self._not_before = self._clock.elapsed() + pause * random.uniform(0.75, 1.0)  # noqa: S311 - a pause


class Couriers:
    """All receivers."""

    def __init__(self, couriers: Sequence[Courier]) -> None:
        self.all = couriers

    def tell(self, events: Sequence[Event], incidents: Sequence[Incident], at: datetime) -> None:
        """Every one of them."""
        for courier in self.all:
            courier.tell(events, incidents, at)

    def close(self, patience: float) -> list[str]:
        """End all; one line for each that has something left."""
        lines = []
        for courier in self.all:
            left = courier.close(patience)
            if left:
                lines.append(f"{courier.name}: {left} not delivered: {courier.error or 'no time was left'}")
        return lines

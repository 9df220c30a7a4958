"""The parts of a watch put together, begun, and ended in order."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Protocol

from opscheck.redact import Redactor
from opscheck.watch.clock import Clock, Stop, SystemClock
from opscheck.watch.notify import Courier, Couriers, Outbox
from opscheck.watch.notify_alertmanager import AlertmanagerOutbox
from opscheck.watch.notify_webhook import WebhookOutbox
from opscheck.watch.outcome import Total
from opscheck.watch.past_from_history import Loading, Readable
from opscheck.watch.process_rounds import ProcessRounds
from opscheck.watch.recorder import Appending, Recorder
from opscheck.watch.resuming import watched
from opscheck.watch.rounds import Rounds
from opscheck.watch.routes import Routes
from opscheck.watch.server import StatusServer
from opscheck.watch.setup import Setup
from opscheck.watch.view import Board, View, WindowView
from opscheck.watch.watcher import Parts, Watcher

_DELIVERY: Final = 2.0  # seconds that receivers have at the end
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Kept(Appending, Readable, Protocol):
    """History, as much of it as a watch uses."""

    @property
    def location(self) -> str:
        """Where it is, fit to be printed."""


Opened = Callable[[], AbstractContextManager[Kept]]


@dataclass(frozen=True, slots=True)
class Around:
    """What a watch is given by whoever starts it.

    Attributes:
        say: prints one line.
        history: opens history; None where nothing is recorded.
        why_not: why nothing is, where that is not what was asked for.
        windows: the maintenance windows that are open now.
        version: of opscheck.
        clock, rounds: others than the machine's own; for tests.
    """

    say: Callable[[str], None]
    redactor: Redactor
    history: Opened | None = None
    why_not: str = ""
    windows: Callable[[], Sequence[WindowView]] = tuple
    version: str = ""
    clock: Callable[[Stop], Clock] = SystemClock
    rounds: Callable[[Stop, Clock], Rounds] | None = None


def watch(setup: Setup, around: Around) -> int:
    """Watch until the end of the time or a signal; the exit code.

    Raises:
        UserError: history cannot be opened, or the address to serve at not be used.
    """
    stop = Stop()
    try:
        with _signals(stop), contextlib.ExitStack() as stack:
            return _watch(setup, around, stop, stack)
    finally:
        stop.close()


def _watch(setup: Setup, around: Around, stop: Stop, stack: contextlib.ExitStack) -> int:
    clock = around.clock(stop)
    began = clock.elapsed()
    kept = stack.enter_context(around.history()) if around.history is not None else None
    couriers = Couriers([Courier(outbox, clock) for outbox in _outboxes(setup, clock)])
    at = clock.now()
    first = View(setup.title, at, at, setup.every, history=kept.location if kept else "")
    board = Board(first, couriers.all)
    redactor = Redactor()  # rounds mask their command: what is compared with it is masked alike
    argv = watched([redactor.text(word) for word in setup.arguments])
    loading = (
        Loading(board, around.history, at, argv=argv, patience=setup.patience) if around.history is not None else None
    )
    if setup.serve is not None:
        _serve(setup.serve, _routes(board, clock, around, loading), around, stack)
    if loading is not None:
        loading.start()
        stack.callback(loading.stop)
    rounds = (
        around.rounds(stop, clock)
        if around.rounds is not None
        else ProcessRounds(setup.arguments, limit=setup.limit, clock=clock, stop=stop)
    )
    _tell_start(setup, around, kept)
    recorder = Recorder(kept, around.say)
    parts = Parts(
        clock,
        rounds,
        recorder,
        board,
        couriers,
        setup.limit,
        around.say,
        around.windows,
        loading.incidents if loading is not None else tuple,
        patience=setup.patience,
        version=around.version,
        argv=argv,
    )
    total = Watcher(parts, every=setup.every, length=setup.length).run()
    for line in couriers.close(_DELIVERY):
        around.say(line)
    _tell_end(total, around, stop, endless=setup.length is None, seconds=clock.elapsed() - began)
    return total.exit_code(endless=setup.length is None)


def _outboxes(setup: Setup, clock: Clock) -> list[Outbox]:
    found: list[Outbox] = []
    if setup.alertmanager:
        found.append(AlertmanagerOutbox(setup.alertmanager, setup.alertmanager_headers, every=setup.every, clock=clock))
    if setup.webhook:
        found.append(WebhookOutbox(setup.webhook, setup.webhook_headers, title=setup.title))
    return found


def _routes(board: Board, clock: Clock, around: Around, loading: Loading | None) -> Routes:
    def notes() -> list[str]:
        found = [around.why_not, loading.error if loading is not None else ""]
        return [one for one in found if one]

    return Routes(board, clock, around.redactor, notes)


def _serve(where: tuple[str, int], routes: Routes, around: Around, stack: contextlib.ExitStack) -> None:
    server = StatusServer(*where, routes)
    server.start()
    stack.callback(server.stop)
    around.say(f"serving {server.url}/ (metrics, healthz, status.json)")


def _tell_start(setup: Setup, around: Around, kept: Kept | None) -> None:
    length = "until it is stopped" if setup.length is None else f"for {_words(setup.length)}"
    around.say(f"watching every {_words(setup.every)} {length}: {setup.title}")
    if kept is not None:
        around.say(f"recording to {kept.location}")
    else:
        around.say(f"not recording{f': {around.why_not}' if around.why_not else ''}")


def _tell_end(total: Total, around: Around, stop: Stop, *, endless: bool, seconds: float) -> None:
    if total.refused is not None:
        around.say(total.refused.failure)
        for line in total.refused.said:
            around.say(f"  {line}")
        return
    if stop.reason:
        around.say(f"stopped by {stop.reason}")
    for line in total.lines(endless=endless, seconds=seconds):
        around.say(line)


def _words(seconds: float) -> str:
    """`30 s`, `5 min`, `24 h`, `36.5 s`."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


@contextlib.contextmanager
def _signals(stop: Stop) -> Iterator[None]:
    """While it lasts, a signal is a request to stop; what was ignored before (nohup) stays ignored."""

    def asked(number: int, _: FrameType | None) -> None:
        stop.ask(signal.Signals(number).name)

    before = {one: signal.getsignal(one) for one in _SIGNALS}
    try:
        for one, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(one, asked)
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def place_of(location: str | Path) -> str | Path:
    """A location as `open_history` takes it: a path, unless it is a URL."""
    text = str(location)
    return text if "://" in text else Path(text).expanduser()

"""The status page of a watch, made of a history that is there already."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Final

from opscheck.history import open_history
from opscheck.redact import Redactor
from opscheck.watch.clock import Stop, SystemClock
from opscheck.watch.past_from_history import Loading
from opscheck.watch.routes import Routes
from opscheck.watch.view import Board, View

_TIMES: Final = 5


def rows(path: Path, now: datetime) -> Iterator[tuple[str, str]]:
    """What a watch that is started at `now` takes to know its past, and its page to be made and to be asked again."""
    load, made, again, size = zip(*(_page(path, now) for _ in range(_TIMES)), strict=True)
    yield "status page: its past read from this file, once a start, beside the rounds", _ms(median(load))
    yield "status page: made, once a round", f"{_ms(median(made))}, {median(size) / 1000:.0f} KB"
    yield "status page: asked for again", _ms(median(again))


def _page(path: Path, now: datetime) -> tuple[float, float, float, int]:
    board = Board(View("all checks", now, now, 300.0))
    loading = Loading(board, lambda: open_history(path), now)
    load = _timed(loading.load)
    if loading.error:
        raise RuntimeError(loading.error)
    stop = Stop()
    try:
        routes = Routes(board, SystemClock(stop), Redactor())
        made = _timed(lambda: routes("/", {}))
        again = _timed(lambda: routes("/", {}))
        answer = routes("/", {})
    finally:
        stop.close()
    if answer is None or b"host-1" not in answer.body:
        raise RuntimeError("the page does not show what history knows")
    return load, made, again, len(answer.body)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.{0 if seconds >= 0.01 else 3}f} ms"

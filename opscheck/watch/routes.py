"""What the server answers: made once for each round and kept, whoever asks, and however many at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

from opscheck.model import Json
from opscheck.redact import Redactor
from opscheck.report.json_report import strict
from opscheck.report.prometheus import exposition
from opscheck.watch import health, metrics
from opscheck.watch.clock import Clock
from opscheck.watch.document import document
from opscheck.watch.page import content_security_policy, page
from opscheck.watch.page_hosts import Shown, shown
from opscheck.watch.server import Answer
from opscheck.watch.view import Board, View

_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json"
_HEALTH: Final = "application/health+json"
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_HOST: Final = "/host/"
_PAGES: Final = 64  # pages of single hosts that are kept


class Routes:
    """Answers from a board.

    Args:
        notes: what else a reader of the page should know at this moment.
        redactor: masks what is registered in everything that is answered.
    """

    def __init__(self, board: Board, clock: Clock, redactor: Redactor, notes: Callable[[], list[str]] = list) -> None:
        self._board = board
        self._clock = clock
        self._redactor = redactor
        self._notes = notes
        self._lock = threading.Lock()  # one at a time makes what others wait for
        self._kept: dict[str, bytes] = {}
        self._stamp: object = None
        self._made = 0

    def __call__(self, path: str, headers: Mapping[str, str]) -> Answer | None:
        """The answer for a path; None where there is nothing."""
        if path == "/metrics":
            return self._metrics(headers.get("accept", ""))
        if path == "/healthz":
            status, told = health.health(self._board, self._clock.elapsed())
            return Answer(status, _HEALTH, self._masked(json.dumps(strict(told)) + "\n"))
        if path in ("/", "/status.json") or path.startswith(_HOST):
            return self._page(path)
        return None

    def _metrics(self, accept: str) -> Answer:
        open_metrics = "application/openmetrics-text" in accept
        families = metrics.families(self._board, self._clock.elapsed())
        text = exposition(families, openmetrics=open_metrics)
        return Answer(200, _OPENMETRICS if open_metrics else _TEXT, self._masked(text))

    def _page(self, path: str) -> Answer | None:
        troubles = health.troubles(self._board, self._clock.elapsed())
        notes = [*self._notes(), *health.warnings(self._board)]
        view = self._board.view
        with self._lock:
            # An age in seconds is no news: the page is made again where there is another trouble, not where it grows.
            stamp = (view.version, [one.partition(" for ")[0] for one in troubles], len(notes))
            if stamp != self._stamp or len(self._kept) > _PAGES:
                self._kept, self._stamp = {}, stamp
            if path not in self._kept:
                made = self._make(path, view, troubles, notes)
                if made is None:
                    return None
                self._made += 1
                self._kept[path] = made
            body = self._kept[path]
        if path == "/status.json":
            return Answer(200, _JSON, body)
        return Answer(200, _HTML, body, {"Content-Security-Policy": content_security_policy()})

    def _make(self, path: str, view: View, troubles: list[str], notes: list[str]) -> bytes | None:
        if path == "/status.json":
            return self._masked(json.dumps(strict(self._document(view, troubles, notes)), allow_nan=False) + "\n")
        only = unquote(path.removeprefix(_HOST)) if path.startswith(_HOST) else ""
        if path != "/" and not only:
            return None
        hosts = self._hosts(view, only)
        if only and not hosts:
            return None
        return self._masked(page(view, hosts, troubles=troubles, notes=notes, only=only))

    def _hosts(self, view: View, only: str = "") -> list[Shown]:
        with self._board.past_lock:
            return shown(self._board.past, view, only)

    def _document(self, view: View, troubles: list[str], notes: list[str]) -> Json:
        return document(view, self._hosts(view), troubles, notes)

    def _masked(self, text: str) -> bytes:
        return self._redactor.text(text).encode("utf-8", "replace")

    @property
    def made(self) -> int:
        """How many pages have been made so far: asking again makes none."""
        return self._made

"""Permission to change a host is asked at the last moment: waiting for a place may take as long as a window."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from opscheck.engine.options import EngineOptions
from opscheck.engine.plan import Plan
from opscheck.engine.run import Engine
from opscheck.engine.share import Alone
from opscheck.engine.spec import Spec
from opscheck.model import Cost, Host, HostKind, Kind, Unmeasured

OPTIONS = EngineOptions(5.0, 1.0, 5.0, 4, "", "tests")
PROD = Host("prod", HostKind.LIVE, "reference", {}, {}, sensitive=True)


class Crowded(Alone):
    """Other workers hold the host's places, and before they let go the window closes."""

    def __init__(self) -> None:
        super().__init__()
        self.open = True
        self.closes = True

    @contextlib.asynccontextmanager
    async def slot(self, host: str, limit: int) -> AsyncIterator[None]:  # noqa: ARG002 - as it is asked
        """A place, late."""
        self.open = not self.closes
        yield


def _taken(share: Crowded, *, mutating: bool) -> object:
    async def take() -> str:
        return f"asked while the window was {'open' if share.open else 'closed'}"

    engine = Engine(OPTIONS, {"prod": PROD}, share, refusal=lambda _: "" if share.open else "window w1 was closed")
    plan = Plan()
    key = plan.add(Spec("change", take, (), (), Cost(1), mutating=mutating), PROD, lambda _: None, {})
    engine.start(plan)
    try:
        return engine.result(key, 10)
    finally:
        engine.stop(hurry=True)


def test_a_window_that_closes_while_a_place_is_waited_for_allows_nothing() -> None:
    """What would change something is not asked; what only looks is."""
    seen = _taken(Crowded(), mutating=True)

    assert isinstance(seen, Unmeasured)
    assert (seen.kind, seen.detail) == (Kind.NOT_ALLOWED, "not asked: window w1 was closed")
    assert _taken(Crowded(), mutating=False) == "asked while the window was closed"


def test_within_the_window_it_is_asked() -> None:
    """However long it waited."""
    share = Crowded()
    share.closes = False

    assert _taken(share, mutating=True) == "asked while the window was open"

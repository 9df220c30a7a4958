"""Which observation is next."""

from __future__ import annotations

from opscheck.engine.lanes import Lanes
from opscheck.engine.spec import Planned, Spec
from opscheck.model import Cost, Host, HostKind


def planned(host: str, name: str, *, serial: bool = False) -> Planned:
    """An observation that is never taken."""

    async def take() -> None: ...

    spec = Spec(name, take, (), (), Cost(1), serial=serial)
    return Planned(f"{host}|{name}", spec, Host(host, HostKind.LIVE, "reference", {}, {}))


def drain(lanes: Lanes) -> list[str]:
    """Start everything that may start now."""
    started = []
    while (one := lanes.next()) is not None:
        started.append(one.key)
    return started


def test_a_host_with_much_to_ask_does_not_keep_the_others_waiting() -> None:
    """While others wait, a host gets its share of what may be in flight; what is left over goes to the first."""
    lanes = Lanes(16, {})
    lanes.add([*(planned("a", str(number)) for number in range(20)), planned("b", "1"), planned("c", "1")])

    assert drain(lanes) == [f"a|{number}" for number in range(4)] + ["b|1", "c|1"] + [
        f"a|{number}" for number in range(4, 14)
    ]


def test_a_host_at_its_limit_waits_and_others_go_on() -> None:
    """Limits hold per host, and block nobody else."""
    lanes = Lanes(10, {"a": 1})
    first = planned("a", "1")
    lanes.add([first, planned("a", "2"), planned("b", "1"), planned("b", "2")])

    assert sorted(drain(lanes)) == ["a|1", "b|1", "b|2"]
    lanes.done(first)
    assert drain(lanes) == ["a|2"]


def test_the_number_in_flight_is_bounded() -> None:
    """No more than that many run at a time over all hosts."""
    lanes = Lanes(2, {})
    lanes.add([planned(name, "1") for name in "abcde"])

    assert len(drain(lanes)) == 2


def test_serial_ones_run_alone_and_last() -> None:
    """What judges latency waits until nothing else runs, and nothing else starts meanwhile."""
    lanes = Lanes(10, {})
    busy, quiet = planned("a", "busy"), planned("a", "quiet", serial=True)
    lanes.add([quiet, busy, planned("a", "quiet too", serial=True)])

    assert drain(lanes) == ["a|busy"]
    lanes.done(busy)
    assert drain(lanes) == ["a|quiet"]
    lanes.add([planned("b", "late")])
    assert drain(lanes) == []
    lanes.done(quiet)
    assert drain(lanes) == ["b|late"]

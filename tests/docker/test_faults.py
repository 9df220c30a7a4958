"""Each broken host turns exactly its checks red; the ones that are well turn none red."""

from __future__ import annotations

import pytest

from opscheck.registry import shipped_checks
from tests.docker.catalog import BROKEN, NO_ENGINE, SHOWN, UNREACHABLE, WELL
from tests.docker.hosts import Judged
from tests.infra.row import Row


def _rows(rows: tuple[Row, ...]) -> list[object]:
    return [pytest.param(row, id=row.name) for row in rows]


@pytest.mark.parametrize("row", _rows((*BROKEN, *NO_ENGINE)))
def test_a_broken_host_turns_its_checks_red(row: Row, judged: Judged) -> None:
    """The check that names the fault fails, no other does, and nothing is blind that could see."""
    seen = judged.of(row.name)

    assert seen.get("FAIL", set()) == row.red, judged.reasons(row.name, "FAIL")
    assert seen.get("UNMEASURED", set()) == row.blind, judged.reasons(row.name, "UNMEASURED")
    assert seen.keys() <= {"FAIL", "UNMEASURED", "PASS"}
    assert row.because in judged.reasons(row.name, "FAIL")
    assert all(result["remedy"] for result in judged.told(row.name, "FAIL"))


@pytest.mark.parametrize("row", _rows(WELL))
def test_an_engine_that_is_well_is_green(row: Row, judged: Judged) -> None:
    """By its socket, by the docker command's context, over TLS with a certificate of our own."""
    seen = judged.of(row.name)

    assert seen.keys() == {"PASS"}, [judged.reasons(row.name, outcome) for outcome in seen]
    assert len(seen["PASS"]) == 9


@pytest.mark.parametrize("row", _rows(UNREACHABLE))
def test_no_engine_is_one_root_cause(row: Row, judged: Judged) -> None:
    """The first check tells which of the usual causes it is, and what to do; the others are blocked behind it."""
    seen = judged.of(row.name)
    told = judged.told(row.name, "UNMEASURED")

    assert seen.keys() == {"UNMEASURED", "BLOCKED"}
    assert seen["UNMEASURED"] | seen["BLOCKED"] == row.blind
    assert [one["check"] for one in told] == ["docker-engine"]
    assert told[0]["evidence"]["cause"] == f"{row.name}:docker:{row.cause}"
    assert told[0]["remedy"]


def test_every_fault_of_every_check_is_shown() -> None:
    """No fault of an engine is only a name."""
    named = {name for info in shipped_checks().values() if info.concern == "docker" for name in info.faults}

    assert named == SHOWN

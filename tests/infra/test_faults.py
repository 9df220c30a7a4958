"""Each broken host turns exactly its checks red; the ones that are well turn none red."""

from __future__ import annotations

import pytest

from opscheck.registry import shipped_checks
from tests.docker.hosts import Judged
from tests.infra.catalog import BROKEN, SHOWN, WELL
from tests.infra.hosts import environment, variable
from tests.infra.row import Row
from tests.infra.store_rows import UNREACHABLE


def _rows(rows: tuple[Row, ...]) -> list[object]:
    return [pytest.param(row, id=row.name) for row in rows]


@pytest.mark.parametrize("row", _rows(BROKEN))
def test_a_broken_host_turns_its_checks_red(row: Row, judged: Judged) -> None:
    """The checks that name the fault fail, no other does, and nothing is blind that could see."""
    seen = judged.of(row.name)

    assert seen.get("FAIL", set()) == row.red
    assert seen.get("UNMEASURED", set()) == row.blind
    assert "BLOCKED" not in seen
    assert row.because in judged.reasons(row.name, "FAIL")


@pytest.mark.parametrize("row", _rows(WELL))
def test_a_host_that_is_well_is_green(row: Row, judged: Judged) -> None:
    """A check that is red here would be red everywhere; a model that is cold is told."""
    seen = judged.of(row.name)

    assert seen.keys() - {"PASS"} == ({"DEGRADED"} if row.degraded else set())
    assert seen.get("DEGRADED", set()) == row.degraded
    assert seen["PASS"]


@pytest.mark.parametrize("row", _rows(UNREACHABLE))
def test_who_cannot_be_reached_is_one_root_cause(row: Row, judged: Judged) -> None:
    """One check tells why nothing can be seen, the others are blocked behind it, and none is red."""
    seen = judged.of(row.name)
    told = [result for result in judged.results[row.name] if result["outcome"] == "UNMEASURED"]

    assert seen.keys() == {"UNMEASURED", "BLOCKED"}
    assert seen["UNMEASURED"] | seen["BLOCKED"] == row.blind
    assert len(told) == 1
    assert told[0]["evidence"]["cause"] == f"{row.name}:{row.cause}"
    assert told[0]["remedy"]


def test_no_secret_of_the_world_is_in_the_report(judged: Judged) -> None:
    """Neither the right ones nor the wrong one, in no form that a search finds."""
    secrets = {value for name, value in environment().items() if name.startswith(variable(""))}

    assert len(secrets) > 4
    assert [secret for secret in secrets if secret in judged.text] == []


def test_every_fault_of_every_check_is_shown() -> None:
    """No fault of infrastructure or observability is only a name."""
    named = {
        name for info in shipped_checks().values() if info.concern in ("infra", "observability") for name in info.faults
    }

    assert named == SHOWN

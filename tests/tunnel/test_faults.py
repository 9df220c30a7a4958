"""Each broken tunnel turns exactly its checks red; the ones that are well turn none red; the token is nowhere."""

from __future__ import annotations

import base64
import json

import pytest

from opscheck.registry import shipped_checks
from tests.docker.hosts import Judged
from tests.infra.row import Row
from tests.tunnel.catalog import BLIND, BROKEN, SHOWN, WELL
from tests.tunnel.world import World

_PIECE = 24  # characters of a token that nobody would call harmless


def _rows(rows: tuple[Row, ...]) -> list[object]:
    return [pytest.param(row, id=row.name) for row in rows]


@pytest.mark.parametrize("row", _rows(BROKEN))
def test_a_broken_tunnel_turns_its_checks_red(row: Row, judged: Judged) -> None:
    """The check that names the fault fails, and nothing else is red or blind."""
    seen = judged.of(row.name)

    assert seen.get("FAIL", set()) == row.red, judged.reasons(row.name, "FAIL")
    assert seen.keys() <= {"FAIL", "PASS"}, judged.reasons(row.name, "UNMEASURED")
    assert row.because in judged.reasons(row.name, "FAIL")
    assert all(result["remedy"] for result in judged.told(row.name, "FAIL"))


@pytest.mark.parametrize("row", _rows(WELL))
def test_a_tunnel_that_is_well_is_green(row: Row, judged: Judged) -> None:
    """A token in the command, and connections that are few, are told."""
    seen = judged.of(row.name)

    assert seen.get("DEGRADED", set()) == row.degraded
    assert seen.keys() <= {"PASS", "DEGRADED"}, [judged.reasons(row.name, outcome) for outcome in seen]


def test_every_check_has_seen_the_one_that_is_well(judged: Judged) -> None:
    """Both logs, the metrics, the edge, the origin and the token."""
    passed = [result["check"] for result in judged.told("well", "PASS")]

    assert sorted(passed) == [
        *("tunnel-connections", "tunnel-connections", "tunnel-edge", "tunnel-origin", "tunnel-ready", "tunnel-token")
    ]


@pytest.mark.parametrize("row", _rows(BLIND))
def test_what_cannot_be_seen_is_unmeasured(row: Row, judged: Judged) -> None:
    """With why, and what to do."""
    (told,) = judged.told(row.name, "UNMEASURED")

    assert judged.of(row.name) == {"UNMEASURED": row.blind}
    assert told["remedy"]


def test_the_token_reaches_no_report(judged: Judged, tunnel_world: World) -> None:
    """Not in HTML, JSON, Markdown or JUnit, not on the terminal, not in the logs that are shown, not in pieces."""
    token, secret = tunnel_world.token, tunnel_world.secret
    pieces = {token[place : place + _PIECE] for place in range(len(token) - _PIECE)}
    account = json.loads(base64.b64decode(token))["a"]

    assert "token of tunnel: environment" in judged.text
    assert [piece for piece in (*pieces, secret, account) if piece in judged.text] == []


def test_every_fault_of_every_check_is_shown() -> None:
    """No fault of a tunnel is only a name."""
    named = {name for info in shipped_checks().values() if info.concern == "tunnel" for name in info.faults}

    assert named == SHOWN

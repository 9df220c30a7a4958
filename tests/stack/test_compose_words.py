"""What Compose complains about, in one line that says what to do."""

from __future__ import annotations

import pytest

from service.stack.compose import explained
from service.stack.programs import Done

ENV = {"AGENT_PORT": "8000", "EDGE_PORT": "8080"}


TAKEN = """\
Error response from daemon: driver failed: Bind for 127.0.0.1:8080 failed: port is already allocated
Error response from daemon: Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use
Error response from daemon: Ports are not available: exposing port TCP 127.0.0.1:8080 -> 127.0.0.1:0: listen: in use
"""


@pytest.mark.parametrize("error", TAKEN.splitlines())
def test_a_taken_port_is_named_with_its_setting(error: str) -> None:
    """As engines of several kinds word it."""
    told = explained(Done(1, "", f" Container a Starting\n Container a Started\n{error}\n"), ENV)

    assert told.startswith("port 8080 is taken: set EDGE_PORT to a free one, in .env or the environment (Error")
    assert "Starting" not in told


def test_a_taken_port_that_is_none_of_ours_is_told_all_the_same() -> None:
    """Somebody's own file may publish more."""
    told = explained(Done(1, "", "Error: Bind for 0.0.0.0:9999 failed: port is already allocated"), ENV)

    assert told.startswith("port 9999 is taken (")


def test_anything_else_is_compose_own_words() -> None:
    """The error, without the progress around it."""
    told = explained(Done(1, "", " Container a Creating\nError response from daemon: no such image: x:1\n"), ENV)

    assert told == "Error response from daemon: no such image: x:1"

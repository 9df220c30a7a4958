"""The containers that a system consists of are there, and run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from opscheck.checks._docker import counted, listed, named
from opscheck.checks._words import failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.docker import Container, DockerContainers
from opscheck.registry import check

_LIVES: Final = ("running", "restarting")  # whether it restarts too often is another check's question


@check(
    "docker-running",
    promise="Every container that the host file expects is there and runs.",
    concern="docker",
    faults={
        "container-missing": "the engine has no container or Compose service of that name",
        "container-stopped": "it has ended, was never started, or is dead",
        "container-paused": "it is paused: its port accepts connections and nobody answers",
    },
    remedy="docker compose up -d starts what is missing; docker logs NAME tells why one has ended",
)
def docker_running(containers: DockerContainers, *, expected: Sequence[str]) -> Verdict:
    """Judge the containers by their names or those of their services; of several, one that runs is enough."""
    promised = f"running: {', '.join(expected)}"
    states = Counter(one.state for one in containers.among(expected))
    observed = f"{counted(states)}" + (f" of project {shown(containers.project, 60)}" if containers.project else "")
    missing = [name for name in expected if not containers.named(name)]
    if missing:
        reason = f"no container of that name: {listed(missing)}"
        there = listed(named(one) for one in containers.every)
        return failed(reason, expected=promised, observed=f"there are: {there or 'none'}")
    down = [found for name in expected if (found := _down(containers.named(name))) is not None]
    if down:
        paused = [one for one in down if one.state == "paused"]
        remedy = f"docker unpause {paused[0].name}" if len(paused) == len(down) else ""
        reason = f"not running: {listed(_why(one) for one in down)}"
        return failed(reason, expected=promised, observed=observed, remedy=remedy)
    return passed(f"all {len(expected)} run", expected=promised, observed=observed)


def _down(found: Sequence[Container]) -> Container | None:
    """Who answers to a name and does not run, where nobody of that name does."""
    return None if any(one.state in _LIVES for one in found) else found[0]


def _why(one: Container) -> str:
    if one.state == "exited":
        told = f" ({shown(one.error, 80)})" if one.error else ""
        return f"{named(one)} has ended with code {one.exit_code}{told}"
    return f"{named(one)} is {shown(one.state, 30)[1:-1]}"

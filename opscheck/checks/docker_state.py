"""What a system has to remember lies where it outlives its container."""

from __future__ import annotations

from collections.abc import Mapping

from opscheck.checks._docker import listed, named
from opscheck.checks._words import failed, passed, shown, unclear
from opscheck.model import Verdict
from opscheck.model.docker import Container, DockerContainers, Mount
from opscheck.registry import check


@check(
    "docker-state",
    promise="The folders that hold a system's state are mounted from a named volume or a folder of the machine.",
    concern="docker",
    faults={
        "state-in-the-container": "no mount holds the folder: what is written is gone when the container is made anew",
        "state-in-memory": "the folder is a tmpfs: what is written is gone when the container stops",
        "state-on-anonymous-volume": "the volume has no name: the next container gets another, empty one",
        "state-read-only": "the folder is mounted read-only: nothing can be remembered",
    },
    remedy='mount a named volume there (volumes: ["state:/app/data"]), after a copy of what is there (docker cp)',
)
def docker_state(containers: DockerContainers, *, state: Mapping[str, str]) -> Verdict:
    """Judge where the folders lie; `state` are paths inside, by the name of a container or service."""
    promised = "on a named volume or a folder: " + ", ".join(f"{path} of {name}" for name, path in state.items())
    missing = [name for name in state if not containers.named(name)]
    if missing:
        there = listed(named(one) for one in containers.every) or "none"
        remedy = "correct expect.docker.state, or see the check docker-running"
        reason = f"no container of that name: {listed(missing)}"
        return unclear(reason, expected=promised, observed=f"there are: {there}", remedy=remedy)
    found = [(one, path, one.mount_of(path)) for name, path in state.items() for one in containers.named(name)]
    observed = listed(f"{path} of {named(one)} {_where(mount)}" for one, path, mount in found)
    wrong = [_wrong(one, path, mount) for one, path, mount in found]
    told = [text for text in wrong if text]
    if told:
        return failed(listed(told), expected=promised, observed=observed)
    return passed("the state outlives its container", expected=promised, observed=observed)


def _where(mount: Mount | None) -> str:
    if mount is None:
        return "in the container's own layer"
    return f"on {shown(mount.kind, 20)[1:-1]} {shown(mount.name, 60)[1:-1]}".rstrip()


def _wrong(one: Container, path: str, mount: Mount | None) -> str:
    if mount is None:
        return f"{path} of {named(one)} lies in the container itself and goes with it"
    if mount.kind == "tmpfs":
        return f"{path} of {named(one)} is memory (tmpfs) and goes when it stops"
    if mount.anonymous:
        return f"{path} of {named(one)} lies on a volume without a name, which no other container gets"
    return "" if mount.writable else f"{path} of {named(one)} is mounted read-only"

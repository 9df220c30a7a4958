"""Containers on one network, by testcontainers: started together, waited for, told about, removed without a trace."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from opscheck.hosts.ownership import KEPT, OWNER, PART, SET, gone
from opscheck.hosts.parts import PAGE, Part

if TYPE_CHECKING:
    import docker  # type: ignore[import-untyped] # ships no types
    from docker.models.containers import Container  # type: ignore[import-untyped] # ships no types

_LOOPBACK: Final = "127.0.0.1"
_READY: Final = 120.0  # seconds from start to ready, on a machine that is busy
_LOOK: Final = 0.05
_ASK: Final = 2.0
_LOG_LINES: Final = 2000


class NotReady(Exception):
    """A part did not come to work; the message is one line."""


class Fleet:
    """The containers of one host, found again by their labels: whoever knows the id of the set can end it."""

    def __init__(self, client: docker.DockerClient, parts: Sequence[Part], set_id: str = "") -> None:
        self._client = client
        self._parts = parts
        self.set_id = set_id or secrets.token_hex(6)

    def start(self, labels: Mapping[str, str]) -> None:
        """Start every part at the same time; returns before they are ready.

        In a thread of its own: a signal that ends this process is heard between two questions to the engine, never
        within one. What the engine was still making then would come after everything had been removed.

        Raises:
            docker.errors.DockerException: the engine refused.
        """
        with ThreadPoolExecutor(1, "fleet") as apart:
            apart.submit(self._start_all, labels).result()

    def _start_all(self, labels: Mapping[str, str]) -> None:
        from testcontainers.core.network import Network  # noqa: PLC0415 - the extra `containers`

        own = {**labels, SET: self.set_id}
        network = Network(docker_network_kw={"labels": own}).create()
        volumes = {part.name: f"opscheck-{self.set_id}-{part.name}" for part in self._parts if part.state}
        for name in volumes.values():
            self._client.volumes.create(name, labels=own)
        with ThreadPoolExecutor(len(self._parts), "start") as pool:
            starts = [
                pool.submit(_start, part, network, {**own, PART: part.name}, volumes.get(part.name, ""))
                for part in self._parts
            ]
        for start in starts:
            start.result()

    def wait(self, deadline: float = _READY) -> dict[str, str]:
        """Wait until every part works, and give their addresses.

        Raises:
            NotReady: one has ended, or the time is over.
        """
        ends = time.monotonic() + deadline
        waiting = {part.name: part for part in self._parts}
        answer, looked = "", time.monotonic()
        addresses = self.addresses()
        while waiting:
            name, part = next(iter(waiting.items()))
            answer = "" if not part.public else _asked(addresses[name], part.ready)
            if not answer:
                del waiting[name]
                continue
            if time.monotonic() - looked > 1:
                self._all_run()
                looked = time.monotonic()
            if time.monotonic() > ends:
                raise NotReady(f"{name} is not ready within {deadline:g} s: {answer}")
            time.sleep(_LOOK)
        return addresses

    def addresses(self) -> dict[str, str]:
        """URLs by part, and that of the page as the agent reaches it.

        Raises:
            NotReady: a part has no container, does not run or publishes no port.
        """
        here = {container.labels[PART]: container for container in self.containers()}
        found = {"page": ""}
        for part in self._parts:
            container = here.get(part.name)
            if container is None or container.status != "running":
                told = "has no container" if container is None else f"is {container.status}"
                raise NotReady(f"{part.name} {told}{_last_words(container)}")
            if part.name == "page":
                found["page"] = f"http://page:{part.port}{PAGE}"
                continue
            ports = container.ports.get(f"{part.port}/tcp")
            if not ports:
                raise NotReady(f"{part.name} publishes no port")
            found[part.name] = f"http://{_LOOPBACK}:{ports[0]['HostPort']}"
        return found

    def containers(self) -> list[Container]:
        """Those that are there, running or not."""
        return cast(
            "list[Container]",
            self._client.containers.list(all=True, filters={"label": f"{SET}={self.set_id}"}, ignore_removed=True),
        )

    def follow(self, part: str, file: Path) -> None:
        """Write what a part says from now on into a file, until it ends or this process does."""
        since = int(time.time())
        container = next(one for one in self.containers() if one.labels[PART] == part)

        def copy() -> None:
            # An engine that goes away ends it; whoever wants the lines finds none, and says so.
            with contextlib.suppress(Exception), file.open("wb") as out:
                for piece in container.logs(stream=True, follow=True, since=since):
                    out.write(piece)
                    out.flush()

        threading.Thread(target=copy, daemon=True).start()

    def logs(self) -> Iterator[str]:
        """What each part is in and what it has written last, in pieces."""
        for container in self.containers():
            state = container.attrs["State"]
            yield f"===== {container.labels[PART]}: {state['Status']}, exit code {state['ExitCode']} =====\n"
            yield container.logs(tail=_LOG_LINES, timestamps=True).decode("utf-8", "replace")

    def remove(self) -> None:
        """Containers, network and volumes; what is gone already is no error."""
        remove(self._client, f"{SET}={self.set_id}")

    def _all_run(self) -> None:
        for container in self.containers():
            if container.status not in ("running", "created"):
                raise NotReady(f"{container.labels[PART]} is {container.status}{_last_words(container)}")


def remove(client: docker.DockerClient, label: str) -> None:
    """Everything with this label: at once, without asking the processes inside."""
    from docker.errors import APIError, NotFound  # type: ignore[import-untyped] # noqa: PLC0415 - extra

    def end(container: Container) -> None:
        # Being removed by somebody else already is as good.
        with contextlib.suppress(NotFound, APIError):
            container.remove(force=True, v=True)

    filters = {"label": label}
    containers = client.containers.list(all=True, filters=filters, ignore_removed=True)
    if containers:
        with ThreadPoolExecutor(len(containers), "remove") as pool:
            list(pool.map(end, containers))
    for network in client.networks.list(filters=filters):
        with contextlib.suppress(NotFound, APIError):
            network.remove()
    for volume in client.volumes.list(filters=filters):
        with contextlib.suppress(NotFound, APIError):
            volume.remove(force=True)


def sweep(client: docker.DockerClient) -> int:
    """Remove what killed runs of this machine have left; give how many sets that were."""
    dead = {one[SET] for one in _labels(client, [OWNER]) if SET in one and gone(one[OWNER])}
    for set_id in dead:
        remove(client, f"{SET}={set_id}")
    return len(dead)


def kept_sets(client: docker.DockerClient, filters: Sequence[str]) -> dict[str, str]:
    """Sets that were left running, whole or not: their ids, with their fingerprints."""
    return {one[SET]: one.get(KEPT, "") for one in _labels(client, filters) if SET in one}


def _labels(client: docker.DockerClient, filters: Sequence[str]) -> list[Mapping[str, str]]:
    """The labels of every container, network and volume that has these."""
    chosen = {"label": list(filters)}
    found = [one.labels for one in client.containers.list(all=True, filters=chosen, ignore_removed=True)]
    for kind in (client.networks, client.volumes):
        found += [one.attrs.get("Labels") or {} for one in kind.list(filters=chosen)]
    return found


def _start(part: Part, network: Any, labels: dict[str, str], volume: str) -> None:  # noqa: ANN401 - see start
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - the extra `containers`

    container = DockerContainer(part.image).with_network(network).with_network_aliases(part.name)
    container.with_envs(**part.env).with_name(f"opscheck-{labels[SET]}-{part.name}")
    if part.command:
        container.with_command(list(part.command))
    if part.public:
        # Some port of the loopback alone; what testcontainers offers itself is published for the whole network.
        cast("dict[str, Any]", container.ports)[str(part.port)] = (_LOOPBACK,)
    if volume:
        container.with_volume_mapping(volume, "/state", "rw")
    container.with_tmpfs_mount("/tmp")  # noqa: S108 - in the container
    for place, file in part.files.items():
        container.with_copy_into_container(file, place)
    limits: dict[str, Any] = {"labels": labels, "init": True, "read_only": not part.writable}
    if not part.checked:
        limits["healthcheck"] = {"test": ["NONE"]}
    if part.name != "ollama":
        limits |= {"cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}
    if part.entrypoint:
        limits["entrypoint"] = list(part.entrypoint)
    if part.user:
        limits["user"] = part.user
    container.with_kwargs(**limits).start()
    container.get_docker_client().client.close()


def _asked(url: str, path: str) -> str:
    """What is wrong with the answer; empty where it is 200."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=_ASK)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return f"GET {path}: {str(error) or type(error).__name__}"
    finally:
        connection.close()
    return (
        "" if answer.status == http.client.OK else f"GET {path} answered {answer.status} {' '.join(body.split())}"[:300]
    )


def _last_words(container: Container | None) -> str:
    if container is None:
        return ""
    lines = container.logs(tail=3).decode("utf-8", "replace").split("\n")
    said = " ".join(" ".join(lines).split())[-300:]
    code = container.attrs["State"].get("ExitCode")
    return f" with exit code {code}{': ' + said if said else ''}" if container.status == "exited" else ""


def client_of(address: str) -> docker.DockerClient:
    """A client of the engine at an address, which testcontainers uses from here on as well."""
    import docker  # noqa: PLC0415 - extra

    if address:
        os.environ["DOCKER_HOST"] = address
    return docker.from_env(timeout=60)

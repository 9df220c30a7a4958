"""What is looked at in a container engine: itself, its containers, its volumes, its disk, a container's log."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from opscheck.model import Kind
from opscheck.model.docker import (
    PROJECT_LABEL,
    SERVICE_LABEL,
    Container,
    DockerContainers,
    DockerDisk,
    DockerEngine,
    DockerVolumes,
    Mount,
    Volume,
)
from opscheck.model.tunnel import TunnelLog
from opscheck.probes.docker import EngineClient, Reply
from opscheck.probes.docker_frames import lines_of
from opscheck.probes.failure import Failure, one_line

_MOST: Final = 300  # containers that are looked at one by one
_TAIL: Final = 2000  # lines of a log
_ONE_OFF: Final = "com.docker.compose.oneoff"
_LONGEST: Final = 200
_BUSY: Final = b"disk usage operation is already running"
_AGAIN: Final = 0.3  # seconds until it is asked again


async def engine(client: EngineClient) -> DockerEngine:
    """Its ping, and what it says of itself where that is well."""
    at, where = datetime.now(UTC), client.place.shown
    ping = await client.get("/_ping", body=64 * 1024)
    said, api = one_line(ping.body[:80].decode("utf-8", "replace")), one_line(ping.header("api-version"))[:20]
    phases = client.phases
    if ping.status != 200 or not api:
        return DockerEngine(where, ping.status, said, api, 0, at, phases=phases)
    info = await client.api("/info")
    told = _object(info.json("/info")) if info.status == 200 else {}
    warnings = told.get("Warnings")
    return DockerEngine(
        where,
        ping.status,
        said,
        api,
        info.status,
        at,
        version=_text(told.get("ServerVersion")),
        root=_text(told.get("DockerRootDir")),
        driver=_text(told.get("Driver")),
        warnings=tuple(_text(one) for one in warnings[:20]) if isinstance(warnings, list) else (),
        running=_number(told.get("ContainersRunning")),
        stopped=_number(told.get("ContainersStopped")),
        phases=phases,
    )


async def containers(client: EngineClient, project: str = "") -> DockerContainers:
    """Every container with its image; `project` keeps to one Compose project."""
    at = datetime.now(UTC)
    listed = await _list(client, project)
    if len(listed) > _MOST:
        detail = f"the engine has {len(listed)} containers, more than {_MOST}: name a project in expect.docker.project"
        raise Failure(Kind.TOO_LARGE, detail)
    seen = await asyncio.gather(*(_inspect(client, "containers", _text(one.get("Id"))) for one in listed))
    found = [one for one in seen if one and _labels(one).get(_ONE_OFF) != "True"]
    ids = {_text(one.get("Image")) for one in found} - {""}
    names = {_text(_object(one.get("Config")).get("Image")) for one in found} - {""}
    wanted = sorted(ids | names)
    images = dict(zip(wanted, await asyncio.gather(*(_inspect(client, "images", one) for one in wanted)), strict=True))
    every = sorted((_container(one, images) for one in found), key=lambda one: one.name)
    return DockerContainers(client.place.shown, tuple(every), at, project, client.phases)


async def volumes(client: EngineClient) -> DockerVolumes:
    """Every volume, and who mounts it."""
    at = datetime.now(UTC)
    reply, listed = await client.api("/volumes"), await _list(client, "")
    users: dict[str, list[str]] = {}
    for one in listed:
        for mount in _objects(one.get("Mounts")):
            if mount.get("Type") == "volume":
                users.setdefault(_text(mount.get("Name")), []).append(_name(one))
    every = [
        Volume(_text(one.get("Name")), _text(one.get("Driver")), tuple(sorted(users.get(_text(one.get("Name")), ()))))
        for one in _objects(_object(reply.json("/volumes")).get("Volumes"))
    ]
    ordered = tuple(sorted(every, key=lambda one: one.name))
    return DockerVolumes(client.place.shown, ordered, at, client.phases)


async def disk(client: EngineClient) -> DockerDisk:
    """What it keeps, as it counts it; and how full its disk is, where that is a disk of this machine."""
    at = datetime.now(UTC)
    told = _object((await client.api("/info")).json("/info"))
    used = _object((await _usage(client)).json("/system/df"))
    root = _text(told.get("DockerRootDir"))
    here = client.place.scheme == "unix" and told.get("Name") == socket.gethostname()
    free, total = await asyncio.to_thread(_room, root) if here else (None, None)
    return DockerDisk(
        client.place.shown,
        root,
        images=_number(used.get("LayersSize")),
        containers=sum(_number(one.get("SizeRw")) for one in _objects(used.get("Containers"))),
        volumes=sum(_number(_object(one.get("UsageData")).get("Size")) for one in _objects(used.get("Volumes"))),
        build_cache=sum(_number(one.get("Size")) for one in _objects(used.get("BuildCache")) if not one.get("Shared")),
        at=at,
        free=free,
        total=total,
        phases=client.phases,
    )


async def log(client: EngineClient, container: str, project: str = "") -> TunnelLog:
    """The end of the log of a container, by its name or that of its Compose service; none where there is no such."""
    at, where = datetime.now(UTC), client.place.shown
    listed = await _list(client, project)
    one = next((one for one in listed if container in (_name(one), _labels_of(one).get(SERVICE_LABEL))), None)
    if one is None:
        return TunnelLog(where, f"container {container}", (), at, True, False, client.phases)
    told = await _inspect(client, "containers", _text(one.get("Id")))
    asked = f"/containers/{quote(_text(one.get('Id')), safe='')}/logs?stdout=1&stderr=1&tail={_TAIL}"
    reply = await client.api(asked)
    if reply.status != 200:
        reply.json("the log of the container")  # raises, in the engine's own words
    lines = lines_of(reply.body, framed=not _object(told.get("Config")).get("Tty"))
    running = _object(told.get("State")).get("Status") == "running"
    phases = client.phases
    return TunnelLog(where, f"container {_name(one)}", lines, at, len(lines) < _TAIL, running, phases)


async def _usage(client: EngineClient) -> Reply:
    """The engine counts for one asker at a time: while it does so for another one, wait."""
    ends = time.monotonic() + client.caps.timeout
    while True:
        reply = await client.api("/system/df")
        if not (reply.status == 500 and _BUSY in reply.body) or time.monotonic() > ends:
            return reply
        await asyncio.sleep(_AGAIN)


async def _list(client: EngineClient, project: str) -> list[Mapping[str, Any]]:
    kept = quote(json.dumps({"label": [f"{PROJECT_LABEL}={project}"]}), safe="")
    reply = await client.api("/containers/json?all=1" + (f"&filters={kept}" if project else ""))
    return list(_objects(reply.json("/containers/json")))


async def _inspect(client: EngineClient, kind: str, name: str) -> Mapping[str, Any]:
    """What the engine knows of one thing; nothing where it is gone meanwhile."""
    reply = await client.api(f"/{kind}/{quote(name, safe='/:@')}/json")
    return {} if reply.status == 404 else _object(reply.json(f"/{kind}/.../json"))


def _container(told: Mapping[str, Any], images: Mapping[str, Mapping[str, Any]]) -> Container:
    state, image = _object(told.get("State")), _text(_object(told.get("Config")).get("Image"))
    health, identity = _object(state.get("Health")), _text(told.get("Image"))
    last = list(_objects(health.get("Log")))[-1:]
    digests = _object(images.get(identity, {})).get("RepoDigests")
    word = _text(health.get("Status"))
    return Container(
        name=_text(told.get("Name")).lstrip("/"),
        image=image,
        state=_text(state.get("Status")) or "unknown",
        service=_labels(told).get(SERVICE_LABEL, ""),
        project=_labels(told).get(PROJECT_LABEL, ""),
        image_id=identity,
        tag_id=_text(images.get(image, {}).get("Id")),
        digests=tuple(_text(one) for one in digests[:20]) if isinstance(digests, list) else (),
        health="" if word == "none" else word,
        health_says=_text(last[0].get("Output")) if last else "",
        restarts=_number(told.get("RestartCount")),
        exit_code=_number(state.get("ExitCode")),
        error=_text(state.get("Error")),
        started=_moment(_text(state.get("StartedAt"))),
        mounts=tuple(_mounts(told)),
    )


def _mounts(told: Mapping[str, Any]) -> Iterator[Mount]:
    for one in _objects(told.get("Mounts")):
        kind = _text(one.get("Type"))
        name = _text(one.get("Name") if kind == "volume" else one.get("Source"))
        yield Mount(kind, name, _text(one.get("Destination")), one.get("RW") is not False)
    for target in _object(_object(told.get("HostConfig")).get("Tmpfs")):
        yield Mount("tmpfs", "", _text(target))


def _moment(text: str) -> datetime | None:
    if text.startswith("0001-") or not text:
        return None
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        return None


def _room(root: str) -> tuple[int | None, int | None]:
    """Bytes that are free for anybody, and all there are for anybody, of the file system below a folder."""
    try:
        told = os.statvfs(root)
    except (OSError, ValueError):
        return None, None
    used = (told.f_blocks - told.f_bfree) * told.f_frsize
    free = told.f_bavail * told.f_frsize
    return free, used + free


def _labels(told: Mapping[str, Any]) -> Mapping[str, str]:
    return _labels_of(_object(told.get("Config")))


def _labels_of(told: Mapping[str, Any]) -> Mapping[str, str]:
    return {key: _text(value) for key, value in _object(told.get("Labels")).items()}


def _name(listed: Mapping[str, Any]) -> str:
    names: Sequence[object] = listed.get("Names") or ()
    own = [_text(one).lstrip("/") for one in names]
    return min(own, key=lambda one: one.count("/"), default="")  # a link of another container has a slash inside


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> Iterable[Mapping[str, Any]]:
    return (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else ()


def _text(value: object) -> str:
    return one_line(value)[:_LONGEST] if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

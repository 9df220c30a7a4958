"""Every host of the run over the container engine, and the faults that they show; importing it starts nothing."""

from __future__ import annotations

from typing import Any, Final

from tests.infra.row import Row, row

SUITE: Final = "docker"
ENGINE: Final = {"docker": "{engine}"}
# Every row looks at one container; what all rows say else is that of the one that is well.
USUAL: Final[dict[str, Any]] = {
    "docker": {
        "project": "{n}",
        "containers": ["{n}-good"],
        "volumes": ["{n}-state"],
        "protected": ["{n}-*"],
        "state": {"{n}-good": "/data"},
    }
}


def _docker(**values: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - settings of any kind
    return {"docker": values}


def _of(name: str, **more: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - settings of any kind
    return _docker(containers=[f"{{n}}-{name}"], **more)


def _state(name: str) -> dict[str, dict[str, Any]]:
    return _docker(containers=[f"{{n}}-{name}"], state={f"{{n}}-{name}": "/data"})


WELL: Final[tuple[Row, ...]] = (
    row("well", ENGINE),
    row("by-service", ENGINE, expect=_docker(containers=["web"], state={"web": "/data/deep"})),
    row("over-tls", {"docker": "{tls}"}, expect=_docker(cert_folder="{certs}")),
    row("by-context", {"docker": "docker://context/opscheck"}),
)
BROKEN: Final[tuple[Row, ...]] = (
    row("container-missing", ENGINE, "docker-running", expect=_of("nobody"), because="no container of that name"),
    row("container-stopped", ENGINE, "docker-running", expect=_of("ended"), because="ended with code 3"),
    row("container-paused", ENGINE, "docker-running", expect=_of("paused"), because="is paused"),
    row("container-unhealthy", ENGINE, "docker-health", expect=_of("sick"), because="the disk is gone"),
    row(
        "container-never-healthy",
        ENGINE,
        "docker-health",
        expect={**_of("slow"), "slo": {"docker_starting_seconds": 1}},
        because="still starting",
    ),
    row("container-restarting", ENGINE, "docker-restarts", expect=_of("crashing"), because="last exit code 3"),
    row("container-crash-loop", ENGINE, "docker-restarts", expect=_of("shaky"), because="more often than 3 times"),
    row("image-unpinned", ENGINE, "docker-images", expect=_of("loose"), because="not pinned"),
    row(
        "image-not-listed",
        ENGINE,
        "docker-images",
        expect=_docker(images={"{n}-good": "opscheck-base:trixie"}),
        because="not 'opscheck-base:trixie'",
    ),
    row("image-moved", ENGINE, "docker-images", expect=_of("moved"), because="another image by now"),
    row("volume-missing", ENGINE, "docker-volumes", expect=_docker(volumes=["{n}-gone"]), because="no volume"),
    row("volume-unmounted", ENGINE, "docker-volumes", expect=_docker(volumes=["{n}-idle"]), because="by no container"),
    row("volume-unprotected", ENGINE, "docker-protected", expect=_docker(protected=["{n}-idle"]), because="not on the"),
    row(
        "protection-of-nothing",
        ENGINE,
        "docker-protected",
        expect=_docker(protected=["{n}-*", "models-of-yore"]),
        because="not there: models-of-yore",
    ),
    row("disk-nearly-full", ENGINE, "docker-disk", expect=_docker(disk_percent=0.01), because="% full"),
    row("engine-keeps-too-much", ENGINE, "docker-disk", expect=_docker(disk_gb=0.05), because="GB are allowed"),
    row(
        "build-cache-too-large",
        {"docker": "{cached}"},
        "docker-disk",
        expect=_docker(build_cache_gb=5),
        because="build cache holds 7.00 GB",
    ),
    row("state-in-the-container", ENGINE, "docker-state", expect=_state("layer"), because="in the container itself"),
    row("state-in-memory", ENGINE, "docker-state", expect=_state("memory"), because="is memory"),
    row("state-on-anonymous-volume", ENGINE, "docker-state", expect=_state("nameless"), because="without a name"),
    row("state-read-only", ENGINE, "docker-state", expect=_state("frozen"), because="read-only"),
)
_OF_CONTAINERS: Final = "docker-running docker-health docker-restarts docker-images docker-state"
_BLIND: Final = f"{_OF_CONTAINERS} docker-volumes docker-protected docker-disk"
# What answers there is no engine that works: one check says so, and the others cannot see.
NO_ENGINE: Final[tuple[Row, ...]] = (
    row("engine-is-none", {"docker": "{web}"}, "docker-engine", blind=_BLIND, because="no container engine"),
    row("engine-failing", {"docker": "{bad_gateway}"}, "docker-engine", blind=_BLIND, because="answers 502"),
)
_EVERY: Final = f"docker-engine {_BLIND}"
UNREACHABLE: Final[tuple[Row, ...]] = (
    row("daemon-not-running", {"docker": "unix:///nowhere/docker.sock"}, blind=_EVERY, cause="daemon-not-running"),
    row("daemon-ended", {"docker": "{ended}"}, blind=_EVERY, cause="daemon-not-running"),
    row("port-closed", {"docker": "{closed}"}, blind=_EVERY, cause="daemon-not-running"),
    row("mute-socket", {"docker": "{mute}"}, blind=_EVERY, cause="silent"),
    row("deaf-socket", {"docker": "{deaf}"}, blind=_EVERY, cause="silent"),
    row("unknown-name", {"docker": "tcp://engine.invalid:2375"}, blind=_EVERY, cause="wrong-host"),
    row("unknown-context", {"docker": "docker://context/yesteryear"}, blind=_EVERY, cause="wrong-context"),
    row("context-over-ssh", {"docker": "docker://context/far"}, blind=_EVERY, cause="wrong-host"),
    row("untrusted", {"docker": "{tls}"}, blind=_EVERY, cause="tls"),
    row("speaks-tls", {"docker": "{plain_to_tls}"}, blind=_EVERY, cause="tls"),
    row("pipe-missing", {"docker": "npipe:////./pipe/docker_engine"}, blind=_EVERY, cause="pipe-missing"),
)
# These need an engine, or a user, of their own.
APART: Final = frozenset({"engine-open"})
ROWS: Final[tuple[Row, ...]] = (*WELL, *BROKEN, *NO_ENGINE, *UNREACHABLE)
SHOWN: Final[frozenset[str]] = frozenset(name for one in (*BROKEN, *NO_ENGINE) for name in one.shows) | APART

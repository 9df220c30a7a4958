"""The images that are needed are here: the service's own is built when its files have changed, others are pulled."""

from __future__ import annotations

import fcntl
import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opscheck.bundled import service_package
from opscheck.hosts.parts import SERVICE_IMAGE
from opscheck.hosts.usage import lock_folder

if TYPE_CHECKING:
    import docker  # type: ignore[import-untyped] # ships no types

Say = Callable[[str], None]


class ImageMissing(Exception):
    """An image is not here and cannot be had; the message is one line, `remedy` what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def have_images(client: docker.DockerClient, names: Iterable[str], say: Say) -> dict[str, str]:
    """Have every image, and give their ids by name.

    Raises:
        ImageMissing: one is not here, and can be neither built nor pulled.
    """
    return {name: _built(client, say) if name == SERVICE_IMAGE else _pulled(client, name, say) for name in set(names)}


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """A lock between all runs of this user on this machine."""
    uid = os.getuid() if hasattr(os, "getuid") else 0
    with (lock_folder() / f"opscheck-{what}-{uid}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _built(client: docker.DockerClient, say: Say) -> str:
    package = service_package()
    stack = importlib.import_module(f"{package}.stack.environment")
    command = importlib.import_module(f"{package}.stack.docker")
    image = importlib.import_module(f"{package}.stack.image")
    failed = importlib.import_module(f"{package}.stack.outcome").StackError
    try:
        own = stack.load_stack(environ={**os.environ, "AGENT_IMAGE": SERVICE_IMAGE})
        with one_at_a_time("build"):
            image.ensure_image(own, command.Docker(own.env), say)
    except failed as error:
        remedy = "opscheck stack build tells more; BASE_IMAGE names another base, images.service an image that is here"
        raise ImageMissing(f"the service's image cannot be built: {' '.join(str(error).split())}", remedy) from error
    return str(client.images.get(SERVICE_IMAGE).id)


def _pulled(client: docker.DockerClient, name: str, say: Say) -> str:
    import docker.errors  # type: ignore[import-untyped] # noqa: PLC0415 - extra

    try:
        return str(client.images.get(name).id)
    except docker.errors.ImageNotFound:
        say(f"pulling {name}")
    try:
        client.images.pull(name)  # without a tag it is the latest, never all of them
        return str(client.images.get(name).id)
    except docker.errors.DockerException as error:
        told = " ".join(str(error).split())[:200]
        remedy = "pull or build it, or name another one in images of the host containers"
        raise ImageMissing(f"image {name} is not here and cannot be pulled: {told}", remedy) from error

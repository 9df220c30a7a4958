"""What the checks of containers share: which of them are looked at, and how they are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from opscheck.checks._words import shown
from opscheck.model.docker import Container

_MOST = 4  # that one line names


@dataclass(frozen=True, slots=True)
class ImageName:
    """A reference to an image, taken apart: `docker.io/library/redis:7@sha256:...`."""

    repository: str
    tag: str
    digest: str

    @property
    def pinned(self) -> bool:
        """It means the same image tomorrow, as far as a tag can: a digest, or a tag that is not `latest`."""
        return bool(self.digest) or self.tag not in ("", "latest")


def image_name(reference: str) -> ImageName:
    """Take a reference apart; the name of a repository is given in full.

    >>> image_name("redis")
    ImageName(repository='docker.io/library/redis', tag='', digest='')
    >>> image_name("localhost:5000/a/b:1")
    ImageName(repository='localhost:5000/a/b', tag='1', digest='')
    """
    if reference.startswith("sha256:"):
        return ImageName("", "", reference)
    rest, _, digest = reference.partition("@")
    head, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    repository = head + slash + name
    first = repository.partition("/")[0]
    if "/" not in repository:
        repository = f"docker.io/library/{repository}"
    elif not ("." in first or ":" in first or first == "localhost"):
        repository = f"docker.io/{repository}"
    return ImageName(repository, tag, digest)


def listed(texts: Iterable[str]) -> str:
    """Several things in one line: the first of them, and how many more there are."""
    every = list(texts)
    more = f" and {len(every) - _MOST} more" if len(every) > _MOST else ""
    return "; ".join(every[:_MOST]) + more


def named(one: Container) -> str:
    """A container's name, harmless; its service beside it where that is not a part of it."""
    service = f" ({shown(one.service, 40)[1:-1]})" if one.service and one.service not in one.name else ""
    return shown(one.name, 60)[1:-1] + service


def working(containers: Sequence[Container]) -> list[Container]:
    """Those that are meant to run: not those that were made or have ended, which another check tells of."""
    return [one for one in containers if one.state in ("running", "restarting", "paused")]


def counted(states: Mapping[str, int]) -> str:
    """`3 running, 1 exited`."""
    return ", ".join(f"{count} {shown(word, 30)[1:-1]}" for word, count in sorted(states.items())) or "no container"

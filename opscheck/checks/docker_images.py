"""Every container runs the image that it is meant to run, by a name that means the same tomorrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from opscheck.checks._docker import ImageName, image_name, listed, named, working
from opscheck.checks._words import failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.docker import Container, DockerContainers
from opscheck.registry import check

_EXPECTED: Final = "every image by a tag that is not latest, or by digest, as the host file lists it and as it is now"


@check(
    "docker-images",
    promise="Every container runs an image that is pinned, that the host file names, and that its name still means.",
    concern="docker",
    faults={
        "image-unpinned": "its image has the tag latest, or none: nobody can say what runs",
        "image-not-listed": "it runs another image than the host file lists for it",
        "image-moved": "its image's name means another image by now: what runs is an old one",
    },
    remedy="pin the image in the Compose file by tag or digest, then docker compose up -d NAME",
)
def docker_images(
    containers: DockerContainers,
    *,
    expected: Sequence[str] = (),
    images: Mapping[str, str],
    tolerated: Sequence[str] = (),
) -> Verdict:
    """Judge the images of the containers that run.

    `images` are references by the name of a container or service; `tolerated` are those that need not be pinned.
    """
    found = working(containers.among([*expected, *images] if expected else ()))
    observed = listed(f"{named(one)} runs {shown(one.image, 80)}" for one in found) or "no container runs"
    loose = [one for one in found if not _pinned(one, tolerated)]
    if loose:
        reason = f"not pinned: {listed(f'{named(one)} runs {shown(one.image, 80)}' for one in loose)}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    other = [
        (one, want) for one in found for name, want in images.items() if one.answers_to(name) and _other(one, want)
    ]
    if other:
        told = listed(f"{named(one)} runs {shown(_runs(one), 100)}, not {shown(want, 100)}" for one, want in other)
        return failed(f"not as the host file lists it: {told}", expected=_EXPECTED, observed=observed)
    moved = [one for one in found if one.tag_id and one.image_id and one.tag_id != one.image_id]
    if moved:
        told = listed(f"{named(one)} of {shown(one.image, 80)}" for one in moved)
        reason = f"its image's name means another image by now: {told}"
        remedy = "docker compose up -d --force-recreate NAME starts it with the image that its name means"
        return failed(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
    return passed("every image is the one that it should be", expected=_EXPECTED, observed=observed)


def _pinned(one: Container, tolerated: Sequence[str]) -> bool:
    return image_name(one.image).pinned or any(one.answers_to(name) or name == one.image for name in tolerated)


def _other(one: Container, wanted: str) -> bool:
    """It runs something else: another repository or tag, or other content than the digest that is listed."""
    want, has = image_name(wanted), image_name(one.image)
    if want.digest:
        digests = {text.rpartition("@")[2] for text in one.digests} | {one.image_id, has.digest} - {""}
        return want.digest not in digests or (bool(has.repository and want.repository) and not _same(want, has))
    return not (_same(want, has) and want.tag == has.tag)


def _same(want: ImageName, has: ImageName) -> bool:
    return want.repository == has.repository


def _runs(one: Container) -> str:
    digest = next((text.rpartition("@")[2] for text in one.digests), one.image_id)
    return one.image if "@" in one.image or not digest else f"{one.image} ({digest[:19]})"

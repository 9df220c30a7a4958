"""Images are pinned, as listed, and current."""

import pytest

from opscheck.checks.docker_images import docker_images
from opscheck.model import Outcome
from opscheck.model.docker import DockerContainers
from tests.checks.answers import refused
from tests.checks.docker import container, containers
from tests.checks.proofs import is_complete, red

ID = "docker-images"
DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
REDIS = {"web": "redis:7"}


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("seen", "images"),
    [
        (containers(container()), {}),
        (containers(container(image="docker.io/library/redis:7")), REDIS),
        (containers(container(image=f"redis@{DIGEST}")), {"web": f"redis@{DIGEST}"}),
        (containers(container(image="redis:7", digests=(f"redis@{DIGEST}",))), {"web": f"redis:7@{DIGEST}"}),
        (containers(container(image=DIGEST)), {}),
        (containers(container(state="exited", image="redis")), {}),
        (containers(container(image_id=DIGEST, tag_id=DIGEST)), {}),
        (containers(container(image_id=DIGEST, tag_id="")), {}),  # the name was taken away: nothing newer is there
    ],
)
def test_what_is_pinned_and_listed_passes(seen: DockerContainers, images: dict[str, str]) -> None:
    """By tag, by digest, or both; what does not run is not judged."""
    assert docker_images(seen, images=images).outcome is Outcome.PASS


@pytest.mark.parametrize("tolerated", ["web", "redis"])
def test_what_is_tolerated_need_not_be_pinned(tolerated: str) -> None:
    """By the container's name, or the image's."""
    seen = containers(container(image="redis"))

    assert docker_images(seen, images={}, tolerated=[tolerated]).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "images", "reason"),
    [
        red(ID, "image-unpinned", containers(container(image="redis")), {}, "runs 'redis'"),
        red(ID, "image-unpinned", containers(container(image="a.b:5/x:latest")), {}, "not pinned", name="latest"),
        red(ID, "image-not-listed", containers(container(image="redis:6")), REDIS, "not 'redis:7'"),
        red(ID, "image-not-listed", containers(container(image="valkey:7")), REDIS, "not as", name="another"),
        red(
            ID,
            "image-not-listed",
            containers(container(image="redis:7", digests=(f"redis@{OTHER}",))),
            {"web": f"redis:7@{DIGEST}"},
            "sha256:bbb",
            name="content",
        ),
        red(ID, "image-moved", containers(container(image_id=DIGEST, tag_id=OTHER)), {}, "another image by now"),
    ],
)
def test_a_fault_is_found(seen: DockerContainers, images: dict[str, str], reason: str) -> None:
    """By its name, by the list, by its content."""
    verdict = docker_images(seen, images=images)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """No engine is no verdict on its images."""
    verdict = docker_images(refused(), images={})  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED

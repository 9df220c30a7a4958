"""The image, built by a real engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.stack import image
from service.stack.docker import Docker
from service.stack.environment import FOLDER, load_stack
from tests.containers.images import SERVICE, one_build
from tests.stack.command import StackCommand
from tests.stack.engine import BASE, Engine

NAME = "opscheck-service:tests-secret"
SECRET = "cr3dential-of-the-index"


def marked_stages(engine: Engine) -> set[str]:
    """Name the first stages that have seen credentials and are still there."""
    ids = engine("image", "ls", "-aq", "--no-trunc", "--filter", f"label={image.STAGE_LABEL}").split()
    told = json.loads(engine("image", "inspect", *ids)) if ids else []
    return {one["Id"] for one in told if one["Config"]["Labels"][image.STAGE_LABEL]}


@pytest.fixture(scope="module")
def before(engine: Engine) -> set[str]:
    """Give the stages that others have left."""
    with one_build():
        return marked_stages(engine)


@pytest.fixture(scope="module")
def built(engine: Engine, before: set[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Build with an index's credential in the machine's pip configuration."""
    links = f"http://user:{SECRET}@127.0.0.1:9/"  # nobody there: pip passes over it
    env = {**engine.env, "AGENT_IMAGE": NAME, "BASE_IMAGE": BASE, "PIP_FIND_LINKS": links, "PIP_RETRIES": "0"}
    try:
        command = StackCommand(tmp_path_factory.mktemp("build"), env, 900.0)
        with one_build():
            done = command("build", GIT_SHA="a" * 40, BUILD_TIME="2026-11-21T12:00:00+00:00")
        assert done.returncode == 0, done.stderr
        assert SECRET not in done.stdout + done.stderr
        yield engine
    finally:
        engine("image", "rm", "-f", NAME)


@pytest.fixture(scope="module")
def saved(built: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the image with all its layers as a file."""
    path = tmp_path_factory.mktemp("saved") / "image.tar"
    built("save", "-o", str(path), NAME)
    return path


def test_a_credential_of_the_build_is_in_no_image(built: Engine, before: set[str], saved: Path) -> None:
    """Neither in a layer of the image, nor in its history, nor in the stage that has seen it."""
    history = built("history", "--no-trunc", NAME)

    assert SECRET not in history
    found = [name for name, raw in files_of(saved) if SECRET.encode() in raw]
    assert found == []
    with one_build():  # of others none is going on
        assert marked_stages(built) - before == set()


def test_no_configuration_of_pip_travels(saved: Path) -> None:
    """Also none without a secret: certificates and addresses of the machine that built."""
    names = {name for name, _ in files_of(saved)}
    assert not [name for name in names if name.startswith(("build/", "app/service/deploy/pip"))]
    assert "app/service/app.py" in names


def test_it_says_what_it_is(built: Engine) -> None:
    """Labels, user, health check, and the commit in what the service says of itself."""
    config = json.loads(built("image", "inspect", NAME))[0]["Config"]
    version = "from service.settings import Settings as S; s = S(); print(s.build_sha, s.build_time.isoformat())"

    assert config["User"] == "10001:10001"
    assert config["Labels"]["org.opencontainers.image.revision"] == "a" * 40
    assert config["Labels"]["org.opencontainers.image.created"] == "2026-11-21T12:00:00+00:00"
    assert config["Healthcheck"]["Test"][0] == "CMD"
    assert "curl" not in " ".join(config["Healthcheck"]["Test"])
    assert built("run", "--rm", NAME, "python", "-c", version) == f"{'a' * 40} 2026-11-21T12:00:00+00:00"


def test_every_package_is_the_locked_one(images: Engine) -> None:
    """Nothing else is installed, not even an installer."""
    code = "import importlib.metadata as m; print(*{f'{d.name.lower()}=={d.version}' for d in m.distributions()})"
    lock = (FOLDER / "deploy" / "image.lock").read_text().splitlines()
    locked = {line.split(" ")[0] for line in lock if "==" in line and line[0].isalnum()}

    installed = {one.replace("_", "-") for one in images("run", "--rm", SERVICE, "python", "-c", code).split()}

    assert installed == locked


def test_the_health_check_fails_without_a_service(images: Engine) -> None:
    """It can be red."""
    command = [str(images.docker), "run", "--rm", SERVICE, "python", "-m", "service.deploy.healthcheck"]
    done = subprocess.run(command, env={**os.environ, **images.env}, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "no answer" in done.stderr


def test_it_is_built_again_only_when_files_have_changed(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing, unchanged, changed."""
    folder = tmp_path / "service"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(image, "FOLDER", folder)
    name = "opscheck-service:tests-again"
    stack = load_stack(environ={**os.environ, **engine.env, "AGENT_IMAGE": name, "BASE_IMAGE": BASE})
    said: list[str] = []
    with one_build():
        try:
            first = image.ensure_image(stack, Docker(stack.env), said.append)
            again = image.ensure_image(stack, Docker(stack.env), said.append)
            (folder / "app.py").write_text((folder / "app.py").read_text() + "\n# changed\n")
            changed = image.ensure_image(stack, Docker(stack.env), said.append)
        finally:
            engine("image", "rm", "-f", name)
        nameless = engine("image", "ls", "-q", "--filter", "dangling=true", "--filter", f"label={image.DIGEST_LABEL}")

    assert (first, again, changed) == (True, False, True)
    assert not nameless  # what was built first gave its name away, and is gone


def files_of(saved: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file of every layer of a saved image, and the documents around them."""
    with tarfile.open(saved) as outer:
        for member in outer:
            handle = outer.extractfile(member)
            if handle is None:
                continue
            if not member.name.endswith("layer.tar"):
                yield member.name, handle.read()
                continue
            with tarfile.open(fileobj=handle) as layer:
                for file in layer:
                    content = layer.extractfile(file) if file.isreg() else None
                    if content is not None:
                        yield file.name.removeprefix("./"), content.read()

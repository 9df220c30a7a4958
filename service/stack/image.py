"""The service's image: built from this folder when the folder has changed, with this machine's pip configuration."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from .docker import Docker, refusal
from .environment import FOLDER, Stack
from .outcome import Exit, StackError
from .pip_settings import write_pip_settings
from .programs import run

DIGEST_LABEL = "opscheck.stack.context"
STAGE_LABEL = "opscheck.stack.stage"
_DEFAULT_BASE = "python:3.12-slim"
_BUILD_S = 1800.0
_GIT_S = 5.0
_KEPT = "24h"


def ensure_image(stack: Stack, docker: Docker, say: Callable[[str], None], *, force: bool = False) -> bool:
    """Build the image unless the one that is there was made from the same files; tell whether it was built.

    Raises:
        StackError: it cannot be built.
    """
    digest = context_digest(FOLDER, _base(stack.env))
    if not force and _digest_of(stack.image, docker) == digest:
        return False
    say(f"building {stack.image} from {_base(stack.env)}")
    with tempfile.TemporaryDirectory(prefix="opscheck-build-") as name:
        context = Path(name) / "context"
        stage_context(FOLDER, context)
        given = write_pip_settings(context / "deploy" / "pip", stack.env)
        for gap in given.left_out:
            say(f"pip configuration, {gap}")
        # A first stage that has seen credentials is not kept for the next build.
        stage = uuid.uuid4().hex if given.secret else ""
        try:
            _build(stack, docker, context, {"CONTEXT_DIGEST": digest, "STAGE": stage})
        finally:
            if stage:
                _forget(docker, f"label={STAGE_LABEL}={stage}")
                # And what a build has left that was killed; another one may be going on just now.
                _forget(docker, f"label={STAGE_LABEL}", f"label!={STAGE_LABEL}=", f"until={_BUILD_S * 2:.0f}s")
    # What the new image took the name of, and first stages too old to be of use to the next build.
    _forget(docker, f"label={DIGEST_LABEL}")
    _forget(docker, f"label={STAGE_LABEL}", f"until={_KEPT}")
    return True


def have_image(stack: Stack, docker: Docker) -> bool:
    """Pull the image that the operator names, unless it is here; tell whether it was pulled.

    Raises:
        StackError: it is nowhere.
    """
    if docker.inspect([stack.image], "image"):
        return False
    done = docker.try_("pull", "-q", stack.image, deadline_s=_BUILD_S)
    if done.code != 0:
        raise StackError(f"AGENT_IMAGE {stack.image} is not here: {done.last_words(1)}", Exit.COMPOSE_FAILED)
    return True


def context_digest(folder: Path, base: str) -> str:
    """Give a digest of all that decides what is in the image, except where pip gets its packages from."""
    digest = hashlib.sha256(base.encode())
    for path in [*_files(folder), folder / "Dockerfile"]:
        digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def stage_context(folder: Path, target: Path) -> None:
    """Copy what the image is made of, so that a build sees one state of it and nothing else."""
    for path in [*_files(folder), folder / "Dockerfile"]:
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _build(stack: Stack, docker: Docker, context: Path, marks: Mapping[str, str]) -> None:
    arguments = {
        **marks,
        "BASE_IMAGE": _base(stack.env),
        "GIT_SHA": stack.env.get("GIT_SHA") or _git_sha(stack.env),
        "BUILD_TIME": stack.env.get("BUILD_TIME") or datetime.now(UTC).isoformat(timespec="seconds"),
    }
    words = [word for name, value in arguments.items() for word in ("--build-arg", f"{name}={value}")]
    done = docker.try_(
        "build", "--force-rm", "-t", stack.image, *words, str(context), deadline_s=_BUILD_S, env=_builder(stack, docker)
    )
    if done.code != 0:
        raise refusal(f"docker build of {stack.image}", done)


def _forget(docker: Docker, *filters: str) -> None:
    """Remove images that have no name and no container."""
    docker.try_("image", "prune", "--force", *(word for one in filters for word in ("--filter", one)))


def _builder(stack: Stack, docker: Docker) -> Mapping[str, str]:
    # Without buildx the classic builder does, but only when it is asked for.
    if "DOCKER_BUILDKIT" in stack.env or docker.try_("buildx", "version").code == 0:
        return {}
    return {"DOCKER_BUILDKIT": "0"}


def _digest_of(image: str, docker: Docker) -> str:
    told = docker.inspect([image], "image")
    labels = (told[0].get("Config") or {}).get("Labels") or {} if told else {}
    return str(labels.get(DIGEST_LABEL, ""))


def _base(env: Mapping[str, str]) -> str:
    return env.get("BASE_IMAGE") or _DEFAULT_BASE


def _git_sha(env: Mapping[str, str]) -> str:
    # Only of this checkout: an installed copy may lie in the folder of somebody else's repository.
    if not (FOLDER.parent / ".git").exists() or shutil.which("git", path=env.get("PATH")) is None:
        return ""
    try:
        done = run(["git", "rev-parse", "HEAD"], env=env, cwd=FOLDER, deadline_s=_GIT_S)
    except StackError:
        return ""
    return done.out.strip() if done.code == 0 else ""


def _files(folder: Path) -> Iterator[Path]:
    """Give the files that `.dockerignore` leaves, in a fixed order."""
    ignored = [
        line for line in (folder / ".dockerignore").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
    ]
    yield folder / ".dockerignore"
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(place, name)
            relative = path.relative_to(folder)
            if relative.parts[:2] != ("deploy", "pip") and not any(_matches(relative, one) for one in ignored):
                yield path


def _matches(path: Path, pattern: str) -> bool:
    """Whether a line of `.dockerignore` covers the file: by its own path, or by a folder above it."""
    anywhere = pattern.startswith("**/")
    wanted = pattern.removeprefix("**/")
    own = [path, *path.parents][:-1]
    return any(fnmatch(one.name if anywhere else one.as_posix(), wanted) for one in own)

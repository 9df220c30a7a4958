"""What goes into an image, and when it has to be built again."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from service.stack.environment import FOLDER
from service.stack.image import context_digest, stage_context

DEPLOY = FOLDER / "deploy"
BASE = "base:1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the service's folder."""
    copy = tmp_path / "service"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_the_digest_follows_what_is_in_the_image_and_nothing_else(folder: Path) -> None:
    """Code, lock, Dockerfile and base decide; caches, Compose files and credentials do not."""
    before = context_digest(folder, BASE)

    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "app.pyc").write_bytes(b"x")
    (folder / "compose.yaml").write_text("services: {}")
    (folder / "deploy" / "pip").mkdir()
    (folder / "deploy" / "pip" / "pip.conf").write_text("[global]\n")
    assert context_digest(folder, BASE) == before
    assert context_digest(folder, "base:2") != before
    for name in ("app.py", "Dockerfile", "deploy/image.lock"):
        was = (folder / name).read_text()
        (folder / name).write_text(was + "\n")
        assert context_digest(folder, BASE) != before, name
        (folder / name).write_text(was)
    assert context_digest(folder, BASE) == before


def test_what_is_staged_is_the_service_whole_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    """Every module and file it reads; no Compose file, no cache, no credentials of an earlier build."""
    (folder / "deploy" / "pip").mkdir()
    (folder / "deploy" / "pip" / "pip.conf").write_text("[global]\n")

    stage_context(folder, tmp_path / "context")

    staged = {name.removeprefix("context/") for name in files_below(tmp_path, "context")}
    modules = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}
    assert modules - staged == set()
    assert {"Dockerfile", ".dockerignore", "deploy/image.lock"} <= staged
    assert not any(name.startswith(("deploy/pip", "deploy/edge/", "compose")) for name in staged)


def test_the_lock_is_for_all_that_the_service_imports() -> None:
    """Nothing is missing in the image, and it is pinned by hash and to the versions that the tests run with."""
    wanted = {re.split(r"[>=]", line)[0] for line in (DEPLOY / "image.in").read_text().splitlines() if line[0] != "#"}
    imported = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                imported.add(node.module.partition(".")[0])
    foreign = {name.replace("_", "-") for name in imported - set(sys.stdlib_module_names)}
    lock = (DEPLOY / "image.lock").read_text()
    pins, run = pins_of(DEPLOY / "image.lock"), pins_of(FOLDER.parent / "requirements" / "run.lock")
    brought = {"pydantic", "starlette"}  # by fastapi
    other_names = {"qdrant-edge": "qdrant-edge-py"}

    assert {other_names.get(name, name) for name in foreign} - wanted - brought == set()
    assert wanted - set(pins) == set()
    assert {name: run.get(name) for name in pins} == pins
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock


def test_the_service_starts_from_what_is_staged(tmp_path: Path) -> None:
    """Alone in a folder, as in the image: it imports nothing from beside it."""
    stage_context(FOLDER, tmp_path / "service")
    code = "import service.app, service.deploy.webfetch, service.deploy.healthcheck, service.stack.cli; print('ok')"

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stdout == "ok\n", done.stderr


def test_all_of_it_travels_in_the_wheel(tmp_path: Path) -> None:
    """Also what is no Python: an installed opscheck can build the image and start the stack."""
    root = FOLDER.parent
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        names = set(archive.namelist())

    needed = {f"opscheck/{name}" for name in files_below(root, "service") if not name.endswith(".gitignore")}
    assert "opscheck/service/Dockerfile" in needed
    assert needed - names == set()
    assert {f"opscheck/{name}" for name in files_below(root, "fixtures/edge")} - names == set()


def files_below(root: Path, folder: str) -> set[str]:
    """Name the files below a folder, without caches."""
    paths = (path for path in (root / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix() for path in paths}


def pins_of(lock: Path) -> dict[str, str]:
    """Read the packages and versions of a lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", lock.read_text(), re.MULTILINE))

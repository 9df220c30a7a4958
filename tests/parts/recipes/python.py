"""Parts from PyPI, and the tiny model that a Python package writes."""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.parts.commands import run
from tests.parts.part import Job, Part
from tests.parts.recipes.needs import python_package

LITELLM = "1.106.2-1"  # its version, and the revision of the lock
LITELLM_LOCK = Path(__file__).with_name("litellm.lock")


def _make_tiny_model(job: Job) -> None:
    from tests.parts.gguf_tiny import write_tiny_model  # noqa: PLC0415 - numpy is slow to import

    write_tiny_model(job.out / "tiny.gguf")


def _install_beside(*requirements: str) -> Callable[[Job], None]:
    """Packages for PYTHONPATH: what a user has installed beside opscheck, without touching the environment here."""

    def install(job: Job) -> None:
        target = job.out / "site"
        run([sys.executable, "-m", "pip", "install", "-q", "--target", target, *requirements], log=job.log)

    return install


def _install_litellm(job: Job) -> None:
    """An environment of its own: what LiteLLM pins is not what the tests run with.

    It is used through its interpreter, because scripts keep the path of the folder they were installed in.
    """
    venv = job.out / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", venv], log=job.log)
    run(
        [
            *(sys.executable, "-m", "pip", "--python", venv / "bin" / "python", "install", "-q", "--no-compile"),
            *("--require-hashes", "--only-binary", ":all:", "-r", LITELLM_LOCK),
        ],
        log=job.log,
    )
    run([venv / "bin" / "python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", venv], log=job.log)


PARTS = (
    Part("tiny-model", "1", "tiny.gguf", (python_package("gguf"),), _make_tiny_model),
    Part(
        "neighbours",
        "2",
        "site/pytest_locust/plugin.py",
        recipe=_install_beside("locust==2.47.0", "pytest-base-url==2.1.0", "pytest-ansible==26.10.0", "pytest==9.2.0"),
    ),
    Part("oldest-pytest", "8.2.2", "site/pytest/__init__.py", recipe=_install_beside("pytest==8.2.2")),
    Part("litellm", LITELLM, "venv/bin/python", recipe=_install_litellm),
)

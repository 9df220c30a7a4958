"""The real parts there are: where each comes from, what building it needs, and how it is built."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.parts.commands import copy_writable, fetch_go_module, run
from tests.parts.part import Job, Need, Part, which

MINIAUDIO = "0.11.24"
MINIAUDIO_SUM = "h1:hHcIJVfzWcEDHFdPl5Dl/CUSOjzOleY0zzAV8Kx+imE="
OLLAMA = "0.17.4"
OLLAMA_SUM = "h1:X3KNm9x4BlHqk/AXMGtC7pBAFd46nmJmy8yDaBZLo9s="
GOSS = "0.4.9"
GOSS_SUM = "h1:Lh5QDDbGXST0gyOmgVlw5xC8EXYKCNZhFzmz24sgEdg="
HURL = "8.0.1"


def _make_tiny_model(job: Job) -> None:
    from tests.parts.gguf_tiny import write_tiny_model  # noqa: PLC0415 - numpy is slow to import

    write_tiny_model(job.out / "tiny.gguf")


def _fetch_miniaudio(job: Job) -> Path:
    """Fetch the one C header that Ollama's module leaves out and Debian has no package of."""
    module = f"github.com/gen2brain/malgo@v{MINIAUDIO}"
    source = fetch_go_module(module, checksum=MINIAUDIO_SUM, log=job.log, work=job.work)
    headers = job.work / "include"
    (headers / "miniaudio").mkdir(parents=True)
    shutil.copy(source / "miniaudio.h", headers / "miniaudio" / "miniaudio.h")
    return headers


def _build_ollama(job: Job) -> None:
    module = f"github.com/ollama/ollama@v{OLLAMA}"
    source = fetch_go_module(module, checksum=OLLAMA_SUM, log=job.log, work=job.work)
    headers = _fetch_miniaudio(job)
    version = f"-X=github.com/ollama/ollama/version.Version={OLLAMA}"
    run(
        ["go", "build", "-trimpath", "-buildvcs=false", f"-ldflags={version}", "-o", job.out / "ollama", "."],
        cwd=copy_writable(source, job.work / "source"),
        env={"CGO_ENABLED": "1", "CGO_CPPFLAGS": f"-I{headers} -I/usr/include"},
        log=job.log,
    )


def _build_goss(job: Job) -> None:
    module = f"github.com/goss-org/goss@v{GOSS}"
    source = fetch_go_module(module, checksum=GOSS_SUM, log=job.log, work=job.work)
    version = f"-X=github.com/goss-org/goss/util.Version=v{GOSS}"
    run(
        ["go", "build", "-trimpath", "-buildvcs=false", f"-ldflags={version}", "-o", job.out, "./cmd/goss"],
        cwd=copy_writable(source, job.work / "source"),
        env={"CGO_ENABLED": "0"},
        log=job.log,
    )


def _build_hurl(job: Job) -> None:
    run(
        ["cargo", "install", "hurl", "--version", HURL, "--locked", "--root", job.work / "root"],
        env={"CARGO_TARGET_DIR": str(job.work / "target")},
        log=job.log,
    )
    shutil.copy(job.work / "root" / "bin" / "hurl", job.out / "hurl")


def _install_beside(*requirements: str) -> Callable[[Job], None]:
    """Packages for PYTHONPATH: what a user has installed beside opscheck, without touching the environment here."""

    def install(job: Job) -> None:
        target = job.out / "site"
        run([sys.executable, "-m", "pip", "install", "-q", "--target", target, *requirements], log=job.log)

    return install


def _program(name: str, *packages: str, remedy: str = "") -> Need:
    return Need(what=name, met=lambda: which(name) is not None, packages=packages, remedy=remedy)


def _header(name: str, package: str) -> Need:
    path = Path("/usr/include") / name
    return Need(what=f"the header {name}", met=path.is_file, packages=(package,))


def _library(name: str, package: str) -> Need:
    def known() -> bool:
        tool = which("pkg-config")
        return tool is not None and subprocess.run([tool, "--exists", name], check=False).returncode == 0

    return Need(what=f"the library {name}", met=known, packages=(package, "pkg-config"))


def _has_libclang() -> bool:
    return any(Path("/usr/lib").glob("llvm-*/lib/libclang.so*"))


def _has_gguf() -> bool:
    return importlib.util.find_spec("gguf") is not None


_GO = _program("go", remedy="install Go 1.24 or newer (Debian's golang-go is older)")
_CARGO = _program("cargo", remedy="install Rust 1.95 or newer with rustup (Debian's cargo is older)")
_COMPILER = _program("g++", "build-essential")
_GGUF = Need(what="the Python package gguf", met=_has_gguf, remedy="pip install gguf")

PARTS = (
    Part("nginx", "any", "nginx", (_program("nginx", "nginx-light"),)),
    Part("tiny-model", "1", "tiny.gguf", (_GGUF,), _make_tiny_model),
    Part(
        "ollama",
        OLLAMA,
        "ollama",
        (
            _GO,
            _COMPILER,
            _header("nlohmann/json.hpp", "nlohmann-json3-dev"),
            _header("stb/stb_image.h", "libstb-dev"),
        ),
        _build_ollama,
    ),
    Part(
        "neighbours",
        "2",
        "site/pytest_locust/plugin.py",
        recipe=_install_beside("locust==2.47.0", "pytest-base-url==2.1.0", "pytest-ansible==26.10.0", "pytest==9.2.0"),
    ),
    Part("oldest-pytest", "8.2.2", "site/pytest/__init__.py", recipe=_install_beside("pytest==8.2.2")),
    Part("goss", GOSS, "goss", (_GO,), _build_goss, default=False),
    Part(
        "hurl",
        HURL,
        "hurl",
        (
            _CARGO,
            _COMPILER,
            _library("libcurl", "libcurl4-openssl-dev"),
            _library("libxml-2.0", "libxml2-dev"),
            Need("libclang", _has_libclang, ("libclang-dev",)),
        ),
        _build_hurl,
        default=False,
    ),
)

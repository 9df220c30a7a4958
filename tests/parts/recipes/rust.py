"""Parts written in Rust."""

import shutil
from pathlib import Path

from tests.parts.commands import run
from tests.parts.part import Job, Need, Part
from tests.parts.recipes.needs import CARGO, COMPILER, library

HURL = "8.0.1"


def _build_hurl(job: Job) -> None:
    run(
        ["cargo", "install", "hurl", "--version", HURL, "--locked", "--root", job.work / "root"],
        env={"CARGO_TARGET_DIR": str(job.work / "target")},
        log=job.log,
    )
    shutil.copy(job.work / "root" / "bin" / "hurl", job.out / "hurl")


def _has_libclang() -> bool:
    return any(Path("/usr/lib").glob("llvm-*/lib/libclang.so*"))


PARTS = (
    Part(
        "hurl",
        HURL,
        "hurl",
        (
            CARGO,
            COMPILER,
            library("libcurl", "libcurl4-openssl-dev"),
            library("libxml-2.0", "libxml2-dev"),
            Need("libclang", _has_libclang, ("libclang-dev",)),
        ),
        _build_hurl,
        default=False,
    ),
)

"""What parts need on this machine: programs, headers, libraries, rights."""

import importlib.util
import os
import subprocess
from pathlib import Path

from tests.parts.part import Need, which


def program(name: str, *packages: str, remedy: str = "") -> Need:
    """Need the program `name`, which `packages` bring."""
    return Need(what=name, met=lambda: which(name) is not None, packages=packages, remedy=remedy)


def file(what: str, path: Path, package: str) -> Need:
    """Need the file at `path`, which `package` brings."""
    return Need(what=what, met=path.is_file, packages=(package,))


def header(name: str, package: str) -> Need:
    """Need a C header of the system."""
    return file(f"the header {name}", Path("/usr/include") / name, package)


def library(name: str, package: str) -> Need:
    """Need a library that pkg-config knows as `name`."""

    def known() -> bool:
        tool = which("pkg-config")
        return tool is not None and subprocess.run([tool, "--exists", name], check=False).returncode == 0

    return Need(what=f"the library {name}", met=known, packages=(package, "pkg-config"))


def python_package(name: str) -> Need:
    """Need a Python package beside the tests."""
    return Need(
        what=f"the Python package {name}",
        met=lambda: importlib.util.find_spec(name) is not None,
        remedy=f"pip install {name}",
    )


GO = program("go", remedy="install Go 1.24 or newer (Debian's golang-go is older)")
CARGO = program("cargo", remedy="install Rust 1.95 or newer with rustup (Debian's cargo is older)")
COMPILER = program("g++", "build-essential")
ROOT = Need(what="root", met=lambda: os.geteuid() == 0, remedy="run this as root")

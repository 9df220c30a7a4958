"""Installs the Debian packages that parts lack, without any of their services being started."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.parts.commands import BuildError, run
from tests.parts.part import Part, which

# What Debian's maintainer scripts ask before they start a service, with or without systemd.
POLICY = Path("/usr/sbin/policy-rc.d")
REFUSAL = "#!/bin/sh\n# Written while packages for tests are installed.\nexit 101\n"
WAIT = ("-o", "DPkg::Lock::Timeout=300")


def missing_packages(parts: Sequence[Part], cache: Path) -> list[str]:
    """Name the Debian packages that bring what the parts which are not here need."""
    lacking = [need for part in parts if part.find(cache) is None for need in part.needs if not need.met()]
    return sorted({package for need in lacking for package in need.packages})


def install_packages(packages: Sequence[str], log: Path) -> None:
    """Install Debian packages where this is root on a Debian; else say so. What they bring is not started.

    The tests start servers of their own on free ports, so one on its usual port would only be in the way. On a
    machine with systemd the services stay enabled, and start when it does.
    """
    if not packages:
        return
    if os.geteuid() != 0 or which("apt-get") is None:
        print(f"packages: not installed, this needs root and apt-get: {' '.join(packages)}", flush=True)
        return
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    began = time.monotonic()
    try:
        with services_stay_down(POLICY):
            run(["apt-get", "update", *WAIT], env=env, log=log)
            run(["apt-get", "install", *WAIT, "-y", "--no-install-recommends", *packages], env=env, log=log)
    except BuildError as error:
        print(f"packages: failed, {error}", flush=True)
        return
    print(f"packages: installed {' '.join(packages)} in {time.monotonic() - began:.0f} s", flush=True)


@contextmanager
def services_stay_down(policy: Path) -> Iterator[None]:
    """Have packages start no service when they are installed; a policy that the machine has is left as it is."""
    try:
        with policy.open("x") as script:
            script.write(REFUSAL)
    except FileExistsError:
        yield
        return
    try:
        policy.chmod(0o755)
        yield
    finally:
        policy.unlink(missing_ok=True)

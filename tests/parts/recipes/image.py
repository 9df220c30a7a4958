"""The image that containers of the tests are made from: a small Debian with Python, made here instead of pulled."""

from pathlib import Path

from tests.parts.commands import run
from tests.parts.part import Job, Part
from tests.parts.recipes.needs import ROOT, file, program

RELEASE = "bookworm"
REVISION = 1  # of this recipe: an engine that has an older one imports the new one
MIRROR = "http://deb.debian.org/debian"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
PACKAGES = ("python3", "python3-venv", "ca-certificates")


def _bootstrap(job: Job) -> None:
    """Debian's own signatures are what its packages are checked against."""
    system = job.work / "system"
    run(
        [
            *("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", f"--keyring={KEYRING}"),
            *(RELEASE, system, MIRROR),
        ],
        log=job.log,
    )
    run(["chroot", system, "apt-get", "clean"], log=job.log)
    leftovers = ("./var/lib/apt/lists/*", "./var/cache/apt/*.bin", "./var/log/*.log", "./dev/*", "./proc/*", "./sys/*")
    excluded = [f"--exclude={pattern}" for pattern in leftovers]
    run(["tar", "-C", system, "--numeric-owner", *excluded, "-cf", job.out / "base.tar", "."], log=job.log)


PARTS = (
    Part(
        "base-image",
        f"{RELEASE}-{REVISION}",
        "base.tar",
        (ROOT, program("debootstrap", "debootstrap"), file("Debian's keyring", KEYRING, "debian-archive-keyring")),
        _bootstrap,
    ),
)

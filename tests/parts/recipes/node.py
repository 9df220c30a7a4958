"""Parts from the npm registry: files that a page loads, without anything of npm's own."""

import tarfile

from tests.parts.commands import run
from tests.parts.part import Job, Part
from tests.parts.recipes.needs import program

AXE = "4.10.3"


def _unpack_axe(job: Job) -> None:
    """The rules of accessibility as one script; nothing of the package is executed here."""
    run(["npm", "pack", "--silent", "--pack-destination", job.work, f"axe-core@{AXE}"], log=job.log)
    with tarfile.open(job.work / f"axe-core-{AXE}.tgz") as archive:
        for name in ("axe.min.js", "LICENSE"):
            member = archive.extractfile(f"package/{name}")
            if member is not None:
                (job.out / name).write_bytes(member.read())


PARTS = (Part("axe", AXE, "axe.min.js", (program("npm", "npm"),), _unpack_axe),)

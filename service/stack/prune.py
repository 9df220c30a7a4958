"""Volumes that nothing uses: first a review, then only what was named is deleted, and never what is needed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from .docker import PROJECT_LABEL, Docker
from .environment import near
from .outcome import Exit, StackError

_DF_S = 120.0  # the engine measures every volume for this
_AGAIN_S = 0.5
_BUSY = "disk usage operation is already running"

Use = Literal["mounted", "protected", "candidate"]


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume, what keeps it, and why: the containers that mount it, or the rule that protects it."""

    name: str
    size: str
    project: str
    use: Use
    why: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of a volume that was named."""

    name: str
    outcome: Literal["deleted", "refused", "failed"]
    why: str = ""


class Pruning:
    """Reviews the volumes of an engine, whoever made them."""

    def __init__(self, docker: Docker, project: str, protect: Sequence[str]) -> None:
        self._docker = docker
        self._project = project
        self._protect = tuple(protect)

    def review(self) -> list[Volume]:
        """Classify every volume. One that is mounted by a container is in use, also when the container is stopped."""
        users: dict[str, list[str]] = {}
        for container in self._docker.every_container():
            for name in container.volumes:
                users.setdefault(name, []).append(f"{container.name} ({container.state})")
        return [self._classified(told, users) for told in sorted(self._measured(), key=lambda one: str(one["Name"]))]

    def disk(self) -> list[dict[str, str]]:
        """Give what the engine's images, containers, volumes and build cache take."""
        lines = self._counted("--format", "{{json .}}").splitlines()
        keys = ("Type", "TotalCount", "Active", "Size", "Reclaimable")
        return [{key.lower(): str(row.get(key, "")) for key in keys} for row in map(json.loads, lines)]

    def delete(self, names: Sequence[str], reviewed: Sequence[Volume]) -> list[Deletion]:
        """Delete those of the named volumes that the review calls candidates, one by one and never by force."""
        known = {volume.name: volume for volume in reviewed}
        return [self._delete(name, known) for name in dict.fromkeys(names)]

    def _delete(self, name: str, known: Mapping[str, Volume]) -> Deletion:
        volume = known.get(name)
        if volume is None:
            return Deletion(name, "refused", f"there is no such volume{near(name, _candidates(known))}")
        if volume.use != "candidate":
            return Deletion(name, "refused", f"{volume.use}: {volume.why}")
        # Without --force: should a container have mounted it since the review, the engine refuses.
        done = self._docker.try_("volume", "rm", name)
        return Deletion(name, "deleted") if done.code == 0 else Deletion(name, "failed", done.last_words(1))

    def _classified(self, told: Mapping[str, Any], users: Mapping[str, Sequence[str]]) -> Volume:
        name, project = str(told["Name"]), _label(told, PROJECT_LABEL)
        size = str(told.get("Size") or "unknown")
        if name in users:
            return Volume(name, size, project, "mounted", ", ".join(users[name]))
        if project == self._project:
            return Volume(name, size, project, "protected", f"belongs to this stack, {project}")
        rule = next((rule for rule in self._protect if fnmatchcase(name, rule)), "")
        if rule:
            return Volume(name, size, project, "protected", f"rule {rule}")
        return Volume(name, size, project, "candidate")

    def _counted(self, *words: str) -> str:
        """What `docker system df` says; the engine counts for one asker at a time, so another one is waited for."""
        ends = time.monotonic() + _DF_S
        while True:
            try:
                return self._docker.ask("system", "df", *words, deadline_s=_DF_S)
            except StackError as error:
                if _BUSY not in str(error) or time.monotonic() > ends:
                    raise
                time.sleep(_AGAIN_S)

    def _measured(self) -> list[dict[str, Any]]:
        raw = self._counted("-v", "--format", "{{json .}}")
        measured = {one["Name"]: one for one in json.loads(raw).get("Volumes") or []}
        # Measuring takes a while, and volumes come and go meanwhile.
        return [measured.get(name, {"Name": name}) for name in self._docker.ask("volume", "ls", "-q").split()]


def verdict(deletions: Sequence[Deletion]) -> Exit:
    """Give the exit code of what was done."""
    outcomes = {deletion.outcome for deletion in deletions}
    if "refused" in outcomes:
        return Exit.REFUSED
    return Exit.FAILED if "failed" in outcomes else Exit.OK


def report(
    reviewed: Sequence[Volume],
    before: Sequence[Mapping[str, str]],
    deletions: Sequence[Deletion] = (),
    after: Sequence[Mapping[str, str]] = (),
) -> dict[str, object]:
    """Give all of it as one document."""
    return {
        "before": list(before),
        "volumes": [asdict(volume) for volume in reviewed],
        "deletions": [asdict(deletion) for deletion in deletions],
        "after": list(after),
    }


def refuse_patterns(names: Sequence[str]) -> None:
    """Raise when something that was named is a pattern: what is deleted is named in full.

    Raises:
        StackError: it is.
    """
    for name in names:
        if any(sign in name for sign in "*?["):
            raise StackError(f"{name!r} is a pattern: name each volume in full", Exit.USAGE)


def _candidates(known: Mapping[str, Volume]) -> list[str]:
    return [name for name, volume in known.items() if volume.use == "candidate"]


def _label(told: Mapping[str, Any], name: str) -> str:
    labels = told.get("Labels")
    if isinstance(labels, dict):
        return str(labels.get(name, ""))
    pairs = (pair.partition("=") for pair in str(labels or "").split(","))
    return next((value for key, _, value in pairs if key == name), "")


def review_volumes(
    docker: Docker, project: str, *, protect: Sequence[str], delete: Sequence[str], as_json: bool
) -> tuple[Exit, list[str]]:
    """Review, delete what was named, and give the exit code and the lines that tell of it."""
    refuse_patterns(delete)
    docker.require()
    pruning = Pruning(docker, project, protect)
    before, reviewed = pruning.disk(), pruning.review()
    deletions = pruning.delete(delete, reviewed)
    after = pruning.disk() if deletions else before
    code = verdict(deletions)
    if as_json:
        return code, [json.dumps(report(reviewed, before, deletions, after), indent=1)]
    lines = [*_disk_lines("before", before), *(_volume_line(volume) for volume in reviewed)]
    lines += [" ".join(filter(None, (one.outcome, one.name, one.why and f"({one.why})"))) for one in deletions]
    free = [volume.name for volume in reviewed if volume.use == "candidate"]
    if not deletions:
        lines.append(f"to delete: prune-review --delete {' '.join(free)}" if free else "nothing is free to be deleted")
        return code, lines
    return code, [*lines, *_disk_lines("after", after)]


def _volume_line(volume: Volume) -> str:
    project = f" of {volume.project}" if volume.project else ""
    return f"{volume.use:<10} {volume.size:>9}  {volume.name}{project}{f': {volume.why}' if volume.why else ''}"


def _disk_lines(when: str, disk: Sequence[Mapping[str, str]]) -> list[str]:
    return [
        f"{when}: {row['type']} {row['totalcount']}, {row['size']}, reclaimable {row['reclaimable']}" for row in disk
    ]

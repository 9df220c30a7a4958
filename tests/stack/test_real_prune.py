"""Volumes of a real engine: what is deleted was named, was free, and is nobody's."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.stack.outcome import Exit
from tests.stack.command import StackCommand
from tests.stack.engine import Engine

BASE = "opscheck-base:bookworm"
_LABEL = "opscheck.tests.prune"


@dataclass(frozen=True)
class Volumes:
    """Volumes made for a test, by what becomes of them."""

    mark: str

    def __getattr__(self, name: str) -> str:
        return f"{self.mark}-{name}"


@pytest.fixture
def volumes(engine: Engine) -> Iterator[Volumes]:
    """Make one volume of each kind; whatever is left of them is removed."""
    made = Volumes(f"opstest-{secrets.token_hex(4)}")
    label = f"{_LABEL}={made.mark}"
    try:
        for name in ("mounted", "stopped", "created", "protected", "own", "free", "spare"):
            project = [] if name != "own" else ["--label", f"com.docker.compose.project={made.mark}"]
            engine("volume", "create", "--label", label, *project, f"{made.mark}-{name}")
        common = ("--label", label)
        engine("run", "-d", "--init", *common, "-v", f"{made.mounted}:/data", BASE, "sleep", "600")
        engine("run", *common, "-v", f"{made.stopped}:/data", BASE, "true")
        engine("create", *common, "-v", f"{made.created}:/data", BASE, "true")
        engine("run", "--rm", "-v", f"{made.free}:/data", BASE, "sh", "-c", "head -c 3000000 /dev/urandom > /data/x")
        yield made
    finally:
        engine.sweep(label)


@pytest.fixture
def prune(engine: Engine, tmp_path: Path, volumes: Volumes) -> StackCommand:
    """Give the command line of a stack that owns one of the volumes and protects another."""
    own = {"STACK_PROJECT_NAME": volumes.mark, "STACK_PROTECT": f"{volumes.mark}-prot*"}
    return StackCommand(tmp_path, {**engine.env, **own})


def uses(prune: StackCommand, volumes: Volumes) -> dict[str, dict[str, str]]:
    """Give what the review says of the test's own volumes."""
    told = json.loads(prune("prune-review", "--json").stdout)["volumes"]
    return {one["name"]: one for one in told if one["name"].startswith(volumes.mark)}


def test_the_review_classifies_and_deletes_nothing(engine: Engine, prune: StackCommand, volumes: Volumes) -> None:
    """Also by stopped containers, and by ones that never ran."""
    seen = uses(prune, volumes)

    assert {name: one["use"] for name, one in seen.items()} == {
        volumes.mounted: "mounted",
        volumes.stopped: "mounted",
        volumes.created: "mounted",
        volumes.protected: "protected",
        volumes.own: "protected",
        volumes.free: "candidate",
        volumes.spare: "candidate",
    }
    assert "(exited)" in seen[volumes.stopped]["why"]
    assert "(created)" in seen[volumes.created]["why"]
    assert seen[volumes.free]["size"] == "3MB"
    assert len(engine.labelled("volume", f"{_LABEL}={volumes.mark}")) == 7


def test_only_what_was_named_is_deleted(engine: Engine, prune: StackCommand, volumes: Volumes) -> None:
    """The other candidate stays, and the disk is told before and after."""
    done = prune("prune-review", "--delete", volumes.free, "--json")

    document = json.loads(done.stdout)
    left = set(engine.labelled("volume", f"{_LABEL}={volumes.mark}"))
    assert done.returncode == 0, done.stderr
    assert document["deletions"] == [{"name": volumes.free, "outcome": "deleted", "why": ""}]
    assert volumes.free not in left
    assert {volumes.spare, volumes.mounted, volumes.protected} <= left
    assert [row["type"] for row in document["before"]] == [row["type"] for row in document["after"]]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("mounted", "mounted: "),
        ("stopped", "mounted: "),
        ("created", "mounted: "),
        ("protected", "protected: rule "),
        ("own", "protected: belongs to this stack"),
        ("nosuch", "there is no such volume"),
    ],
)
def test_what_is_needed_is_refused_even_when_it_is_named(
    engine: Engine, prune: StackCommand, volumes: Volumes, kind: str, why: str
) -> None:
    """Code 8 and the reason; what was named beside it and is free is deleted."""
    name = getattr(volumes, kind)

    done = prune("prune-review", "--delete", name, volumes.free)

    left = set(engine.labelled("volume", f"{_LABEL}={volumes.mark}"))
    assert done.returncode == Exit.REFUSED
    assert f"refused {name} ({why}" in done.stdout
    assert kind == "nosuch" or name in left
    assert volumes.free not in left


def test_a_pattern_is_no_name(engine: Engine, prune: StackCommand, volumes: Volumes) -> None:
    """Nothing is deleted that was not spelt out."""
    done = prune("prune-review", "--delete", f"{volumes.mark}*")

    assert done.returncode == Exit.USAGE
    assert len(engine.labelled("volume", f"{_LABEL}={volumes.mark}")) == 7


def test_deleting_twice_is_told(prune: StackCommand, volumes: Volumes) -> None:
    """The second time there is nothing of that name; a near one is not taken for it."""
    first, second = prune("prune-review", "--delete", volumes.free), prune("prune-review", "--delete", volumes.free)

    assert (first.returncode, second.returncode) == (0, Exit.REFUSED)
    assert f"deleted {volumes.free}" in first.stdout


def test_protection_by_option(prune: StackCommand, volumes: Volumes) -> None:
    """On top of what the settings protect."""
    done = prune("prune-review", "--protect", f"{volumes.mark}-fr*", "--delete", volumes.free)

    assert done.returncode == Exit.REFUSED

"""The suite on a live host behind a real nginx: what it asks, what that leaves in the logs, what they tell."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from opscheck.model import Unmeasured
from opscheck.model.access_log import AccessLogCount
from opscheck.probes.access_log import access_log, count_hits
from service.running import EmbeddedService
from service.settings import Settings
from tests.legacy.test_files import lines
from tests.parts.edge import Edge

ROOT = Path(__file__).parents[2]


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    """The service behind the shipped edge, over plain HTTP."""
    settings = Settings(state_dir=tmp_path / "state", vector_engine="sqlite")
    with EmbeddedService(settings) as service, Edge(tmp_path / "edge", service.agent_url) as running:
        yield running


def run(folder: Path, edge: Edge, *arguments: str, expect: str = "") -> dict[str, Any]:
    """Run the suite as a user would; results by check."""
    host = f'[hosts.live]\nsystem = "assistant"\nurls = {{ edge = "{edge.url}" }}\n[hosts.live.expect.legacy]\n{expect}'
    (folder / "opscheck.toml").write_text(host)
    command = [sys.executable, "-m", "opscheck", "run", "-q", "-m", "legacy", "--host=live", "--ops-report=r.json"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    subprocess.run([*command, *arguments], cwd=folder, env=environment, capture_output=True, check=False, timeout=90)
    report = json.loads((folder / "r.json").read_text())
    return {one["check"]: one for one in report["results"]}


def test_its_own_requests_are_no_hits(edge: Edge, tmp_path: Path) -> None:
    """The old address is asked, by name, so that both logs tell opscheck from everybody else."""
    seen = run(tmp_path, edge)

    assert {one["outcome"] for one in seen.values()} == {"PASS"}
    for log in (edge.access_log, edge.json_log):
        count = count_hits([str(log)], "/status/")
        assert (count.hits, count.unreadable) == (0, 0)
        assert count.own > 0


def test_sampling_leaves_the_old_address_alone(edge: Edge, tmp_path: Path) -> None:
    """A sampler that asks the old address would make the hits that it looks for."""
    seen = run(tmp_path, edge, "-k", "answers_by_itself")

    assert seen["legacy-answered-by"]["outcome"] == "PASS"
    assert seen["legacy-answered-by"]["observed"] == "5 api"
    count = count_hits([str(edge.access_log)], "/status/")
    assert (count.hits, count.own, count.lines) == (0, 0, 5)


@pytest.mark.parametrize(
    ("expect", "outcome", "why"),
    [
        ('log_files = ["no-such.log"]', "UNMEASURED", "no such file"),
        ('log_files = ["edge"]', "UNMEASURED", "is a folder"),
        ('log_files = ["edge/access.log*"]', "UNMEASURED", "the log begins at"),
        ('log_files = ["edge/access.log*"]\nsince_hours = 0', "PASS", "no request for /status/"),
        (
            'log_files = ["edge/access.json"]\nsince_hours = 0\nlog_fields = ["request=no_such"]',
            "UNMEASURED",
            "be read",
        ),
        ('log_files = ["edge/access.json"]\nsince_hours = 0\npath = "/api/status"', "PASS", "of opscheck itself"),
    ],
)
def test_what_the_logs_can_tell(edge: Edge, tmp_path: Path, expect: str, outcome: str, why: str) -> None:
    """Relative to the host file; what cannot be read or does not cover the time is told as unmeasured."""
    seen = run(tmp_path, edge, "-k", "nobody_asks", expect=f"gate = true\n{expect}\n")

    assert seen["legacy-hits"]["outcome"] == outcome, seen
    assert why in seen["legacy-hits"]["reason"]


def test_the_gate_is_an_option_as_well(edge: Edge, tmp_path: Path) -> None:
    """`--ops-fail-on-legacy` makes the answer of an old address a failure."""
    assert run(tmp_path, edge, "-k", "gone_once")["legacy-gate"]["outcome"] == "PASS"
    assert run(tmp_path, edge, "-k", "gone_once", "--ops-fail-on-legacy")["legacy-gate"]["outcome"] == "FAIL"


def test_what_cannot_be_read_is_unmeasured(tmp_path: Path) -> None:
    """The probe raises nothing, whatever is wrong with files, path or fields."""
    log = tmp_path / "access.log"
    log.write_bytes(lines(3))
    for names, path, fields in (
        ([str(tmp_path)], "/status/", ()),
        ([str(log)], "status", ()),
        ([str(log)], "/status/", ("agents=x",)),
        (["a\0b"], "/status/", ()),
    ):
        seen = access_log(names, path, None, fields=fields)

        assert isinstance(seen, Unmeasured)
        assert seen.detail.startswith("the log cannot be read: ")
        assert seen.evidence().summary.isprintable()


def test_nobody_waits_for_a_count_that_was_given_up(tmp_path: Path) -> None:
    """A run that ends takes its counting thread along."""
    log = tmp_path / "access.log"
    log.write_bytes(lines(20_000))
    given_up = threading.Event()
    given_up.set()

    seen = access_log([str(log)], "/status/", None, given_up=given_up)

    assert isinstance(seen, Unmeasured)
    assert "not read to its end in time" in seen.detail


def test_counting_holds_nothing_up(tmp_path: Path) -> None:
    """While a log is counted in a thread, the loop of the run goes on."""
    log = tmp_path / "access.log"
    log.write_bytes(lines(150_000, path="/other/"))

    async def count() -> tuple[object, int]:
        turns = 0
        counting = asyncio.create_task(asyncio.to_thread(access_log, [str(log)], "/status/", timedelta(days=9999)))
        while not counting.done():
            await asyncio.sleep(0)
            turns += 1
        return await counting, turns

    seen, turns = asyncio.run(count())

    assert isinstance(seen, AccessLogCount)
    assert seen.lines == 150_000
    assert turns > 10

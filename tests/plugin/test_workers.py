"""pytest-xdist: once over all workers, files by the controller only, several machines."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import execnet
import pytest

from opscheck.plugin.workers import by_host
from tests.parts.process import RunningProcess, accepts, free_port
from tests.standins.web import StandInWeb

Suite = Callable[..., None]

MANY = """
import pytest
@pytest.mark.parametrize("n", range(24))
def test_many(n, numbered, page, expect):
    expect(answers(numbered))
    expect(answers(page))
"""
NUMBERED = """
@observation(needs=("readiness",))
async def numbered(host, probe, n):
    return await probe.http(host.request("readiness", n=str(n)))
"""


def report(pytester: pytest.Pytester) -> dict[str, object]:
    """The JSON report of the last run."""
    data: dict[str, object] = json.loads((pytester.path / "r.json").read_text())
    return data


def test_nothing_is_asked_twice_over_all_workers(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """Three workers, 24 slow questions and one common one: 25 requests, each of them told as spent."""
    web.delay = 0.1
    suite(MANY, NUMBERED)

    result = pytester.runpytest_subprocess("--host", web.url, "-n", "3", "--ops-report", "r.json")

    result.assert_outcomes(passed=24)
    assert web.asked["/ready"] == 25
    assert report(pytester)["spent"] == {f"127.0.0.1-{web.port}": {"requests": 25, "tokens": 0, "budget_tokens": 0}}


def test_one_root_cause_over_all_workers(suite: Suite, pytester: pytest.Pytester) -> None:
    """An unreachable host is told by one worker; the others stand behind it."""
    suite(MANY, NUMBERED)

    pytester.runpytest_subprocess("--host", "http://127.0.0.1:9", "-n", "3", "--ops-report", "r.json")

    counts = report(pytester)["summary"]["counts"]  # type: ignore[index]
    assert (counts["UNMEASURED"], counts["BLOCKED"]) == (1, 23)


def test_reports_are_the_same_with_and_without_workers(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb
) -> None:
    """Node ids, outcomes and gaps do not depend on how a run is distributed."""
    suite(
        MANY + "def test_kb(kb, expect):\n    expect(answers(kb))\n",
        NUMBERED + "@observation(needs=('kb_recommend',))\nasync def kb(host, probe): ...\n",
    )

    def outcome(*how: str) -> object:
        pytester.runpytest_subprocess("--host", web.url, "--ops-report", "r.json", *how)
        data = report(pytester)
        return [(one["id"], one["outcome"]) for one in data["results"]], data["not_applicable"]  # type: ignore[attr-defined]

    assert outcome() == outcome("-n", "2")


def test_junit_carries_host_and_outcome_through_workers(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb
) -> None:
    """The properties of a check survive distribution."""
    suite(MANY, NUMBERED)

    pytester.runpytest_subprocess("--host", web.url, "-n", "2", "--junitxml", "j.xml")

    xml = (pytester.path / "j.xml").read_text()
    assert xml.count('<property name="ops_outcome" value="PASS"') == 24
    assert f'<property name="ops_host" value="127.0.0.1-{web.port}"' in xml


def test_workers_share_one_embedded_service(suite: Suite, pytester: pytest.Pytester) -> None:
    """Started once per run, gone when it ends."""
    suite(
        "import pytest\n@pytest.mark.parametrize('n', range(6))\ndef test_it(n, page, expect): expect(answers(page))\n"
    )

    result = pytester.runpytest_subprocess("-n", "2", "--ops-report", "r.json")

    result.assert_outcomes(passed=6)
    urls = {part["where"] for one in report(pytester)["results"] for part in one["evidence"]["exchanges"]}  # type: ignore[attr-defined]
    assert len(urls) == 1
    address = re.search(r"127\.0\.0\.1:(\d+)", urls.pop())
    assert address is not None
    assert not accepts(int(address.group(1)))


@pytest.fixture
def two_machines(tmp_path: Path) -> Iterator[list[str]]:
    """Two interpreters that take work over a socket, as machines of their own would."""
    script = Path(execnet.__file__).parent / "script" / "socketserver.py"
    ports = [free_port(), free_port()]
    running = [
        RunningProcess(
            [sys.executable, str(script), f"127.0.0.1:{port}"],
            log=tmp_path / f"machine-{port}.log",
            ready=lambda: True,
            cwd=tmp_path,
        )
        for port in ports
    ]
    for machine in running:
        machine.start()
    try:
        yield [f"socket=127.0.0.1:{port}" for port in ports]
    finally:
        for machine in running:
            machine.stop()


def test_a_run_spreads_over_two_machines(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, two_machines: list[str]
) -> None:
    """Each host's checks go to one machine, nothing is asked twice, node ids are those of a run at home."""
    suite(MANY, NUMBERED)
    checks = pytester.mkdir("checks")
    for name in ("conftest.py", "test_user.py", "tox.ini"):
        (pytester.path / name).rename(checks / name)
    spread = ["--dist", "load", *(word for spec in two_machines for word in ("--tx", spec)), "--rsyncdir=checks"]

    def run(*how: str) -> list[str]:
        command = [sys.executable, "-m", "pytest", str(checks), "--host", "a,b", "--ops-report=r.json", *how]
        done = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, timeout=90, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return [one["id"] for one in report(pytester)["results"]]  # type: ignore[attr-defined]

    with StandInWeb() as other:
        (checks / "opscheck.toml").write_text(f'[hosts.a]\nurl = "{web.url}"\n[hosts.b]\nurl = "{other.url}"\n')
        home = run()
        web.asked.clear()
        other.asked.clear()
        away = run(*spread)

        assert (len(away), away) == (48, home)
        assert (web.asked["/ready"], other.asked["/ready"]) == (25, 25)


def test_the_host_is_read_from_the_node_id() -> None:
    """The longest known name wins; a test without a host is a unit of its own."""
    hosts = ["prod", "prod-eu"]

    assert by_host("suites/a.py::t[prod]", hosts) == "prod"
    assert by_host("suites/a.py::t[prod-eu-3]", hosts) == "prod-eu"
    assert by_host("suites/a.py::t[prod-3]", hosts) == "prod"
    assert by_host("suites/a.py::t", hosts) == "suites/a.py::t"

"""How runs end: broken off, with failures outside the checks, with suites that misbehave. Never green by accident."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.standins.web import StandInWeb

Suite = Callable[..., None]

# A shell that started the tests in the background lets its children ignore the signal.
HEARS_CTRL_C = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main(sys.argv[1:]))
"""
TEARDOWN = """
import pytest

@pytest.fixture
def late():
    yield
    assert 1 == 2

def test_page(page, expect, late):
    expect(answers(page))
"""
PAGE = "def test_page(page, expect):\n    expect(answers(page))\n"


def decision(pytester: pytest.Pytester) -> str:
    """Of the last report."""
    return str(json.loads((pytester.path / "r.json").read_text())["summary"]["decision"])


def test_ctrl_c_is_never_go(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """A run that was broken off says so and how far it came; what passed until then is not a GO."""
    suite(
        PAGE + "def test_slow(slow, expect):\n    expect(answers(slow))\n",
        "import asyncio\n@observation()\nasync def slow(host, probe):\n    await asyncio.sleep(30)\n",
    )
    command = [sys.executable, "-c", HEARS_CTRL_C, "--host", web.url, "--ops-report=r.json", "--ops-exit-codes"]
    with subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.PIPE, text=True) as process:
        while not web.asked["/ready"]:
            time.sleep(0.05)
        time.sleep(1)
        os.kill(process.pid, signal.SIGINT)
        shown, _ = process.communicate(timeout=20)

    assert process.returncode == 2
    assert decision(pytester) == "UNMEASURED"
    assert "broken off: 1 of 2 selected tests have a verdict" in shown


@pytest.mark.parametrize(
    "tests",
    [
        PAGE + "    assert 1 == 2\n",
        PAGE + "def test_plain():\n    assert 1 == 2\n",
        TEARDOWN,
    ],
    ids=["assert behind a pass", "a test that is no check", "teardown"],
)
def test_a_failure_outside_the_checks_stays_red(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, tests: str
) -> None:
    """The exit code never turns what pytest saw fail into a GO."""
    suite(tests)

    result = pytester.runpytest_subprocess("--host", web.url, "--ops-exit-codes", "--ops-report=r.json")

    assert result.ret != 0


def test_nothing_judged_is_not_go(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """Every check inapplicable: UNMEASURED by exit code, too."""
    suite(
        "def test_kb(kb, expect):\n    expect(answers(kb))\n",
        "@observation(needs=('kb_recommend',))\nasync def kb(host, probe): ...\n",
    )

    assert pytester.runpytest_subprocess("--host", web.url, "--ops-exit-codes").ret == 30


@pytest.mark.parametrize("ending", ["pytest.skip('x')", "raise SystemExit(3)", "pytest.fail('x')"])
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_an_observation_that_ends_oddly_does_not_hang_the_run(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, ending: str, workers: tuple[str, ...]
) -> None:
    """Whatever a suite's coroutine raises is told to its tests."""
    suite(
        PAGE + "def test_odd(odd, expect):\n    expect(answers(odd))\n",
        f"import pytest\n@observation()\nasync def odd(host, probe):\n    {ending}\n",
    )

    result = pytester.runpytest_subprocess("--host", web.url, *workers, timeout=30)

    result.assert_outcomes(passed=1, errors=1)


def test_a_host_that_is_down_is_never_green(suite: Suite, pytester: pytest.Pytester) -> None:
    """An expected failure does not swallow the root cause that everybody else is blocked behind."""
    suite("import pytest\n@pytest.mark.xfail(strict=False)\n" + PAGE + PAGE.replace("test_page", "test_two"))

    result = pytester.runpytest_subprocess("--host", "http://127.0.0.1:9")

    result.assert_outcomes(xfailed=1, failed=1)


def test_a_report_that_cannot_be_written_is_no_leak(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """One line that says what and where; the run is not called green."""
    suite(PAGE)
    (pytester.path / "folder.html").mkdir()

    result = pytester.runpytest_subprocess("--host", web.url, "--ops-report=folder.html")

    assert result.ret == 4
    assert "SECRET" not in result.stdout.str()
    result.stdout.fnmatch_lines(["no report: *folder.html*"])


def test_what_cannot_be_handed_over_is_asked_once(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """A result that does not pickle is the suite's mistake, told by every worker, and costs one request."""
    suite(
        "import pytest\n@pytest.mark.parametrize('n', range(6))\ndef test_it(n, odd, expect): expect(answers(odd))\n",
        "@observation()\nasync def odd(host, probe):\n"
        "    await probe.http(host.post('chat', {}))\n    return lambda: 1\n",
    )

    pytester.runpytest_subprocess("--host", web.url, "-n", "3").assert_outcomes(errors=6)

    assert web.asked["/v1/chat/completions"] == 1


def test_nothing_is_sent_when_no_test_will_run(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """A collection error elsewhere, --setup-plan and --collect-only leave the host alone."""
    suite(PAGE)
    pytester.makepyfile(test_broken="raise RuntimeError\n")

    pytester.runpytest_subprocess("--host", web.url)
    pytester.runpytest_subprocess("--host", web.url, "test_user.py", "--setup-plan")
    pytester.runpytest_subprocess("--host", web.url, "test_user.py", "--collect-only", "--ops-report=r.json")

    assert web.connections == 0
    assert not (pytester.path / "r.json").exists()


OUTSIDE = {
    "teardown": TEARDOWN,
    "plain test": PAGE + "def test_plain():\n    assert 1 == 2\n",
    "worker": PAGE + "import os\ndef test_dies():\n    os._exit(3)\n",
    "host test in a worker": PAGE + "import os\ndef test_dies(ops_host):\n    os._exit(3)\n",
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_report_knows_what_failed_outside_of_the_checks(
    name: str, suite: Suite, pytester: pytest.Pytester, web: StandInWeb
) -> None:
    """Whoever reads the report alone, a watcher or a release, must not take the run for a GO."""
    suite(OUTSIDE[name])
    more = ("-n", "2") if "worker" in name else ()
    done = pytester.runpytest_subprocess(f"--host={web.url}", "--ops-report=r.json", *more, timeout=60)
    told = json.loads((pytester.path / "r.json").read_text())

    assert done.ret == 1
    assert told["summary"]["decision"] == "UNMEASURED"
    assert told["incomplete"].startswith("failed outside of the checks: test_user.py::test_")


def test_a_file_that_cannot_be_collected_is_told(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """Also where pytest is told to go on."""
    suite(PAGE)
    pytester.makepyfile(test_broken="import nowhere")
    pytester.runpytest_subprocess(f"--host={web.url}", "--ops-report=r.json", "--continue-on-collection-errors")
    told = json.loads((pytester.path / "r.json").read_text())

    assert told["summary"]["decision"] == "UNMEASURED"
    assert told["incomplete"] == "failed outside of the checks: test_broken.py"


@pytest.mark.parametrize("outcomes", ['["FAIL", "UNMEASURED"]', '["FAIL", "UNMEASURED", "BLOCKED"]'])
def test_a_dead_host_is_red_whatever_is_waived_of_it(outcomes: str, suite: Suite, pytester: pytest.Pytester) -> None:
    """What is blocked for the same reason has a root of its own that fails."""
    suite(PAGE + "def test_other(page, expect):\n    expect(replace_check(answers(page)))\n", REPLACE)
    pytester.makefile(
        ".toml",
        waivers=f"""
checks = ["answers", "other"]
[[waiver]]
check = "answers"
host = "*"
reason = "known"
owner = "Ada"
expires = 2099-01-01
outcomes = {outcomes}
""",
    )
    more = ("--ops-report=r.json", "--ops-waivers=waivers.toml")
    done = pytester.runpytest_subprocess("--host=http://127.0.0.1:9", *more)
    told = {one["check"]: one["outcome"] for one in json.loads((pytester.path / "r.json").read_text())["results"]}

    assert done.ret == 1
    assert told == {"answers": "WAIVED", "other": "UNMEASURED"}


REPLACE = """
from dataclasses import replace

def replace_check(verdict):
    return replace(verdict, check="other")
"""

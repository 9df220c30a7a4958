"""From verdicts to pytest outcomes, and what a failure shows."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.standins.web import StandInWeb

Suite = Callable[..., None]

FORTY = """
import pytest

@pytest.mark.parametrize("n", range(40))
def test_page(n, page, expect):
    expect(answers(page))
"""
ONE = """
def test_page(page, expect):
    '''The page is there.'''
    expect(answers(page))
"""


def test_a_pass_is_a_pass(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """One check, one request, exit code 0."""
    suite(ONE)

    result = pytester.runpytest_subprocess("--host", web.url)

    result.assert_outcomes(passed=1)
    assert (result.ret, dict(web.asked)) == (0, {"/ready": 1})


def test_a_failure_is_told_in_at_most_twelve_lines(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """What, where, expected, got, phases and a curl line; no frame of the framework."""
    web.answers["/ready"] = (503, b"{}")
    suite(ONE)

    result = pytester.runpytest_subprocess("--host", web.url, "-p", "no:terminalreporter", "--ops-report", "r.json")
    shown = pytester.runpytest_subprocess("--host", web.url)

    text = shown.stdout.str()
    body = text.split("___\n", 1)[1].split("\n===", 1)[0].strip().splitlines()
    assert len(body) <= 12
    assert {"expected status 200", "got      status 503"} <= {line.strip() for line in body}
    assert f"curl -sS -i {web.url}/ready" in text
    assert "opscheck/plugin" not in text
    assert result.ret == 1


def test_could_not_measure_is_another_exception_than_a_failure(suite: Suite, pytester: pytest.Pytester) -> None:
    """Nobody listens: UNMEASURED, and nothing of it is called FAIL."""
    suite(ONE)

    result = pytester.runpytest_subprocess("--host", "http://127.0.0.1:9", "-rA")

    result.assert_outcomes(failed=1)
    assert "opscheck.CouldNotMeasure" in result.stdout.str()
    assert "opscheck.CheckFailed" not in result.stdout.str()
    assert "1 UNMEASURED" in result.stdout.str()


def test_one_root_cause_and_the_rest_is_blocked(suite: Suite, pytester: pytest.Pytester) -> None:
    """An unreachable host costs one red line, not two hundred."""
    suite(FORTY)

    result = pytester.runpytest_subprocess("--host", "http://127.0.0.1:9", "--ops-report", "r.json")

    report = json.loads((pytester.path / "r.json").read_text())
    counts = report["summary"]["counts"]
    assert (counts["UNMEASURED"], counts["BLOCKED"], counts.get("FAIL", 0)) == (1, 39, 0)
    assert {one["evidence"]["cause"] for one in report["results"]} == {"127.0.0.1-9:agent:refused"}
    result.assert_outcomes(failed=1, skipped=39)


def test_degraded_passes_and_fails_under_strict(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """A pass that needed several attempts is never plain green."""
    suite(
        "def test_page(late, expect):\n    expect(answers(late))\n",
        "@observation()\nasync def late(host, probe):\n"
        "    seen = []\n"
        "    async def take():\n"
        "        seen.append(1)\n"
        "        return await probe.http(host.request('readiness'), fresh=True)\n"
        "    return await probe.eventually(take, lambda one: len(seen) == 3, interval=0.01)\n",
    )

    lax = pytester.runpytest_subprocess("--host", web.url, "--ops-exit-codes")
    strict = pytester.runpytest_subprocess("--host", web.url, "--ops-strict")

    assert (lax.ret, strict.ret) == (10, 1)
    assert "only after 3 attempts" in strict.stdout.str()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 20), (None, 30)], ids=["go", "fail", "unmeasured"])
def test_exit_codes(suite: Suite, pytester: pytest.Pytester, web: StandInWeb, status: int | None, code: int) -> None:
    """GO 0, FAIL 20, UNMEASURED 30, when asked for; pytest's own otherwise."""
    web.answers["/ready"] = (status or 200, b"{}")
    url = web.url if status else "http://127.0.0.1:9"
    suite(ONE)

    assert pytester.runpytest_subprocess("--host", url, "--ops-exit-codes").ret == code
    assert pytester.runpytest_subprocess("--host", url).ret == (0 if code == 0 else 1)


def test_a_suite_that_breaks_is_told_as_such(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """An exception in an observation is nobody's verdict: an error that shows the suite's line."""
    suite(
        "def test_page(broken, expect):\n    expect(answers(broken))\n",
        "@observation()\nasync def broken(host, probe):\n    return {}['nope']\n",
    )

    result = pytester.runpytest_subprocess("--host", web.url)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["observation broken of conftest.py raised:", "KeyError: 'nope'*", "*SuiteBroken*"])


def test_an_observation_without_expect_is_guarded(suite: Suite, pytester: pytest.Pytester) -> None:
    """A plain assert on what could not be measured is UNMEASURED, not an AttributeError."""
    suite("def test_page(page):\n    assert page.status == 200\n")

    result = pytester.runpytest_subprocess("--host", "http://127.0.0.1:9")

    assert "CouldNotMeasure" in result.stdout.str()
    assert "AttributeError" not in result.stdout.str()

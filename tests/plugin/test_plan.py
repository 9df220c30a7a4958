"""What is asked is known beforehand, asked once, and concurrently."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.standins.web import StandInWeb

Suite = Callable[..., None]

PAGE = "def test_page(page, expect):\n    expect(answers(page))\n\n"
MANY = """
import pytest
@pytest.mark.parametrize("n", range(30))
def test_many(n, numbered, expect):
    expect(answers(numbered))
"""
CIRCLE = """
@observation()
async def numbered(host, probe, other): ...

@observation()
async def other(host, probe, numbered): ...
"""
NUMBERED = """
@observation(needs=("readiness",))
async def numbered(host, probe, n):
    return await probe.http(host.request("readiness", n=str(n)))
"""


def test_a_request_that_many_tests_want_is_sent_once(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """Measure once, judge many."""
    suite("".join(f"def test_{n}(page, expect):\n    expect(answers(page))\n" for n in range(20)))

    result = pytester.runpytest_subprocess("--host", web.url)

    result.assert_outcomes(passed=20)
    assert web.asked["/ready"] == 1
    result.stdout.fnmatch_lines(["spent: 1 request*"])


def test_two_observations_with_the_same_get_send_it_once(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb
) -> None:
    """Requests are deduplicated below the observations, too."""
    suite(
        PAGE + "def test_same(same, expect):\n    expect(answers(same))\n",
        "@observation()\nasync def same(host, probe):\n    return await probe.http(host.request('readiness'))\n",
    )

    pytester.runpytest_subprocess("--host", web.url).assert_outcomes(passed=2)

    assert web.asked["/ready"] == 1


def test_observations_run_concurrently(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """Thirty slow answers are under way at the same time."""
    web.delay = 0.1
    suite(MANY, NUMBERED)

    pytester.runpytest_subprocess("--host", web.url).assert_outcomes(passed=30)

    assert web.most >= 8


def test_a_hosts_limits_hold(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """No more at a time, and no more per second, than the host file allows."""
    web.delay = 0.02
    suite(MANY, NUMBERED)
    pytester.path.joinpath("opscheck.toml").write_text(
        f'[hosts.prod]\nurl = "{web.url}"\nlimits = {{ concurrency = 3, requests_per_second = 60 }}\n'
    )

    pytester.runpytest_subprocess("--host", "prod").assert_outcomes(passed=30)

    spans = sorted(at for _, at in web.at)
    assert web.most <= 3
    assert spans[-1] - spans[0] >= 29 / 60 * 0.95


def test_the_plan_asks_nothing(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """`--ops-plan` and `--collect-only` do no I/O."""
    suite(MANY, NUMBERED)

    planned = pytester.runpytest_subprocess("--host", web.url, "--ops-plan")
    collected = pytester.runpytest_subprocess("--host", web.url, "--collect-only", "-q")

    assert planned.stdout.str().count("numbered(n=") == 30
    assert "test_many[127.0.0.1-" in collected.stdout.str()
    assert (web.connections, planned.ret, collected.ret) == (0, 0, 0)


def test_serial_observations_run_alone(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """A check that judges latency is not disturbed by the run itself."""
    web.delay = 0.02
    suite(
        MANY + "def test_latency(timed, expect):\n    expect(answers(timed))\n",
        NUMBERED + "@observation(serial=True)\nasync def timed(host, probe):\n"
        "    return await probe.http(host.request('liveness'))\n",
    )

    pytester.runpytest_subprocess("--host", web.url).assert_outcomes(passed=31)

    assert web.at[-1][0] == "/healthz"
    assert web.at[-1][1] - web.at[-2][1] >= 0.015


def test_an_observation_uses_anothers_result(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """Several steps: the second request is made from the first answer."""
    web.answers["/ready"] = (200, b'{"next": "/models"}')
    suite(
        "def test_second(second, expect):\n    expect(answers(second))\n",
        "import json\nfrom opscheck import Request\n"
        "@observation()\nasync def second(host, probe, page):\n"
        "    path = json.loads(page.body)['next']\n"
        "    return await probe.http(Request('GET', host.components['agent'].url + path))\n",
    )

    pytester.runpytest_subprocess("--host", web.url).assert_outcomes(passed=1)

    assert dict(web.asked) == {"/ready": 1, "/models": 1}


@pytest.mark.parametrize(
    ("conftest", "line"),
    [
        ("@observation()\nasync def numbered(host, probe, nn): ...\n", "*takes 'nn', which is neither host, probe,*"),
        (
            CIRCLE,
            "*ask for each other in a circle*",
        ),
    ],
    ids=["unknown argument", "circle"],
)
def test_a_wrong_declaration_is_one_line(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, conftest: str, line: str
) -> None:
    """An observation that cannot be planned ends the run before anything is asked."""
    suite(MANY, conftest)

    result = pytester.runpytest_subprocess("--host", web.url)

    assert (result.ret, web.connections) == (4, 0)
    result.stderr.fnmatch_lines([line])


def test_what_does_not_apply_is_told(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """A check without its endpoint is deselected, counted and listed with the reason."""
    suite(
        PAGE + "def test_kb(kb, expect):\n    expect(answers(kb))\n",
        "@observation(needs=('kb_recommend',))\nasync def kb(host, probe):\n    return None\n",
    )

    result = pytester.runpytest_subprocess("--host", web.url, "--ops-report", "r.json")

    result.assert_outcomes(passed=1, deselected=1)
    (gap,) = json.loads((pytester.path / "r.json").read_text())["not_applicable"]
    assert (gap["id"].rpartition("[")[0], gap["why"]) == (
        "test_user.py::test_kb",
        "system reference promises no endpoint kb_recommend",
    )


def test_mutating_observations_need_permission(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """Refused by default; allowed by the flag; on a sensitive host not by the flag, and not by being named alone."""
    suite(
        "def test_write(write, expect):\n    expect(answers(write))\n",
        "@observation(mutating=True)\nasync def write(host, probe):\n"
        "    return await probe.http(host.request('readiness'))\n",
    )
    toml = pytester.path / "opscheck.toml"
    toml.write_text(f'[hosts.prod]\nurl = "{web.url}"\nsensitive = true\n[hosts.stage]\nurl = "{web.url}"\n')

    pytester.runpytest_subprocess("--host", "stage").assert_outcomes(deselected=1)
    pytester.runpytest_subprocess("--host", "stage", "--ops-allow-mutating").assert_outcomes(passed=1)
    pytester.runpytest_subprocess("--host", "prod", "--ops-allow-mutating").assert_outcomes(deselected=1)
    named = pytester.runpytest_subprocess("--host", "prod", "--ops-allow-mutating", "test_user.py::test_write[prod]")
    named.assert_outcomes(deselected=1)  # tests/window/test_refusal.py has the window that lets it run


def test_a_token_budget_is_kept(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """What the budget no longer covers is UNMEASURED and not asked."""
    suite(
        MANY,
        "@observation(cost=Cost(1, 100))\nasync def numbered(host, probe, n):\n"
        "    return await probe.http(host.request('readiness', n=str(n)))\n",
    )
    pytester.path.joinpath("opscheck.toml").write_text(
        f'[hosts.prod]\nurl = "{web.url}"\nlimits = {{ tokens = 1050 }}\n'
    )

    result = pytester.runpytest_subprocess("--host", "prod")

    result.assert_outcomes(passed=10, failed=20)
    assert web.asked["/ready"] == 10


def test_a_folder_without_suites_says_where_they_are(pytester: pytest.Pytester) -> None:
    """Whoever follows a runbook in a folder of their own is told the command that runs the shipped suites."""
    pytester.makefile(".toml", opscheck='[hosts.prod]\nsystem = "reference"\nurls = { agent = "http://127.0.0.1:9" }\n')
    here = pytester.runpytest_subprocess("-m", "smoke", "--host=prod")
    other = pytester.runpytest_subprocess("-m", "nothing_of_ours")

    here.stdout.fnmatch_lines(['*opscheck run -m "smoke"*'])
    other.stdout.no_fnmatch_line("*opscheck run -m*")

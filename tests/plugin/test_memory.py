"""Whose answer is whose: nothing is answered for another request, another parameter or another declaration."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.standins.web import StandInWeb

Suite = Callable[..., None]


def test_another_key_gets_another_answer(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two requests that differ only in a secret's value are two requests."""
    suite(
        "def test_two(both, expect):\n    expect(answers(both))\n",
        "from opscheck.redact import Secret\nfrom opscheck import Request\n"
        "@observation()\nasync def both(host, probe):\n"
        "    url = host.url('readiness')\n"
        "    await probe.http(Request('GET', url, (('authorization', Secret('token', 'right-one')),)))\n"
        "    return await probe.http(Request('GET', url, (('authorization', Secret('token', 'wrong-one')),)))\n",
    )

    pytester.runpytest_subprocess("--host", web.url).assert_outcomes(passed=1)

    assert [("right-one" in head, "wrong-one" in head) for head in web.heads] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("call", "times"),
    [
        ("probe.eventually(take, lambda seen: False, interval=0.01, most=5, deadline=9)", 5),
        ("(await probe.sample(4, take)).taken[0]", 4),
    ],
    ids=["eventually", "sample"],
)
def test_asking_again_asks_the_host(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, call: str, times: int
) -> None:
    """What is repeated on purpose does not come from memory."""
    awaited = call if call.startswith("(") else f"await {call}"
    suite(
        "def test_it(seen, expect):\n    expect(answers(seen))\n",
        "@observation()\nasync def seen(host, probe):\n"
        "    async def take():\n        return await probe.http(host.request('readiness'))\n"
        f"    return {awaited}\n",
    )

    pytester.runpytest_subprocess("--host", web.url)

    assert web.asked["/ready"] == times


def test_values_that_print_alike_are_told_apart(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """A parameter's identity is the test's, not its repr."""
    suite(
        "import pytest\nclass Case:\n    def __init__(self, n): self.n = n\n    def __repr__(self): return 'Case'\n"
        "@pytest.mark.parametrize('case', [Case(1), Case(2)])\n"
        "def test_it(case, asked, expect):\n    assert asked.request.url.endswith(f'n={case.n}')\n",
        "@observation()\nasync def asked(host, probe, case):\n"
        "    return await probe.http(host.request('readiness', n=str(case.n)))\n",
    )

    pytester.runpytest_subprocess("--host", web.url).assert_outcomes(passed=2)


def test_two_observations_of_one_name_in_two_folders(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """Each test gets that of its own folder, packages or not."""
    suite("")
    (pytester.path / "test_user.py").unlink()
    for name in ("alpha", "beta"):
        folder = pytester.mkdir(name)
        (folder / "conftest.py").write_text(
            "from opscheck import observation\n@observation()\nasync def where(host, probe):\n"
            f"    return await probe.http(host.request('readiness', at='{name}'))\n"
        )
        (folder / f"test_{name}.py").write_text(
            f"def test_it(where, expect):\n    assert where.request.url.endswith('at={name}')\n"
        )

    pytester.runpytest_subprocess("--host", web.url, "-k", "test_it").assert_outcomes(passed=2)


def test_a_plain_fixture_replaces_an_observation(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """An override in the test's own module counts, and nothing is sent for what it replaces."""
    suite(
        "import pytest\n@pytest.fixture\ndef page():\n    return 7\n\n"
        "def test_it(page, ops_host):\n    assert page == 7\n"
    )

    pytester.runpytest_subprocess("--host", web.url).assert_outcomes(passed=1)

    assert web.connections == 0


def test_a_workers_second_step_carries_the_key(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request taken from another worker's result is sent with the secret, which never lay on disk."""
    monkeypatch.setenv("PROD_KEY", "a-long-secret-value")
    (pytester.path / "opscheck.toml").write_text(
        f'[hosts.prod]\nurl = "{web.url}"\nsecrets = {{ api_key = {{ env = "PROD_KEY" }} }}\n'
    )
    suite(
        "import pytest\n@pytest.mark.parametrize('n', range(9))\n"
        "def test_it(n, second, expect): expect(answers(second))\n",
        "from dataclasses import replace\n"
        "@observation()\nasync def first(host, probe):\n    return await probe.http(host.post('chat', {}))\n"
        "@observation()\nasync def second(host, probe, first, n):\n"
        "    return await probe.http(replace(first.request, url=host.url('agent', n=str(n))))\n",
    )

    pytester.runpytest_subprocess("--host", "prod", "-n", "3").assert_outcomes(passed=9)

    assert all("Bearer a-long-secret-value" in head for head in web.heads)


def test_a_limit_below_the_number_of_workers_holds(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """One at a time means one, however many workers there are."""
    web.delay = 0.05
    (pytester.path / "opscheck.toml").write_text(f'[hosts.prod]\nurl = "{web.url}"\nlimits = {{ concurrency = 1 }}\n')
    suite(
        "import pytest\n@pytest.mark.parametrize('n', range(9))\ndef test_it(n, one, expect): expect(answers(one))\n",
        "@observation()\nasync def one(host, probe, n):\n"
        "    return await probe.http(host.request('readiness', n=str(n)))\n",
    )

    pytester.runpytest_subprocess("--host", "prod", "-n", "3").assert_outcomes(passed=9)

    assert web.most == 1


def test_the_users_timeout_is_the_most_a_request_takes(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb
) -> None:
    """A suite may wait long by itself; what the user says on the command line bounds it."""
    web.delay = 3
    suite(
        "def test_it(patient, expect):\n    expect(answers(patient))\n",
        "@observation()\nasync def patient(host, probe):\n"
        "    return await probe.http(host.request('readiness'), timeout=60)\n",
    )

    result = pytester.runpytest_subprocess("--host", web.url, "--ops-timeout", "0.5")

    assert "no answer within 0.5 s" in result.stdout.str()


def test_a_conftest_that_owns_host_is_left_alone(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """A project that has its own --host keeps it, default and all; --ops-host is ours."""
    suite(
        "def test_page(page, expect):\n    expect(answers(page))\n",
        "def pytest_addoption(parser):\n    parser.addoption('--host', default='localhost')\n",
    )

    theirs = pytester.runpytest_subprocess("--collect-only")
    ours = pytester.runpytest_subprocess("--ops-host", web.url)

    assert theirs.ret == 0
    ours.assert_outcomes(passed=1)


def test_the_word_behind_host_is_no_path(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """`--host URL` loads the conftests of the suite, not those of folders that only look like tests."""
    suite("def test_page(page, expect):\n    expect(answers(page))\n", ini="testpaths = test_user.py\n")
    (pytester.mkdir("tests") / "conftest.py").write_text("raise RuntimeError('not asked for')\n")

    pytester.runpytest_subprocess("--host", web.url).assert_outcomes(passed=1)

"""A user's own suite with a file of waivers beside its host file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.conftest import SUITE, web  # noqa: F401 - fixtures are found by name
from tests.standins.web import StandInWeb

TESTS = '''
import pytest
from conftest import *
from conftest import answers

@pytest.mark.smoke
def test_page(page, expect):
    """The page answers 200."""
    expect(answers(page))
'''
MORE = '''
@check("weakly", promise="it is not weak", concern="smoke", faults={"weak": "it is"})
def weakly(answer):
    """Always weak."""
    return Verdict("", Outcome.DEGRADED, "it is weak")

@check("never", promise="it never fails", concern="smoke", faults={"fails": "it does"})
def never(answer):
    """Always fails."""
    return Verdict("", Outcome.FAIL, "it fails all the same")
'''
Run = Callable[..., tuple[pytest.RunResult, dict[str, Any]]]


def waiver(**fields: str) -> str:
    """One waiver that holds, as TOML; a field's value is written as it is given."""
    given = {
        "check": '"answers"',
        "host": '"prod"',
        "reason": '"moved to the next release"',
        "owner": '"ops"',
        "expires": "2199-12-31",
        **fields,
    }
    return "[[waiver]]\n" + "".join(f"{key} = {value}\n" for key, value in given.items() if value)


@pytest.fixture
def run(pytester: pytest.Pytester, web: StandInWeb, monkeypatch: pytest.MonkeyPatch) -> Run:  # noqa: F811 - the fixture
    """Write suite, host file and waivers, run them, and hand back what pytest said and what the report says."""
    monkeypatch.delenv("OPSCHECK_HOST", raising=False)

    def go(
        waivers: str,
        *options: str,
        status: int | None = 503,
        tests: str = TESTS,
        suite: str = SUITE + MORE,
        host: str = "",
    ) -> tuple[pytest.RunResult, dict[str, Any]]:
        web.answers["/ready"] = (status or 200, b"{}")
        url = web.url if status else "http://127.0.0.1:9"
        pytester.makeconftest(suite)
        pytester.makepyfile(test_user=tests)
        pytester.makeini("[pytest]\naddopts = -p no:cacheprovider --strict-markers\n")
        Path("opscheck.toml").write_text(f'[hosts.prod]\nsystem = "reference"\nurls = {{ agent = "{url}" }}\n{host}')
        Path("waivers.toml").write_text(waivers)
        done = pytester.runpytest_subprocess("--host=prod", "--ops-report=r.json", "-rx", *options)
        report = Path("r.json")
        return done, json.loads(report.read_text()) if report.is_file() else {}

    return go

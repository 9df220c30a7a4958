"""A run inside a GitHub workflow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.standins.web import StandInWeb

TESTS = """
def test_page(page, expect):
    expect(answers(page, status=204))
"""


@pytest.fixture
def workflow(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a step; gives the file of its summary."""
    summary = pytester.path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(pytester.path))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    return summary


@pytest.mark.parametrize("how", [(), ("-n", "2")], ids=["alone", "distributed"])
def test_a_failure_is_shown_at_its_test(
    pytester: pytest.Pytester, suite: Callable[..., None], web: StandInWeb, workflow: Path, how: tuple[str, ...]
) -> None:
    """File and line are those of the test; the summary is appended once."""
    suite(TESTS)
    done = pytester.runpytest_subprocess(f"--host={web.url}", *how)

    done.stdout.fnmatch_lines(
        ["::error file=test_user.py,line=4,title=opscheck%3A answers on *::answered 200%0Aexpected*"]
    )
    assert workflow.read_text().count("# opscheck: FAIL: 1 of 1 check failed") == 1


def test_an_installed_suite_points_at_the_host(
    pytester: pytest.Pytester,
    suite: Callable[..., None],
    web: StandInWeb,
    workflow: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The test is not the repository's; the line of the host in the host file is."""
    suite(TESTS)
    repository = pytester.mkdir("repository")
    (repository / "opscheck.toml").write_text(
        f'# hosts\n\n[hosts.prod]\nsystem = "reference"\nurls = {{ agent = "{web.url}" }}\n'
    )
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    done = pytester.runpytest_subprocess(f"--ops-inventory={repository / 'opscheck.toml'}", "--host=prod")

    done.stdout.fnmatch_lines(["::error file=opscheck.toml,line=3,title=opscheck%3A answers on prod::*"])


def test_nothing_is_told_elsewhere(
    pytester: pytest.Pytester,
    suite: Callable[..., None],
    web: StandInWeb,
    workflow: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Outside of a workflow there are neither annotations nor a summary."""
    monkeypatch.delenv("GITHUB_ACTIONS")
    suite(TESTS)
    done = pytester.runpytest_subprocess(f"--host={web.url}")

    done.stdout.no_fnmatch_line("::*")
    assert not workflow.exists()


def test_a_summary_that_cannot_be_written_is_one_line(
    pytester: pytest.Pytester,
    suite: Callable[..., None],
    web: StandInWeb,
    workflow: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The run's verdict stays what it is."""
    suite(TESTS.replace("204", "200"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pytester.path / "none" / "summary.md"))
    done = pytester.runpytest_subprocess(f"--host={web.url}")

    done.stdout.fnmatch_lines(["no step summary: the step's summary * cannot be written: No such file or directory"])
    assert done.ret == 0

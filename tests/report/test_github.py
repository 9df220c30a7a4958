"""Annotations and the step's summary of a GitHub workflow."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from opscheck.errors import OptionError, SecretLeak
from opscheck.model import Outcome
from opscheck.redact import Redactor, Secret
from opscheck.report.github import SHOWN_OF_A_KIND, SUMMARY_BYTES, Place, step_summary, workflow_commands
from opscheck.report.write import append_step_summary
from tests.report.sample import hostile, large, realistic

COMMAND = re.compile(r"::(error|warning) ((?:[a-z]+=[^,:\n]*)(?:,[a-z]+=[^,:\n]*)*)::([^\r\n]+)")


def _redactor(name: str, value: str) -> Redactor:
    redactor = Redactor()
    redactor.register(Secret(name, value))
    return redactor


def properties(line: str) -> dict[str, str]:
    """What stands between the name of a command and its message."""
    match = COMMAND.fullmatch(line)
    assert match, line
    return dict(one.split("=", 1) for one in match[2].split(","))


def test_causes_and_failures_are_errors_and_degraded_is_a_warning() -> None:
    """Each is told once; what is blocked behind a cause is only counted."""
    report = realistic()
    lines = workflow_commands(report, {})
    blocked = [result for result in report.results if result.outcome is Outcome.BLOCKED]
    degraded = [result for result in report.results if result.outcome is Outcome.DEGRADED]

    assert blocked
    assert [line.startswith("::warning ") for line in lines].count(True) == len(degraded) > 0
    assert not any(f"{result.check} on" in line for result in blocked for line in lines)
    assert any("blocked behind it" in line for line in lines)
    for failed in (result for result in report.results if result.outcome is Outcome.FAIL):
        assert [line for line in lines if f"title=opscheck%3A {failed.check} on {failed.host}::" in line]


def test_file_and_line_of_the_test() -> None:
    """Where it is known; a place without a line points at the top of the file."""
    report = realistic()
    failed = next(result for result in report.results if result.outcome is Outcome.FAIL)
    with_line = workflow_commands(report, {failed.id: Place("suites/a,b:c.py", 12)})
    without = workflow_commands(report, {failed.id: Place("opscheck.toml")})

    assert {(told.get("file"), told.get("line")) for told in map(properties, with_line)} == {
        (None, None),
        ("suites/a%2Cb%3Ac.py", "12"),
    }
    assert ("opscheck.toml", "1") in {(told.get("file"), told.get("line")) for told in map(properties, without)}


def test_no_text_of_a_service_makes_a_command_of_its_own() -> None:
    """Every line is one command, whatever the texts are."""
    lines = workflow_commands(hostile(), {})

    assert lines
    assert all(COMMAND.fullmatch(line) for line in lines)


def test_the_last_that_github_shows_tells_how_many_there_are() -> None:
    """It drops what is beyond; nobody would know."""
    lines = workflow_commands(large(2000, 2000), {})

    assert len(lines) == SHOWN_OF_A_KIND
    assert "1,991 more" in lines[-1]


def test_degraded_is_an_error_of_a_strict_run() -> None:
    """It fails the run, so it is no warning."""
    lines = workflow_commands(replace(realistic(), strict=True), {})

    assert not any(line.startswith("::warning") for line in lines)


def test_the_summary_stays_below_the_cap() -> None:
    """GitHub refuses a longer one as a whole, together with what earlier commands of the step wrote."""
    whole = step_summary(realistic())
    cut = step_summary(realistic(), SUMMARY_BYTES - 700)

    assert "Cut here" not in whole
    assert cut.endswith("has all of it.\n")
    assert 0 < len(cut.encode()) <= 700
    assert step_summary(realistic(), SUMMARY_BYTES) == ""


def test_a_summary_is_appended_and_masked(tmp_path: Path) -> None:
    """Another tool's text stays."""
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    report = realistic()
    append_step_summary(report, path, _redactor("word", report.hosts[0].name))

    assert path.read_text().startswith("before\n# opscheck: ")
    assert "[secret word]" in path.read_text()
    assert report.hosts[0].name not in path.read_text()


def test_a_summary_that_cannot_be_written(tmp_path: Path) -> None:
    """One line says so; a secret that is part of every summary is told before anything is written."""
    with pytest.raises(OptionError, match=r"the step's summary .* cannot be written"):
        append_step_summary(realistic(), tmp_path / "none" / "summary.md", Redactor())
    with pytest.raises((OptionError, SecretLeak), match="secret"):
        append_step_summary(realistic(), tmp_path / "summary.md", _redactor("common", "opscheck"))
    assert not (tmp_path / "summary.md").exists()

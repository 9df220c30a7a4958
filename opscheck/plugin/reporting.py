"""The controller's side: gather results, write reports, tell the summary, decide the exit code."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import opscheck
from opscheck.errors import OpscheckError, SecretLeak
from opscheck.plugin.options import report_paths, settings_of
from opscheck.plugin.redaction import LEAKS, TOLD, leaked, redactor_of
from opscheck.plugin.session import active, make_session
from opscheck.plugin.triaging import triaged
from opscheck.plugin.waiving import declared_checks, has_waiver_not_in_order, not_in_order, waivers_of
from opscheck.plugin.workers import KEPT, STARTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opscheck.model import Json
    from opscheck.report.run import RunReport

GATHERED: pytest.StashKey[Gathered] = pytest.StashKey()
REPORT: pytest.StashKey[RunReport] = pytest.StashKey()


@dataclass(slots=True)
class Gathered:
    """What came in so far."""

    results: list[Json] = field(default_factory=list)
    gaps: dict[str, str] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)
    spent: dict[str, tuple[int, int]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    unwritten: bool = False

    def add(self, result: Json, line: int | None) -> None:
        """A result; `line` is that of its test as pytest counts, from 0 on."""
        self.results.append(result)
        if line is not None:
            self.places[str(result["id"])] = line + 1

    def add_spent(self, spent: dict[str, Any]) -> None:
        """Requests and tokens of one process, by host."""
        for name, (requests, tokens) in spent.items():
            before = self.spent.get(name, (0, 0))
            self.spent[name] = (before[0] + requests, before[1] + tokens)


def gathered(config: pytest.Config) -> Gathered:
    """The run's results."""
    if GATHERED not in config.stash:
        config.stash[GATHERED] = Gathered()
    return config.stash[GATHERED]


def from_worker(config: pytest.Config, told: dict[str, Any]) -> None:
    """Controller: take over what a worker hands over."""
    into = gathered(config)
    into.gaps |= told["gaps"]
    into.checks |= set(told["checks"])
    into.add_spent(told["spent"])
    config.stash.setdefault(LEAKS, []).extend(told["leaks"])


def build(config: pytest.Config, incomplete: str = "") -> RunReport | None:
    """The report of the run; None where no test asked for a host."""
    from opscheck.report.run import Gap, HostInfo, Result, RunInfo, RunReport, Spent  # noqa: PLC0415 - only at the end

    into = gathered(config)
    local = active(config)
    if local is not None:
        into.gaps |= local.gaps
        into.checks |= set(declared_checks(config))
        into.add_spent(local.spent())
    if not into.results and not into.gaps:
        return None
    session = local or make_session(config)
    hosts = list(session.hosts.values())
    run = RunInfo(session.run_id, config.stash[STARTED], datetime.now(UTC), opscheck.__version__, _argv(config))
    spent = {
        host.name: Spent(*into.spent[host.name], budget_tokens=host.limits.tokens)
        for host in hosts
        if host.name in into.spent
    }
    results = [Result.from_dict(result) for result in sorted(into.results, key=lambda result: str(result["id"]))]
    results += not_in_order(config, session, into.checks, results)
    report = RunReport(
        run,
        [HostInfo(host.name, host.kind.value, host.system, host.sensitive) for host in hosts],
        results,
        [Gap(nodeid, why) for nodeid, why in sorted(into.gaps.items())],
        spent,
        notes=[*waivers_of(config).no_longer_needed(results), *(note for host in hosts for note in host.notes())],
        strict=settings_of(config).strict,
        incomplete=incomplete,
    )
    return replace(report, triage=triaged(config, report, session.hosts))


def _argv(config: pytest.Config) -> list[str]:
    """The command as the user typed it: what `opscheck run` adds for pytest is its own affair."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    words = sys.argv[1:] if name == "opscheck" else map(str, config.invocation_params.args)
    return [name, *map(redactor_of(config).text, words)]  # a URL may carry a password


def write(config: pytest.Config, report: RunReport) -> list[str]:
    """Write every report that was asked for; one line for each, or for why it could not be written."""
    from opscheck.report.write import write_reports  # noqa: PLC0415 - only at the end

    lines = []
    for path in report_paths(config):
        try:
            write_reports(report, [path], redactor_of(config))
        except SecretLeak as error:
            leaked(config, str(path), [str(error)])
        except OpscheckError as error:
            gathered(config).unwritten = True
            lines.append(f"no report: {error}")
        else:
            here = config.invocation_params.dir
            lines.append(f"report: {path.relative_to(here) if path.is_relative_to(here) else path}")
    return lines


def finish(session: pytest.Session, outside: Sequence[str]) -> None:
    """Controller, all tests done: make the report, write it, and let secrets that leaked fail the run.

    Args:
        outside: node ids of what failed without being a check's verdict: a plain test, a teardown, a worker that died.
    """
    config = session.config
    if config.option.collectonly or settings_of(config).plan:
        return
    report = build(config, _incomplete(session) or _failed_outside(outside))
    if report is None:
        return
    report = _recorded(config, report)
    config.stash[REPORT] = report
    gathered(config).lines = [*write(config, report), *_summarized(config, report)]
    if session.exitstatus == pytest.ExitCode.OK and has_waiver_not_in_order(report.results):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if settings_of(config).exit_codes:
        session.exitstatus = _exit_code(session, report, outside)
    if config.stash.get(LEAKS, []):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif gathered(config).unwritten and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.USAGE_ERROR


def _recorded(config: pytest.Config, report: RunReport) -> RunReport:
    """The report, with a note where it could not be appended to history."""
    from opscheck.plugin.recording import record  # noqa: PLC0415 - only at the end

    note = record(config, report)
    return replace(report, notes=[*report.notes, note]) if note else report


def _summarized(config: pytest.Config, report: RunReport) -> list[str]:
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return []
    from opscheck.plugin.github import summarize  # noqa: PLC0415 - only inside a workflow

    return [line for line in [summarize(config, report)] if line]


def _annotated(config: pytest.Config, report: RunReport) -> list[str]:
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return []
    from opscheck.plugin.github import annotation_lines  # noqa: PLC0415 - only inside a workflow

    return annotation_lines(config, report, gathered(config).places)


def _incomplete(session: pytest.Session) -> str:
    """Why not every test that was selected has its result; empty where each has."""
    selected = session.testscollected
    done = len(gathered(session.config).results)
    broken = bool(session.shouldstop or session.shouldfail) or session.exitstatus == pytest.ExitCode.INTERRUPTED
    return f"broken off: {done} of {selected} selected tests have a verdict" if broken and done < selected else ""


def _failed_outside(outside: Sequence[str]) -> str:
    """What the checks' verdicts do not tell of a run that failed; whoever reads its report must not take it for GO."""
    if not outside:
        return ""
    more = f" and {len(outside) - 1} more" if len(outside) > 1 else ""
    return f"failed outside of the checks: {outside[0]}{more}"


def _exit_code(session: pytest.Session, report: RunReport, outside: Sequence[str]) -> int:
    """The decision's code; a failure outside the checks, and a run that did not come to its end, keep pytest's own."""
    from opscheck.report.summary import Decision, decide, exit_code  # noqa: PLC0415 - only at the end

    mine = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
    told = report.decision if not outside else decide(report.results, strict=report.strict)
    red = told in (Decision.FAIL, Decision.UNMEASURED)
    if session.exitstatus in mine and (red or not session.testsfailed):
        return exit_code(told)
    return int(session.exitstatus)


def tell(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """The end of pytest's terminal output: counts, root causes, what did not apply, what was spent, the decision."""
    report = config.stash.get(REPORT, None)
    if report is not None:
        from opscheck.report.terminal import summary_lines  # noqa: PLC0415 - only where there is a report

        terminal.section("opscheck")
        for line in (*summary_lines(report, width=160), *gathered(config).lines, *_annotated(config, report)):
            terminal.write_line(redactor_of(config).text(line))
    for line in config.stash.get(KEPT, []):
        terminal.write_line(redactor_of(config).text(line))
    config.stash[TOLD] = len(config.stash.setdefault(LEAKS, []))
    for leak in config.stash[LEAKS]:
        terminal.write_line(f"opscheck: SECRET LEAK in {leak}; it was masked or withheld, the run fails", red=True)

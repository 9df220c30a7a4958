"""Hooks of the process that reports: the controller of a distributed run, or the only process there is."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from opscheck.plugin.markers import no_suites, unknown_marker
from opscheck.plugin.workers import FAILED, STARTED, forget_workers, tell_worker


class Controller:
    """Gathers what tests and workers hand over; the first result brings in the rest of the reporting."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._reports = False
        self._guarded = False
        self._outside: list[str] = []
        config.stash[STARTED] = datetime.now(UTC)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather a check's result."""
        result = getattr(report, "opscheck", None)
        if result is not None and report.outcome != "rerun":  # type: ignore[comparison-overlap] # pytest-rerunfailures
            from opscheck.plugin.reporting import gathered  # noqa: PLC0415 - only a run with checks

            gathered(self._config).add(result, line=report.location[1])
            self._reports = True
        elif report.failed:
            self._outside.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """What could not be collected has no verdict either, where pytest is told to go on all the same."""
        if report.failed:
            self._outside.append(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController
        """Tell a new worker where the workers of this machine meet."""
        tell_worker(self._config, node.workerinput, here=bool(node.gateway.spec.popen))
        if not self._guarded:
            from opscheck.plugin.start import guard_controller  # noqa: PLC0415 - only a distributed run

            self._guarded = True
            guard_controller(self._config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController
        """Take over what a worker hands over."""
        told = getattr(node, "workeroutput", {}).get("opscheck")
        if told:
            from opscheck.plugin.reporting import from_worker  # noqa: PLC0415 - only a distributed run

            from_worker(self._config, told)
            self._reports = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> Any:  # noqa: ANN401 - xdist's Scheduling
        """Several machines: a host's checks go to one machine, so that nothing is asked from two."""
        from opscheck.plugin.machines import scheduler  # noqa: PLC0415 - only a distributed run

        return scheduler(config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Make the report, write it, decide the exit code."""
        self._config.stash[FAILED] = session.testsfailed > 0
        if "opscheck.plugin.compose" in sys.modules:
            from opscheck.plugin.compose import REFUSED  # noqa: PLC0415 - only a run with checks

            if REFUSED in self._config.stash:
                session.exitstatus = pytest.ExitCode.USAGE_ERROR
        if self._reports or self._config.pluginmanager.hasplugin("opscheck-run"):
            from opscheck.plugin.reporting import finish  # noqa: PLC0415 - only a run with checks

            finish(session, outside=self._outside)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        """Tell what it comes to; where nothing was selected, perhaps why."""
        if exitstatus in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR):
            hint = unknown_marker(self._config) or no_suites(self._config, exitstatus)
            if hint:
                terminalreporter.write_line(f"opscheck: {hint}")
        if self._reports or self._config.pluginmanager.hasplugin("opscheck-run"):
            from opscheck.plugin.reporting import tell  # noqa: PLC0415 - only a run with checks

            tell(self._config, terminalreporter)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Leave nothing behind; the canary looks at the files that other plugins wrote."""
        forget_workers(config)

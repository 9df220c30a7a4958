"""Hooks of a run with checks; registered when the first test asks for a host."""

from __future__ import annotations

import warnings
from collections.abc import Generator

import pytest

from opscheck.plugin import collection, start
from opscheck.plugin.redaction import clean_report, clean_warning, redactor_of
from opscheck.plugin.results import attach
from opscheck.plugin.session import active
from opscheck.plugin.verdicts import VERDICTS
from opscheck.plugin.waiving import WAIVED, end_of_call


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Set aside what does not apply, after markers and keywords have selected."""
    collection.set_aside(config, items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Plan."""
    collection.plan(session)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """Tell hosts and plan."""
    return start.headline(config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Begin to observe; `--ops-plan` prints what would be asked instead."""
    return start.begin(session)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the result; mask what is secret."""
    report = yield
    session = active(item.config)
    if session:
        attach(item, session, call, report)
    if item.config.pluginmanager.hasplugin("opscheck-html"):
        from opscheck.plugin.html import add_exchange  # noqa: PLC0415 - only where pytest-html writes a page

        add_exchange(report)
    clean_report(redactor_of(item.config), report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Mask what is secret in collection errors."""
    report = yield
    clean_report(redactor_of(collector.config), report)
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin without verdicts: a test that is run again starts afresh."""
    item.stash[VERDICTS] = []
    item.stash[WAIVED] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test whose gravest verdict a waiver has taken is an xfail."""
    try:
        yield
    except (AssertionError, pytest.fail.Exception) as error:
        end_of_call(item, error)
        raise
    end_of_call(item, None)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Forget what no other test waits for."""
    session = active(item.config)
    if session:
        session.finished(item)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the engine; a worker hands over what does not travel on reports."""
    start.end(session)


class Warned:
    """Masks warnings before pytest keeps them for its summary."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Mask one."""
        clean_warning(redactor_of(self._config), warning_message)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Give logging back."""
        start.clean_up(config)

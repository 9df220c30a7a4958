"""pytest-html: columns for host, outcome and latency, the masked exchange as an extra."""

from __future__ import annotations

import pytest

from opscheck.report.pytest_html import exchange_extra, header_cells, row_cells


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    """Three more columns, before the links."""
    cells[-1:-1] = header_cells()


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: pytest.TestReport, cells: list[str]) -> None:
    """The cells of one test."""
    cells[-1:-1] = row_cells(getattr(report, "opscheck", {}))


def add_exchange(report: pytest.TestReport) -> None:
    """Hang the masked exchange on a report that carries a result."""
    result = getattr(report, "opscheck", None)
    if result:
        from pytest_html import extras  # noqa: PLC0415 - this module is loaded only where pytest-html is

        report.extras = [*getattr(report, "extras", []), extras.html(exchange_extra(result))]  # type: ignore[attr-defined] # pytest-html reads it there

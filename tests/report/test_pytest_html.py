"""Columns and extras for pytest-html."""

from __future__ import annotations

import pytest

from opscheck.report import Result
from opscheck.report.pytest_html import exchange_extra, header_cells, row_cells
from tests.report.markup import Page
from tests.report.sample import failure, hostile


def test_as_many_cells_as_headers() -> None:
    """Every row has a cell for each header, a test that is no check included."""
    assert len(header_cells()) == len(row_cells(failure().as_dict())) == len(row_cells({})) == 3
    assert "prod" in row_cells(failure().as_dict())[0]
    assert "2000 ms" in row_cells(failure().as_dict())[2]


def test_extra_tells_the_exchange() -> None:
    """The extra carries what was seen, how long it took, and the masked curl line."""
    text = "".join(Page(exchange_extra(failure().as_dict())).text)

    assert "HTTP/1.1 200 OK, 212 bytes" in text
    assert "total 412 ms" in text
    assert "$ADMIN_TOKEN" in text


@pytest.mark.parametrize("item", hostile().results)
def test_hostile_results_stay_inert(item: Result) -> None:
    """pytest-html puts the strings into its page as they are: nothing in them is alive or out of balance."""
    page = Page("".join((*row_cells(item.as_dict()), exchange_extra(item.as_dict()))))

    assert page.problems == []
    assert page.tags() == {"td", "dl", "dt", "dd", "br"}


@pytest.mark.parametrize(
    "broken", [{}, {"evidence": []}, {"evidence": {"exchanges": 1}}, {"evidence": {"exchanges": [1]}}]
)
def test_broken_results_do_no_harm(broken: dict[str, object]) -> None:
    """Data of another shape gives an empty extra, never an error of the session."""
    assert exchange_extra(broken) == '<dl class="opscheck"></dl>'

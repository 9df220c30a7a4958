"""pytest-html's page of a run: our columns and the masked exchange, alone and through workers."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest

from tests.standins.web import StandInWeb

Suite = Callable[..., None]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_the_page_has_our_columns_and_the_exchange(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, workers: tuple[str, ...]
) -> None:
    """Host, outcome and latency for each row; what was asked and seen behind it."""
    web.answers["/ready"] = (503, b'{"why": "<script>alert(1)</script>"}')
    suite("def test_page(page, expect):\n    expect(answers(page))\n")

    pytester.runpytest_subprocess("--host", web.url, "--html=p.html", "--self-contained-html", *workers)

    page = html.unescape((pytester.path / "p.html").read_text())
    assert 'data-column-type="ops-latency"' in page
    assert f">127.0.0.1-{web.port}</td>" in page
    assert ">FAIL</td>" in page
    assert '<dl class=\\"opscheck\\">' in page
    assert f"{web.url}/ready" in page

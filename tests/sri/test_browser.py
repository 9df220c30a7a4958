"""The judge of the judge: what Chromium makes of each case is what the checks say that a browser makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from opscheck.checks._integrity_policy import ENFORCED, read_policy
from opscheck.checks._page_load import Loading, loadings
from opscheck.model import Request
from opscheck.model.page import Page
from opscheck.probes import HttpClient
from tests.sri.cases import CASES, Case
from tests.sri.chromium import tab
from tests.sri.looking import take
from tests.sri.origins import Origin

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


_PAGE = "<!doctype html><meta charset=utf-8><title>{number}</title><script>told = 'nothing'</script>{html}<p>end"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The URL under which case n is page `/n`."""
    with Origin() as own, Origin() as other:
        for number, case in enumerate(CASES):
            html = _PAGE.format(number=number, html=case.html)
            own.pages[f"/{number}"] = (case.headers, html.replace("OTHER", other.url).replace("SELF", own.url))
        yield own.url


@pytest.fixture(scope="module")
def seen(site: str) -> Mapping[str, Page]:
    """Every case as the probe sees it."""
    return asyncio.run(_look(site))


async def _look(site: str) -> Mapping[str, Page]:
    client = HttpClient()
    gate = asyncio.Semaphore(4)

    async def look(number: int) -> Page:
        async with gate:
            taken = await take(client, Request("GET", f"{site}/{number}"))
        assert isinstance(taken, Page), taken
        return taken

    try:
        pages = await asyncio.gather(*(look(number) for number in range(len(CASES))))
    finally:
        await client.aclose()
    return {case.name: page for case, page in zip(CASES, pages, strict=True)}


@pytest.fixture(scope="module")
def told(site: str) -> Mapping[str, str]:
    """What Chromium tells of the element of every case: `load`, `error` or `nothing`."""
    with tab() as page:
        return {case.name: _visit(page, f"{site}/{number}") for number, case in enumerate(CASES)}


def _visit(page: Tab, url: str) -> str:
    page.goto(url, wait_until="load")
    # Preloads hold no load event up; whatever else is to come has come by then.
    if "preload" in page.content():
        page.wait_for_function("told !== 'nothing'", timeout=5000)
    return str(page.evaluate("told"))


def _judged(page: Page) -> Loading | None:
    found = list(loadings(page))
    assert len(found) <= 1, found
    return found[0] if found else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_is_the_standards(case: Case, seen: Mapping[str, Page]) -> None:
    """The verdict on the page as it is served is the one that the text of the standard asks for."""
    page = seen[case.name]
    judged = _judged(page)

    assert (judged.load if judged else None) is case.load, judged
    policy = read_policy(page.document, ENFORCED)
    assert bool(judged and policy and policy.blocks(judged)) is case.blocked


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_chromium_does_what_the_verdict_says(case: Case, told: Mapping[str, str]) -> None:
    """What Chromium loads is what the verdict says; where it deviates from the text, it does so as the case says."""
    wanted = {True: "load", False: "error", None: "nothing"}[case.loads]
    if case.deviates:
        assert told[case.name] != wanted, f"no longer so: {case.deviates}"
        assert told[case.name] in ("load", "error")
    else:
        assert told[case.name] == wanted


def test_there_are_enough_cases() -> None:
    """Names are distinct, and the rules of the standard are each met by several."""
    assert len({case.name for case in CASES}) == len(CASES) >= 120
    assert sum(bool(case.deviates) for case in CASES) <= 16

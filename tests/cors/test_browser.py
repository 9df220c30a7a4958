"""The judgement of answers to other origins, held against a real browser, case by case."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import pytest

from opscheck.checks._cors import exposes, max_age, needs_preflight, preflight_allows, shared
from opscheck.checks._request_headers import preflighted_names
from opscheck.model import Request
from tests.cors.asked import Seen, ask, exchanges, see_all, sent
from tests.cors.browser import visited
from tests.cors.case import ANYBODY, ME, Case
from tests.cors.cases import CASES
from tests.cors.server import ExactServer, Reply


@pytest.fixture(scope="module")
def seen() -> Mapping[str, Seen]:
    """Every case, asked once by a page in the browser and once by the probe."""
    return see_all()


def _let_through(case: Case, seen: Seen) -> bool:
    """What the judgement says that a browser does."""
    method, headers = sent(case)
    if needs_preflight(method, headers):
        names = preflighted_names(headers)
        ruling = preflight_allows(seen.preflight, seen.origin, method, names, credentials=case.credentials)
        assert ruling.allowed is not bool(ruling.why)
        if not ruling.allowed:
            return False
    return shared(seen.answer, seen.origin, credentials=case.credentials).allowed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_judgement_agrees_with_the_browser(case: Case, seen: Mapping[str, Seen]) -> None:
    """Let through or kept, with the same headers to read, and asked before where the judgement says so."""
    one = seen[case.name]
    judged = _let_through(case, one)

    assert judged is case.through
    assert one.asked_first is needs_preflight(*sent(case))
    if case.deviates:
        assert one.told["through"] is not judged  # else the browser has come round, and the note can go
        return
    assert one.told["through"] is judged
    if judged:
        assert one.told["status"] == one.answer.status
        names = {name for name, _ in one.answer.headers}
        readable = {name for name in names if exposes(one.answer, name, credentials=case.credentials)}
        assert set(one.told["readable"]) == readable


def test_there_are_enough_cases() -> None:
    """Each name once, and both kinds of page, both modes and both verdicts among them."""
    assert len({case.name for case in CASES}) == len(CASES) >= 60
    assert {(case.page, case.credentials, case.through) for case in CASES} >= {
        (page, cookie, through) for page in ("plain", "null") for cookie in (True, False) for through in (True, False)
    }
    assert [case.name for case in CASES if case.deviates] == ["name-authorization-any"]


REMEMBERED: Sequence[tuple[str, tuple[bytes, ...], int]] = [
    ("absent", (), 1),
    ("seconds", (b"600",), 1),
    ("more-than-any-browser", (b"99999999999",), 1),
    ("none", (b"0",), 2),
    ("unit", (b"600s",), 1),
    ("twice", (b"600", b"600"), 1),
    ("word", (b"never",), 1),
    ("negative", (b"-1",), 2),
]
STRICTER = {"negative"}  # by the standard no number, and so five seconds; this browser does not remember it at all


@pytest.fixture(scope="module")
def remembered() -> Iterator[tuple[Mapping[str, int], ExactServer]]:
    """How many preflights a browser sends for two requests, one after the other, by case."""
    put = Case("", Reply(), method="PUT")
    with ExactServer() as pages, ExactServer() as server:
        for name, values, _ in REMEMBERED:
            ages = tuple(b"Access-Control-Max-Age: " + value for value in values)
            grants = (ANYBODY, b"Access-Control-Allow-Methods: PUT", *ages)
            server.lay_down(f"/{name}", Reply(200, (ME,)), Reply(204, grants))
        with visited() as browser:
            asked = [ask(server, name, put) for name, _, _ in REMEMBERED for _ in range(2)]
            told = browser.ask_in_turn(f"http://localhost:{pages.port}/", asked)
        assert all(one["through"] for one in told)
        yield {name: server.methods(f"/{name}").count("OPTIONS") for name, _, _ in REMEMBERED}, server


@pytest.mark.parametrize(("name", "count"), [(name, count) for name, _, count in REMEMBERED])
def test_a_browser_remembers_as_the_judgement_says(
    name: str, count: int, remembered: tuple[Mapping[str, int], ExactServer]
) -> None:
    """Two requests within a second: one question where the permission is remembered at all, else two."""
    counts, server = remembered
    preflight = Request("OPTIONS", f"http://127.0.0.1:{server.port}/{name}").with_headers(origin="http://a.example")
    (answer,) = asyncio.run(exchanges(preflight))

    assert counts[name] == count
    assert (max_age(answer).by_browser["Chromium"] > 0) is (count == 1 or name in STRICTER)

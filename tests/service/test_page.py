"""The page as a real browser shows it: every state, its age, and how it asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from service.running import EmbeddedService

from .browsing import Open, abort, altered, fulfil
from .conftest import Run
from .standin import StandInModelHost
from .test_path import start

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route


@pytest.fixture
def at(run: Run, host: StandInModelHost, spare: StandInModelHost) -> Callable[[str], EmbeddedService]:
    """Give a way to bring a service into a state, with real hosts behind it."""

    def service_in(state: str) -> EmbeddedService:
        host.script.models = ["tiny"] if state == "primary" else []
        host.script.status = 500 if state in {"fallback", "down"} else 200
        return start(run, host, spare if state == "fallback" else None)

    return service_in


@pytest.mark.parametrize(
    ("state", "label", "mark", "line"),
    [
        ("primary", "Primary", "\u2713", "The primary model tiny answers."),
        ("warming", "Warming up", "\u2026", "The primary model tiny cannot be used: it is not there yet, and"),
        ("fallback", "Fallback", "\u21c4", "its host fails; the fallback spare answers."),
        ("down", "Down", "\u2715", "and there is no fallback: nobody answers."),
    ],
)
def test_each_state_is_shown(  # noqa: PLR0917 - a table's columns and fixtures
    at: Callable[[str], EmbeddedService], show: Open, state: str, label: str, mark: str, line: str
) -> None:
    """Word, sign and sentence of each state, since when and how fresh; nothing goes wrong on the way."""
    shown = show(at(state))
    shown.until(state)

    assert (shown.label, shown.text("mark")) == (label, mark)
    assert line in shown.text("line")
    assert shown.page.title() == f"{label} \u2013 Agent status"
    assert shown.text("since").startswith("Since ")
    assert shown.text("since").endswith((" ago.", "just now."))
    assert shown.text("asked").startswith("Last answer ")
    assert bool(shown.text("budget")) == (state == "warming")
    assert bool(shown.text("reasons")) == (state in {"warming", "down"})
    assert shown.wrong() == []


def test_a_change_is_shown_and_told_once(
    at: Callable[[str], EmbeddedService], show: Open, host: StandInModelHost
) -> None:
    """The model arrives: the badge follows, and what a screen reader hears does not change in between."""
    shown = show(at("warming"), by_hand=True)
    shown.until("warming")
    shown.page.evaluate(
        """() => {
          window.told = [];
          new MutationObserver(() => window.told.push(document.querySelector('[role=status]').innerText.trim()))
            .observe(document.querySelector('[role=status]'), {subtree: true, childList: true, characterData: true});
        }"""
    )
    for _ in range(3):
        shown.page.clock.run_for(2000)
        shown.page.wait_for_timeout(50)
    assert shown.page.evaluate("window.told") == []

    host.script.models = ["tiny"]
    shown.page.wait_for_timeout(1200)
    shown.page.clock.run_for(4000)
    shown.until("primary")

    assert shown.page.evaluate("new Set(window.told).size") == 1
    region = shown.page.get_by_role("status")
    assert (region.get_attribute("aria-live"), region.get_attribute("aria-atomic")) == ("polite", "true")


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2026-11-21T12:00:00Z", "5 min of 10 min left for the model to arrive."),
        ("2026-11-21T11:54:30Z", "Over its 10 min by 30 s: somebody should look."),
    ],
)
def test_warming_says_how_much_time_is_left(service: EmbeddedService, show: Open, since: str, said: str) -> None:
    """By the server's clock, whatever the browser's says."""
    body = altered(service, path="warming", since=since)

    def answer(route: Route) -> None:
        headers = {"date": "Sat, 21 Nov 2026 12:05:00 GMT", "content-type": "application/json"}
        route.fulfill(status=200, headers=headers, body=json.dumps(body))

    shown = show(service, answer=answer)
    shown.until("warming")

    assert shown.text("left") == said
    left = shown.page.get_by_role("progressbar")
    assert float(left.evaluate("bar => bar.value")) == pytest.approx(0.5 if "left" in said else 1.0, abs=0.01)
    assert left.evaluate("bar => bar.getAttribute('aria-labelledby')") == "left"


def test_primary_that_is_not_ready_is_not_green(service: EmbeddedService, show: Open) -> None:
    """The model answers, a store does not: the badge is not the one of all being well."""
    body = {**altered(service), "ready": False, "reasons": ["sqlite: the conversation store is locked"]}
    shown = show(service, answer=fulfil(200, body))
    shown.until("unready")

    assert (shown.label, shown.text("mark")) == ("Primary, not ready", "!")
    assert shown.text("reasons") == "sqlite: the conversation store is locked"


def test_an_old_answer_is_never_shown_as_the_present(at: Callable[[str], EmbeddedService], show: Open) -> None:
    """The service goes: its last answer stands for a few seconds, with its age, and then the state is unknown."""
    service = at("primary")
    shown = show(service, by_hand=True)
    shown.until("primary")
    service.stop()
    shown.page.clock.run_for(8000)
    shown.page.wait_for_timeout(100)
    between = (shown.state, shown.text("asked"))
    for _ in range(5):
        shown.page.clock.run_for(1000)
        shown.page.wait_for_timeout(30)

    assert between[0] == "primary"
    assert "Nothing answers at its address." in between[1]
    assert (shown.state, shown.label) == ("unknown", "Unknown: cannot reach the service")
    assert shown.text("since") == ""
    assert shown.text("asked").startswith("Last answer 1")


@pytest.mark.parametrize(
    ("answer", "label", "line"),
    [
        (abort, "Unknown: cannot reach the service", "Nothing answers at its address."),
        (fulfil(502, {"llm": {"path": "primary"}}), "Unknown", "The service answers with status 502."),
        (fulfil(200, "<html>"), "Unknown", "Nothing answers at its address."),
        (fulfil(200, {"llm": {"path": "splendid"}, "ready": True}), "Unknown", "does not understand."),
        (fulfil(200, {"llm": {"path": "primary"}, "ready": True}), "Unknown", "does not understand."),
        (fulfil(200, []), "Unknown", "does not understand."),
    ],
)
def test_what_is_no_answer_is_unknown(
    service: EmbeddedService, show: Open, answer: Callable[[Route], None], label: str, line: str
) -> None:
    """No connection, an error, a page, a word that is not known: never a state that nobody has told."""
    shown = show(service, answer=answer)
    shown.page.wait_for_function("document.getElementById('line').textContent !== 'Asking the service.'")

    assert shown.state == "unknown"
    assert shown.label.startswith(label)
    assert line in shown.text("line")


def test_errors_are_met_with_growing_gaps(service: EmbeddedService, show: Open) -> None:
    """Requests thin out to about one a minute, never in step, and come back to their pace with the first answer."""
    failing = True

    def answer(route: Route) -> None:
        if failing:
            route.abort()
        else:
            route.continue_()

    shown = show(service, by_hand=True, answer=answer)
    times = []
    for second in range(300):
        before = shown.asked
        shown.page.clock.run_for(1000)
        if shown.asked > before:
            shown.page.wait_for_timeout(15)
            times.append(second)
    gaps = [after - before for before, after in pairwise(times)]

    assert 6 <= len(times) <= 13
    assert max(gaps) <= 61
    assert min(gaps[3:]) >= 29
    assert min(gaps[2:]) < 58  # in step they would all be a minute
    failing = False
    for _ in range(62):
        before = shown.asked
        shown.page.clock.run_for(1000)
        if shown.asked > before:
            break
    shown.until("primary")
    before = shown.asked
    for _ in range(20):
        shown.page.clock.run_for(1000)
        shown.page.wait_for_timeout(15)
    assert 4 <= shown.asked - before <= 5


def test_a_hidden_page_asks_nothing(service: EmbeddedService, show: Open) -> None:
    """In a background tab no request is sent; back in front, the old answer is not taken for the present one."""
    shown = show(service, by_hand=True)
    shown.until("primary")
    hide = """value => {
      Object.defineProperty(document, 'hidden', {get: () => value, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
      return document.getElementById('badge').dataset.state;
    }"""
    before = shown.asked
    shown.page.evaluate(hide, True)
    shown.page.clock.run_for(120_000)
    assert shown.asked == before

    at_once = shown.page.evaluate(hide, False)
    shown.until("primary")

    assert at_once == "unknown"
    assert shown.asked == before + 1


def test_without_its_script_the_page_claims_nothing(service: EmbeddedService, show: Open) -> None:
    """Scripts switched off: unknown, and why."""
    shown = show(service, java_script_enabled=False)

    assert (shown.state, shown.label) == ("unknown", "Unknown")
    assert "needs its script" in shown.text("line")


def test_an_altered_script_is_not_run(service: EmbeddedService, browser: Browser) -> None:
    """One byte more, and the browser refuses it by its hash."""
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text))
    page.route("**/badge.js", lambda route: route.fulfill(response=(got := route.fetch()), body=got.text() + " "))
    page.goto(f"{service.agent_url}/")
    page.wait_for_timeout(300)

    assert page.locator("#badge").get_attribute("data-state") == "unknown"
    assert "needs its script" in str(page.locator("#line").text_content())
    assert any("integrity" in line for line in refused)
    page.close()

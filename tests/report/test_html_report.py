"""The HTML report, as a parser reads it."""

from __future__ import annotations

import itertools
import re
import time
import unicodedata
from dataclasses import replace

import pytest

from opscheck.model import Outcome
from opscheck.report import RunReport, html_report
from tests.report.markup import Page
from tests.report.sample import RUN, exchange, failure, hostile, large, realistic, result

REPORTS = {"realistic": realistic(), "hostile": hostile(), "large": large(300, 20), "empty": RunReport(RUN, [], [])}
ALLOWED_ATTRIBUTES = {
    "aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "content", "cx", "cy", "d", "height", "href",
    "http-equiv", "id", "lang", "name", "open", "preserveaspectratio", "r", "rel", "role", "scope", "tabindex",
    "viewbox", "width", "x",
}  # fmt: skip


@pytest.fixture(params=list(REPORTS))
def page(request: pytest.FixtureRequest) -> Page:
    """Each report as a parsed page."""
    return Page(html_report.render(REPORTS[request.param]))


def test_document_is_well_formed(page: Page) -> None:
    """Every tag is closed where it was opened, no attribute or id stands twice."""
    assert page.problems == []
    assert len(page.ids()) == len(set(page.ids()))


def test_nothing_in_it_acts(page: Page) -> None:
    """No script, form, frame or picture, no handler or style attribute, and links go to http or into the page."""
    assert not page.tags() & {"script", "iframe", "img", "object", "embed", "form", "link", "base", "input", "video"}
    assert {name for _, attributes in page.elements for name in attributes} <= ALLOWED_ATTRIBUTES
    for _, attributes in page.elements:
        assert re.match(r"#[a-z_-]+$|https?://[\w.]", attributes.get("href") or "#x")


def test_policy_forbids_everything_but_its_own_style(page: Page) -> None:
    """The content security policy of the page lets nothing load or run."""
    policies = [
        attributes["content"]
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]

    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_structure_is_accessible(page: Page) -> None:
    """A language, a title, landmarks, headings that skip no level, and tables that name rows and columns."""
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(page.headings))
    assert {"header", "main", "footer", "title"} <= page.tags()
    assert ("html", {"lang": "en"}) in page.elements
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")


def test_links_into_the_page_arrive(page: Page) -> None:
    """Every fragment has its target."""
    targets = {
        str(attributes["href"])[1:] for _, attributes in page.elements if (attributes.get("href") or "").startswith("#")
    }

    assert targets <= set(page.ids())


def test_no_character_is_hidden(page: Page) -> None:
    """Controls, bidi overrides and surrogates are spelled out, so the page shows what there is."""
    found = {character for text in page.text for character in text}

    assert not {character for character in found if unicodedata.category(character) in {"Cf", "Cs", "Zl", "Zp"}}
    assert {character for character in found if unicodedata.category(character) == "Cc"} <= {"\n"}


def test_order_is_by_what_needs_attention() -> None:
    """Decision, failures, what could not be measured (causes first), degraded, waived, then passes."""
    page = Page(html_report.render(realistic()))

    assert [name for name in page.ids() if not name.startswith("i-") and not name.endswith("-title")] == [
        "main", "likely", "failed", "unmeasured", "degraded", "waived", "hosts", "passed", "gaps", "latency", "spent",
        "notes",
    ]  # fmt: skip
    text = " ".join(page.text)
    assert text.index("prod:qdrant") < text.index("The certificate is valid")


def test_a_failure_tells_everything() -> None:
    """Promise, check, host, reason, expected, got, cause, next step, phases, evidence and curl."""
    item = failure()
    text = "".join(Page(html_report.render(RunReport(RUN, [], [item]))).text)

    for told in (item.promise, item.check, item.reason, item.expected, item.observed, item.likely_cause, item.remedy):
        assert told in text
    for told in ("first byte 247 ms", "total 412 ms", "Evidence: 2 exchanges", "x-request-id", item.curl):
        assert told in text


def test_passes_carry_less_and_the_page_says_so() -> None:
    """The start of an answer stands in a failure, not in a pass, and the footer tells it."""
    passed = html_report.render(RunReport(RUN, [], [result()]))
    failed = html_report.render(RunReport(RUN, [], [failure()]))

    assert ("Start of the answer" in failed, "Start of the answer" in passed) == (True, False)
    assert "Passes carry their verdict and timing only" in passed


@pytest.mark.parametrize("failing", [0, 40, 2000])
def test_two_thousand_results_stay_small(failing: int) -> None:
    """Two thousand results take less than 2 MB and less than a second, however many fail; all are told."""
    report = large(2000, failing)
    started = time.perf_counter()
    text = html_report.render(report)
    took = time.perf_counter() - started

    assert len(text.encode()) < 2_000_000
    assert took < 1
    assert len(set(re.findall(r"readiness\.truthful_\d+", text))) == 2000
    assert ("did not fit in full" in text) is (failing == 2000)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_is_word_and_symbol(outcome: Outcome) -> None:
    """No outcome is told by colour alone."""
    text = html_report.render(RunReport(RUN, [], [result(outcome, cause="prod:x")]))

    assert f'href="#i-{outcome.name.lower()}"' in text
    assert outcome.value.replace("_", " ").capitalize() in text


def test_evidence_of_any_shape_is_shown() -> None:
    """Headers, requests and phases of an unexpected shape, and bottomless nesting, end in a page."""
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"in": deep}
    shapes: list[object] = [None, 1, "text", [], [1], [["a"]], {"a": 1}, deep]
    odd = [exchange(headers=shape, request=shape, phases_ms=shape, more=shape) for shape in shapes]
    text = html_report.render(RunReport(RUN, [], [result(Outcome.FAIL, evidence=(item,)) for item in odd]))

    assert Page(text).problems == []


def test_templates_of_strings_are_not_filled_in() -> None:
    """A text that looks like a placeholder of the page stays what it is."""
    item = replace(result(Outcome.FAIL), reason="$main ${title} $style")

    assert "$main ${title} $style" in html_report.render(RunReport(RUN, [], [item]))

"""Likely causes and waivers as the reports show them."""

from __future__ import annotations

import json
from dataclasses import replace

from opscheck.model import Outcome
from opscheck.redact import Redactor, Secret
from opscheck.report import RunReport, html_report, json_report, markdown, summary_lines
from opscheck.report.pytest_html import exchange_extra
from opscheck.report.terminal import likely_lines
from opscheck.report.triage import LikelyCause, Triage
from tests.report.markup import Page
from tests.report.sample import RUN, realistic, result, waiver

WAIVED = "FAIL waived by ops until end of 2026-04-01 UTC: the edge drops it until its next release (OPS-412)"


def test_the_terminal_tells_it_in_a_few_lines() -> None:
    """Title, command, next step, runbook and role; the decision stays the last line."""
    lines = summary_lines(realistic(), width=160)
    start = lines.index("likely causes")

    assert lines[start + 1] == "  1 Nothing listens: qdrant is down on prod: explains 8 results"
    assert [line.split()[0] for line in lines[start + 2 : start + 5]] == ["confirm", "next", "runbook"]
    assert lines[start + 5].startswith(
        "  unexplained: 2 results: readiness.truthful_0 on prod, cors.unknown_origin on "
    )
    assert lines[-1].startswith("FAIL: ")


def test_a_command_is_whole_or_absent() -> None:
    """Half of one could not be pasted."""
    cause = LikelyCause("x", "X", "x", ["prod"], ["a"], confirm="curl " + "y" * 300)
    longer = replace(cause, confirm="curl " + "y" * 3000)
    report = RunReport(RUN, [], [])

    assert any(line.endswith("y" * 300) for line in likely_lines(report, Triage([cause]), width=80))
    assert not any("curl" in line for line in likely_lines(report, Triage([longer]), width=80))


def test_many_causes_are_counted() -> None:
    """The terminal names three; the full text all of them."""
    causes = [LikelyCause(f"s{index}", f"T{index}", "c", ["prod"], [str(index)]) for index in range(9)]
    report = RunReport(RUN, [], [])

    assert "  6 more causes in the report" in likely_lines(report, Triage(causes))
    assert "  9 T8 on prod: explains 1 result" in likely_lines(report, Triage(causes), brief=False)


def test_the_page_shows_cause_command_and_what_it_explains() -> None:
    """In the first section; each of the results is listed with its outcome."""
    text = html_report.render(realistic())
    page = " ".join(Page(text).text)

    for told in ("docker compose ps -a qdrant", "service-down", "ops duty officer, if it ends again", "Also fits"):
        assert told in page
    assert "8 results with this cause" in page
    assert "2 results that no known signature explains" in page
    assert text.index('id="likely"') < text.index('id="failed"')


def test_every_form_shows_the_waiver() -> None:
    """With reason, owner, expiry and ticket."""
    report = realistic()
    waived = next(item for item in report.results if item.waivers)

    assert f"WAIVED cors.vary_origin on prod: {WAIVED}" in summary_lines(report, width=200)
    assert WAIVED in " ".join(Page(html_report.render(report)).text)
    assert WAIVED.replace("(OPS-412)", "(OPS-412)") in markdown.render(report)
    assert json.loads(json_report.render(report))["results"][-1]["waivers"] == [waiver()]
    assert WAIVED in exchange_extra(waived.as_dict())


def test_the_same_waiver_is_told_once() -> None:
    """However many tests of a check it took."""
    items = [result(Outcome.WAIVED, number=index, check="cors.vary_origin", waivers=(waiver(),)) for index in range(5)]
    lines = summary_lines(RunReport(RUN, [], items), width=200)

    assert [line for line in lines if line.startswith("WAIVED ")] == [
        f"WAIVED cors.vary_origin on prod: {WAIVED} (5 tests)"
    ]


def test_a_waiver_beside_a_graver_failure_is_told() -> None:
    """A test in which one check is waived and another fails shows both."""
    item = result(Outcome.FAIL, waivers=(waiver(),))
    report = RunReport(RUN, [], [item])

    assert WAIVED in " ".join(Page(html_report.render(report)).text)
    assert WAIVED in markdown.render(report)
    assert any(WAIVED in line for line in summary_lines(report, width=200))


def test_secrets_in_causes_and_waivers_are_masked() -> None:
    """Whatever a user's own signature or waiver says."""
    redactor = Redactor()
    redactor.register(Secret("token", "lantern-42-harbour"))
    cause = LikelyCause("x", "X", "saw lantern-42-harbour", ["prod"], ["a"], confirm="curl lantern-42-harbour")
    item = result(Outcome.WAIVED, waivers=(waiver(reason="lantern-42-harbour"),))
    masked = RunReport(RUN, [], [item], triage=Triage([cause])).masked(redactor)

    assert "lantern" not in json_report.render(masked)
    assert json_report.render(masked).count("[secret token]") == 3

"""What the terminal shows."""

from __future__ import annotations

import unicodedata

import pytest

from opscheck.model import Outcome
from opscheck.report import Gap, HostInfo, Result, RunReport, failure_text, summary_lines
from opscheck.report.waived import NOT_IN_ORDER
from tests.report.sample import RUN, failure, hostile, large, realistic, result

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_failure_tells_everything_in_twelve_lines() -> None:
    """What, where, expected, got, how long, why, what next and curl: complete, and no longer than a screen."""
    lines = failure_text(failure()).splitlines()

    assert len(lines) <= 12
    assert lines[0] == "FAIL readiness.truthful_0 on prod"
    assert [line.split()[0] for line in lines[1:]] == [
        "promise", "where", "reason", "expected", "got", "phases", "likely", "next", "again",
    ]  # fmt: skip
    assert lines[-1].endswith("https://ops.example.org/ready")
    assert '"Authorization: $ADMIN_TOKEN"' in lines[-1]


def test_what_is_unknown_takes_no_line() -> None:
    """A result that knows little is short, not full of empty labels."""
    bare = Result("id", "tcp", (), "prod", Outcome.UNMEASURED, reason="refused", cause="prod:edge")

    assert failure_text(bare).splitlines() == ["UNMEASURED tcp on prod", "  reason   refused", "  cause    prod:edge"]


def test_attempts_are_always_told() -> None:
    """A result that needed several attempts says so, timed or not."""
    assert "3 attempts" in failure_text(result(Outcome.FAIL, attempts=3))
    assert "3 attempts" in failure_text(result(Outcome.FAIL, attempts=3, evidence=()))


@pytest.mark.parametrize("item", hostile().results)
def test_hostile_failure_stays_inert_and_bounded(item: Result) -> None:
    """Whatever the texts are: at most twelve lines, cut to the width, nothing hidden in them."""
    lines = failure_text(item, width=90).split("\n")

    assert len(lines) <= 12
    assert max(len(line) for line in lines if not line.startswith("  again")) <= 90
    assert not {unicodedata.category(character) for line in lines for character in line} & HIDDEN


def test_a_curl_line_is_whole_or_absent() -> None:
    """A curl line is never cut: pasted, half a line would ask something else."""
    assert "again" not in failure_text(result(Outcome.FAIL, curl="curl " + "x" * 2000))
    assert failure_text(result(Outcome.FAIL, curl="curl " + "x" * 300)).endswith("x" * 300)


def test_summary_of_a_run() -> None:
    """Hosts, root causes with what they block, gaps, spending, counts, and the decision last."""
    lines = summary_lines(realistic())
    text = "\n".join(lines)

    assert lines[-1] == "FAIL: 2 of 41 checks failed on prod and staging, 9 could not be measured"
    assert sum(line.startswith("DEGRADED ") for line in lines) == 1
    assert lines[-2] == "2 FAIL, 2 UNMEASURED, 7 BLOCKED, 1 DEGRADED, 1 WAIVED, 28 PASS"
    assert "root cause prod:qdrant: 7 blocked behind it; connection refused by 10.0.0.5:6333" in text
    assert "not applicable: 1 check: system assistant promises no component milvus" in text
    assert "not applicable: 1 check: host staging lists no url for tunnel" in text
    assert "spent: 95 requests, 412 tokens of 2,000 allowed" in text
    assert [line.split()[0] for line in lines[:3]] == ["host", "prod", "staging"]


def gaps(*reasons: str, width: int = 160) -> list[str]:
    """What is told of checks that do not apply: one for each reason."""
    report = RunReport(RUN, [], [], [Gap(f"test_{number}", why) for number, why in enumerate(reasons)])
    return [line for line in summary_lines(report, width=width) if line.startswith("not applicable")]


def test_a_reason_that_is_left_is_told() -> None:
    """It takes no more room than the line that would hide it."""
    reasons = [f"host prod lists no url for component c{number}" for number in range(5)]

    assert gaps(*reasons) == [f"not applicable: 1 check: {why}" for why in reasons]


def test_of_more_reasons_as_many_are_told_as_have_room() -> None:
    """The rest is counted; one that is long is cut and does not push the count out of the line."""
    reasons = [f"host prod lists no url for component c{number}" for number in range(9)]
    few, many, long = gaps(*reasons[:6])[-1], gaps(*reasons)[-1], gaps(*reasons[:4], "x" * 500, "y" * 500)[-1]

    assert few == f"not applicable: 2 checks for 2 other reasons: {reasons[4]}; {reasons[5]}"
    assert many == f"not applicable: 5 checks for 5 other reasons: {reasons[4]}; {reasons[5]}; and 3 more in the report"
    assert long.endswith("\u2026; and 1 more in the report")
    assert len(long) <= 160
    assert all(len(line) <= 60 for line in gaps(*reasons, width=60))


def test_waivers_that_are_not_in_order_are_told_whole_and_counted() -> None:
    """What is wrong and what to do is not cut to the width; beyond four, how many."""
    wrong = [
        Result(f"waivers.toml::{number}", NOT_IN_ORDER, (), "prod", Outcome.FAIL, reason="w" * 150, remedy="mend it")
        for number in range(7)
    ]
    lines = [line for line in summary_lines(RunReport(RUN, [], wrong)) if line.startswith("FAIL ")]

    assert lines == [*[f"FAIL {'w' * 150}; mend it"] * 4, "FAIL 3 more waivers not in order: the report names them"]


def test_many_hosts_are_counted() -> None:
    """A fleet does not push the decision off the screen."""
    hosts = [HostInfo(f"host-{index}", "live", "assistant") for index in range(500)]
    results = [result(host=host.name) for host in hosts]
    lines = summary_lines(RunReport(RUN, hosts, results))

    assert len(lines) < 30
    assert "480 more hosts in the report" in lines


def test_summary_of_nothing() -> None:
    """A run without results says that nothing was judged, never GO."""
    assert summary_lines(RunReport(RUN, [], [])) == ["no results", "UNMEASURED: no check was judged"]


@pytest.mark.parametrize("report", [hostile(), large()], ids=["hostile", "large"])
def test_summary_stays_inert_and_bounded(report: RunReport) -> None:
    """The summary of any run fits a screen."""
    lines = summary_lines(report, width=90)

    assert len(lines) < 64
    assert max(len(line) for line in lines if not line.startswith("    confirm")) <= 90
    assert not {unicodedata.category(character) for line in lines for character in line} & HIDDEN

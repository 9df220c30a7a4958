"""JUnit XML of several tools: green only where tests ran, all of them, of this commit."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opscheck.release.junit import BadResults, judge_results, read_junit
from opscheck.release.words import Seen, State

COMMIT = datetime(2026, 3, 4, 12, tzinfo=UTC)


def judged(xml: str, commit: datetime | None = COMMIT) -> Seen:
    """What a file comes to."""
    return judge_results(read_junit(xml.encode()), "tests.xml", commit=commit)


def suite(cases: str, *, tests: int, failures: int = 0, timestamp: str = "2026-03-04T13:00:00+00:00") -> str:
    """One suite."""
    head = f'tests="{tests}" failures="{failures}" errors="0" timestamp="{timestamp}"'
    return f'<?xml version="1.0"?><testsuites><testsuite name="s" {head}>{cases}</testsuite></testsuites>'


GREEN = '<testcase classname="a" name="b"/>'
RED = '<testcase classname="a" name="c"><failure message="it is 3">trace</failure></testcase>'
BROKEN = '<testcase classname="a" name="d"><error message="no fixture"/></testcase>'
SKIPPED = '<testcase classname="a" name="e"><skipped message="no docker"/></testcase>'


def test_green_is_met() -> None:
    """Tests that ran, none of them red."""
    seen = judged(suite(GREEN * 3 + SKIPPED, tests=4))

    assert (seen.state, seen.reason) == (State.MET, "3 tests green")
    assert seen.evidence == ("tests.xml: 4 tests, 0 red, 1 skipped, 2026-03-04 13:00 UTC",)


def test_red_is_told_with_its_name() -> None:
    """What failed and what broke."""
    seen = judged(suite(GREEN + RED + BROKEN, tests=3, failures=2))

    assert (seen.state, seen.reason) == (State.NOT_MET, "2 of 3 tests are red")
    assert seen.evidence[1:] == ("failed: a.c: it is 3", "broke: a.d: no fixture")


@pytest.mark.parametrize(
    ("xml", "state", "reason"),
    [
        (suite("", tests=0), State.UNMEASURED, "there is no test in the results"),
        (suite(SKIPPED, tests=1), State.UNMEASURED, "every test was skipped"),
        (suite(GREEN, tests=40), State.UNMEASURED, "the suites count 40 tests, and the file has 1"),
        (suite(GREEN, tests=1, failures=1), State.NOT_MET, "the suites count 1 red, and the file has none of them"),
        (suite(GREEN, tests=1, timestamp="2026-03-03T13:00:00+00:00"), State.UNMEASURED, "before the commit of"),
        # Without a zone it may be up to 14 hours later than it looks.
        (suite(GREEN, tests=1, timestamp="2026-03-03T23:00:00"), State.MET, "1 test green"),
        (suite(GREEN, tests=1, timestamp="2026-03-03T21:00:00"), State.UNMEASURED, "before the commit of"),
        (suite(GREEN, tests=1, timestamp=""), State.MET, "1 test green"),
    ],
    ids=["none", "skipped", "cut-off", "hidden-red", "old", "zone-late", "zone-early", "timeless"],
)
def test_what_says_nothing_is_not_met(xml: str, state: State, reason: str) -> None:
    """Nothing ran, not all of it is there, or it is of another commit."""
    seen = judged(xml)

    assert seen.state is state
    assert reason in seen.reason


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no XML"),
        (b"<html></html>", "is no JUnit XML: it begins with <html>"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuites/>', "has a document type"),
        (b'<?xml version="1.0" encoding="nonsense"?><testsuites/>', "is no XML"),
        (b"\x00\xff\xfe<<", "is no XML"),
    ],
    ids=["empty", "page", "entities", "encoding", "garbage"],
)
def test_what_is_no_junit_is_refused(content: bytes, told: str) -> None:
    """In one line."""
    with pytest.raises(BadResults, match=r"^[^\n]+$") as refused:
        read_junit(content)

    assert told in str(refused.value)


def test_what_pytest_itself_writes(tmp_path: Path) -> None:
    """A real run with one of each: counted as pytest counts it, and newer than a commit of a minute ago."""
    (tmp_path / "test_x.py").write_text(
        "import pytest\n\ndef test_good(): pass\ndef test_bad(): assert 1 == 2, 'one is not two'\n"
        "def test_skip(): pytest.skip('not here')\n@pytest.mark.xfail\ndef test_known(): assert False\n"
        "def test_broken(nothing): pass\n"
    )
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=out.xml", "test_x.py"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    results = read_junit((tmp_path / "out.xml").read_bytes())

    assert (len(results.cases), len(results.red), len(results.ran)) == (5, 2, 3)
    assert results.announced == 5
    assert results.announced_red == 2
    assert results.at is not None
    assert results.at > datetime.now(UTC) - timedelta(minutes=5)
    assert "one is not two" in " ".join(judge_results(results, "out.xml").evidence)

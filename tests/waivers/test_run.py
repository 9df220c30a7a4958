"""Waivers in a run: what pytest sees, what the reports say, what the run comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.conftest import SUITE
from tests.waivers.conftest import MORE, TESTS, Run, waiver

XFAILED = "FAIL waived by ops until end of 2199-12-31 UTC: moved to the next release; answered 503"
UNSEEN = '["UNMEASURED", "BLOCKED"]'


def test_a_waived_failure_is_an_xfail(run: Run) -> None:
    """Pytest shows reason and expiry, the report who and until when, the run is GO."""
    done, report = run(waiver(ticket='"OPS-7"'))

    done.assert_outcomes(xfailed=1)
    assert done.ret == 0
    assert XFAILED.replace("release;", "release (OPS-7);") in done.stdout.str()
    (result,) = report["results"]
    assert result["outcome"] == "WAIVED"
    assert result["reason"] == "answered 503"
    assert result["waivers"] == [
        {
            "check": "answers", "reason": "moved to the next release", "owner": "ops", "ticket": "OPS-7",
            "expires": "end of 2199-12-31 UTC", "outcome": "FAIL",
        }
    ]  # fmt: skip
    assert report["summary"] == {"counts": {"WAIVED": 1}, "decision": "GO"}


def test_without_a_waiver_it_fails(run: Run) -> None:
    """The same run, so that the tests above show something."""
    done, report = run("")

    done.assert_outcomes(failed=1)
    assert report["summary"]["decision"] == "FAIL"


@pytest.mark.parametrize("form", ["html", "md", "xml"])
def test_every_form_prints_it(run: Run, form: str) -> None:
    """Reason, owner and expiry stand in HTML, Markdown and JUnit as well, and in the terminal's summary."""
    written = f"--junitxml=r.{form}" if form == "xml" else f"--ops-report=r.{form}"
    done, _ = run(waiver(), written)
    text = Path(f"r.{form}").read_text()

    for word in ("moved to the next release", "ops", "end of 2199-12-31 UTC"):
        assert word in text
        assert word in done.stdout.str()
    done.stdout.fnmatch_lines(["WAIVED answers on prod: FAIL waived by ops until end of 2199-12-31 UTC: moved*"])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"expires": "2020-01-31"}, "*line 1: the waiver of answers on prod expired: end of 2020-01-31 UTC; mend*"),
        ({"check": '"answer"'}, '*waiver of answer on prod names no check that exists; did you mean "answers"?*'),
        ({"host": '"prd"'}, '*waiver of answers on prd names no host that exists; did you mean "prod"?*'),
        ({"owner": ""}, '*waiver of answers on prod has no owner; give it owner = "..."*'),
        ({"reason": '""'}, "*has no reason*"),
        ({"expires": ""}, "*has no expiry; write expires = 2026-12-31*"),
    ],
    ids=["expired", "check", "host", "owner", "reason", "expiry"],
)
@pytest.mark.parametrize("status", [200, 503], ids=["check-passes", "check-fails"])
def test_one_that_cannot_stand_fails_the_run(run: Run, fields: dict[str, str], told: str, status: int) -> None:
    """Whether its check passes or not; one line says what to do, and it accepts nothing."""
    done, report = run(waiver(**fields), status=status)
    outcomes = [result["outcome"] for result in report["results"] if result["check"] == "answers"]

    assert done.ret == 1
    assert outcomes == ["PASS" if status == 200 else "FAIL"]
    assert [result["outcome"] for result in report["results"] if result["check"] == "waiver"] == ["FAIL"]
    assert report["summary"]["decision"] == "FAIL"
    done.stdout.fnmatch_lines(["FAIL waivers.toml, " + told.lstrip("*") if told.startswith("line") else told])


@pytest.mark.parametrize(
    ("waivers", "status", "code"),
    [
        (waiver(), 503, 0),
        (waiver(), 200, 0),
        (waiver(), None, 30),
        (waiver(outcomes=UNSEEN), None, 0),
        (waiver(outcomes=UNSEEN), 503, 20),
        (waiver(expires="2020-01-31"), 200, 20),
        (waiver(expires="2020-01-31"), None, 20),
    ],
    ids=["waived", "passes", "unseen", "unseen-waived", "failed-not-waived", "expired", "expired-unseen"],
)
def test_exit_codes(run: Run, waivers: str, status: int | None, code: int) -> None:
    """GO with what is waived; what is not measured needs a waiver that says so; an expired one is FAIL."""
    done, _ = run(waivers, "--ops-exit-codes", status=status)

    assert done.ret == code


def test_what_was_not_measured_is_waived_as_it_says(run: Run) -> None:
    """Two tests of a check behind one dead host: without a waiver the root is UNMEASURED, the other BLOCKED."""
    twice = TESTS + TESTS[TESTS.index("@pytest") :].replace("test_page", "test_again")
    _, both = run(waiver(outcomes=UNSEEN), status=None, tests=twice)
    _, one = run(waiver(outcomes='["UNMEASURED"]'), status=None, tests=twice)

    assert both["summary"] == {"counts": {"WAIVED": 2}, "decision": "GO"}
    _, behind = run(waiver(outcomes='["BLOCKED"]'), status=None, tests=twice)
    assert one["summary"] == {"counts": {"WAIVED": 2}, "decision": "GO"}
    assert behind["summary"] == {"counts": {"UNMEASURED": 1, "WAIVED": 1}, "decision": "UNMEASURED"}


WEAK = TESTS.replace("answers(page)", "weakly(page)").replace("import answers", "import weakly")


@pytest.mark.parametrize(
    ("fields", "options", "outcome", "decision"),
    [
        ({}, [], "DEGRADED", "DEGRADED"),
        ({}, ["--ops-strict"], "WAIVED", "GO"),
        ({"outcomes": '["DEGRADED"]'}, [], "WAIVED", "GO"),
        ({"outcomes": '["UNMEASURED"]'}, ["--ops-strict"], "DEGRADED", "FAIL"),
    ],
)
def test_degraded(run: Run, fields: dict[str, str], options: list[str], outcome: str, decision: str) -> None:
    """In a strict run DEGRADED is a failure, and is waived as one."""
    _, report = run(waiver(check='"weakly"', **fields), *options, status=200, tests=WEAK)

    assert [result["outcome"] for result in report["results"]] == [outcome]
    assert report["summary"]["decision"] == decision


def test_it_does_not_end_the_test(run: Run) -> None:
    """A failure that nobody accepted, behind one that is waived, fails; both are told."""
    tests = TESTS.replace("import answers", "import answers, never").replace(
        "expect(answers(page))", "expect(answers(page))\n    expect(never(page))"
    )
    done, report = run(waiver(), tests=tests)

    done.assert_outcomes(failed=1)
    (result,) = report["results"]
    assert (result["check"], result["outcome"]) == ("never", "FAIL")
    assert [one["check"] for one in result["waivers"]] == ["answers"]
    done.stdout.fnmatch_lines(["FAIL never on prod: FAIL waived by ops*"])


def test_a_plain_assertion_is_waived_by_the_tests_name(run: Run) -> None:
    """A test without expect is its own check."""
    tests = TESTS.replace("expect(answers(page))", 'assert page.status == 200, "not 200"').replace(", expect", "")
    done, report = run(waiver(check='"test_page"'), tests=tests)

    done.assert_outcomes(xfailed=1)
    assert report["results"][0]["reason"].startswith("not 200")


def test_a_broken_suite_is_never_waived(run: Run) -> None:
    """What a test raises by mistake is nobody's accepted failure, even behind a waived one."""
    tests = TESTS.replace("expect(answers(page))", "expect(answers(page))\n    {}['nope']")
    outcomes = '["FAIL", "UNMEASURED"]'
    waivers = waiver(outcomes=outcomes) + waiver(check='"test_page"', outcomes=outcomes)
    done, report = run(waivers, tests=tests)

    done.assert_outcomes(failed=1)
    assert report["results"][0]["outcome"] == "UNMEASURED"


LEAK = """
@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    with open("leak.xml", "a") as file:
        file.write("<!-- lantern-42-harbour -->")
"""


def test_a_leaking_secret_is_never_waived(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run in which everything is waived and a secret reaches a file fails all the same."""
    monkeypatch.setenv("TOKEN", "lantern-42-harbour")
    more = 'secrets = { api_key = { env = "TOKEN" } }\n'
    sound, _ = run(waiver(), "--junitxml=leak.xml", host=more)
    done, _ = run(waiver(), "--junitxml=leak.xml", host=more, suite=SUITE + MORE + LEAK)

    sound.assert_outcomes(xfailed=1)
    assert sound.ret == 0
    assert done.ret != 0
    assert "SECRET LEAK in leak.xml" in (done.stdout.str() + done.stderr.str()).replace(f"{Path.cwd()}/", "")


def test_several_workers_agree(run: Run) -> None:
    """Under xdist the result is the same, and a check that only the workers' suites know is known."""
    waivers = waiver() + waiver(check='"never"') + waiver(check='"nobody"')
    done, report = run(waivers, "-n", "2")

    assert done.ret == 1
    by_check = {result["check"]: result for result in report["results"]}
    assert by_check["answers"]["outcome"] == "WAIVED"
    assert [one["reason"] for one in report["results"] if one["outcome"] == "FAIL"] == [by_check["waiver"]["reason"]]
    assert "nobody" in by_check["waiver"]["reason"]


def test_one_that_is_no_longer_needed_is_told(run: Run) -> None:
    """The check passes: the run is GO and says that the waiver can go."""
    done, report = run(waiver(), status=200)

    assert done.ret == 0
    done.stdout.fnmatch_lines(["note: waivers.toml, line 1: the waiver of answers on prod is no longer needed: *"])
    assert any("no longer needed" in note for note in report["notes"])


def test_one_that_is_not_in_order_is_told_whole_and_once(run: Run) -> None:
    """Its check passes, it lacks two things: one line with both and their remedies, and no word of its end."""
    done, report = run(waiver(owner="", expires="2020-01-31"), status=200)
    told = [line for line in done.outlines if "waivers.toml" in line]

    assert done.ret == 1
    assert "\n".join(told) == (
        "FAIL waivers.toml, line 1: the waiver of answers on prod has no owner; it also expired: end of 2020-01-31 "
        'UTC; give it owner = "..."; mend the cause and delete it, or renew it'
    )
    assert report["notes"] == []


def test_runxfail_asks_for_the_bare_truth(run: Run) -> None:
    """Pytest's own --runxfail takes waivers out of the way."""
    done, report = run(waiver(), "--runxfail")

    done.assert_outcomes(failed=1)
    assert report["results"][0]["outcome"] == "FAIL"


@pytest.mark.parametrize(
    ("waivers", "options", "told"),
    [
        (
            waiver(expire="2026-01-01"),
            [],
            'waivers.toml, line 7: waiver.0.expire: unknown key; did you mean "expires"?',
        ),
        ("", ["--ops-waivers=gone.toml"], "--ops-waivers: gone.toml: there is no such file"),
        ("[[waiver]", [], "waivers.toml: is not TOML"),
    ],
    ids=["key", "gone", "toml"],
)
def test_a_file_that_cannot_be_read_ends_the_run_at_once(run: Run, waivers: str, options: list[str], told: str) -> None:
    """One line, exit code 4, nothing asked."""
    done, report = run(waivers, *options)

    assert done.ret == 4
    assert told in done.stdout.str() + done.stderr.str()
    assert report == {}


def test_the_file_can_be_named(run: Run) -> None:
    """--ops-waivers takes the place of the one beside the host file."""
    Path("mine.toml").write_text(waiver(owner='"me"'))
    done, report = run("[[waiver]\n", "--ops-waivers=mine.toml")

    done.assert_outcomes(xfailed=1)
    assert report["results"][0]["waivers"][0]["owner"] == "me"

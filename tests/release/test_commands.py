"""Exit codes, words and results of commands, run here and imported from CI."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from opscheck.release.asked import Asked, Context
from opscheck.release.checklist import Item, load_checklist
from opscheck.release.commands import judge_code, measure_command, measure_junit
from opscheck.release.git import Git
from opscheck.release.processes import Programs
from opscheck.release.words import Seen, State

BITS = load_checklist("release").item("dependencies").wants["codes"]
Measured = Callable[..., Seen]
GREEN = '<testsuite tests="1" failures="0" errors="0"><testcase classname="a" name="b"/></testsuite>'
RED = '<testsuite tests="1" failures="1" errors="0"><testcase classname="a" name="b"><failure/></testcase></testsuite>'


@pytest.mark.parametrize(
    ("code", "output", "state", "told"),
    [
        (0, "", State.MET, "it ended with 0"),
        (1, "fastapi 1 -> 2 (runtime)", State.NOT_MET, "packages of the runtime are outdated"),
        (2, "ruff 1 -> 2 (dev)", State.NOT_MET, "packages for development are outdated"),
        (3, "a (runtime)\nb (dev)", State.NOT_MET, "packages of the runtime are outdated; packages for development"),
        (4, "could not tell: no index", State.UNMEASURED, "pip could not tell"),
        (5, "a (runtime)", State.NOT_MET, "packages of the runtime are outdated; pip could not tell"),
        (8, "", State.NOT_MET, "bit 8 of 8, which nobody explains"),
        # Another way to end with the same number: the lock is not there, Python broke.
        (2, "requirements/run.lock cannot be read", State.UNMEASURED, "without what this code stands for"),
        (1, "Traceback (most recent call last)", State.UNMEASURED, "without what this code stands for"),
        (2, None, State.NOT_MET, "packages for development are outdated"),
    ],
)
def test_bits_of_the_dependency_check(code: int, output: str | None, state: State, told: str) -> None:
    """1 runtime, 2 development, 4 no answer, each by itself and together; a code alone, as CI hands it over."""
    found, means = judge_code(code, BITS, bits=True, output=output)

    assert found is state
    assert told in means


@pytest.fixture
def measured(tmp_path: Path) -> Measured:
    """Measure one item."""

    def measure(
        wants: Mapping[str, Any],
        *,
        by: Callable[[Item, Context], Seen] = measure_command,
        **asked: Any,  # noqa: ANN401 - what Asked takes
    ) -> Seen:
        programs = Programs(tmp_path)
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        context = Context(Asked(tmp_path, **asked), "release", programs, Git(programs), None, "", scratch)
        return by(Item("tests", "Tests", "command", wants=wants), context)

    return measure


def python(code: str) -> list[str]:
    """The words of a command that runs it."""
    return ["{python}", "-c", code]


def test_a_command_that_succeeds(measured: Measured) -> None:
    """With what was run and how long it took; placeholders are filled in."""
    seen = measured({"command": python("print('{scratch}' != chr(123) + 'scratch}')"), "says": "True"})

    assert seen.state is State.MET
    assert seen.evidence[0].startswith("$ {python} -c ")
    assert "(exit code 0, " in seen.evidence[0]


@pytest.mark.parametrize(
    ("code", "wants", "state", "told"),
    [
        ("import sys; print('three wrong'); sys.exit(1)", {}, State.NOT_MET, "it ended with 1: three wrong"),
        ("print('no')", {"says": "^yes"}, State.NOT_MET, "it succeeded, and did not say '^yes'"),
        ("print('nothing here')", {"nothing": "nothing"}, State.UNMEASURED, "had nothing to look at: nothing"),
        ("import time; time.sleep(99)", {}, State.UNMEASURED, "did not end within 2 s"),
        (
            "import sys; sys.exit(2)",
            {"codes": {"2": {"is": "not measured", "means": "it could not see"}}},
            State.UNMEASURED,
            "it could not see (exit code 2)",
        ),
    ],
)
def test_a_command_that_does_not(tmp_path: Path, code: str, wants: Mapping[str, Any], state: State, told: str) -> None:
    """Each way has its own word."""
    programs = Programs(tmp_path)
    context = Context(Asked(tmp_path), "release", programs, Git(programs), None, "", tmp_path)
    item = Item(
        "lint",
        "Lint",
        "command",
        deadline=timedelta(seconds=2),
        wants={"command": python(code), **wants},
    )

    seen = measure_command(item, context)

    assert seen.state is state
    assert told in seen.reason


@pytest.mark.parametrize("plan", ["release", "legacy-cutover"])
def test_without_a_manifest_there_is_a_next_step(measured: Measured, plan: str) -> None:
    """Run here, where there is none, and by CI's exit code; a code that CI does not explain has none."""
    wants = load_checklist(plan).item("integrity").wants

    here, by_ci = measured(wants), measured(wants, exit_codes={"tests": 2})

    assert (here.state, by_ci.state) == (State.UNMEASURED, State.UNMEASURED)
    assert here.remedy == by_ci.remedy
    assert here.remedy.startswith("opscheck sri generate --html PAGES writes one")
    assert measured(wants, exit_codes={"tests": 9}).remedy == ""


def test_a_program_that_is_missing_is_not_a_failure(measured: Measured) -> None:
    """And how to go on."""
    seen = measured({"command": ["no-such-linter"]})

    assert (seen.state, seen.reason) == (State.UNMEASURED, "no-such-linter is not installed")
    assert "--exit-code tests=N" in seen.remedy


def test_steps_stop_at_the_first_that_fails(measured: Measured, tmp_path: Path) -> None:
    """Up, down, up, and nothing to change: which step it was, and no step behind it."""
    steps = [{"run": python(f"open('step{number}', 'w')")} for number in range(4)]
    steps[2] = {"run": python("import sys; sys.exit(5)")}

    seen = measured({"steps": steps})

    assert seen.state is State.NOT_MET
    assert seen.reason.startswith("step 3 of 4, {python} -c")
    assert sorted(path.name for path in tmp_path.glob("step*")) == ["step0", "step1"]
    good = measured(
        {"steps": [{"run": python("print('nothing had to change: 3')"), "says": "nothing had to change"}] * 2}
    )
    assert (good.state, good.reason) == (State.MET, "all of 2 steps succeeded")


def test_what_changes_something_is_asked_for(measured: Measured, tmp_path: Path) -> None:
    """Not run, and not met, unless it is allowed or CI has done it."""
    wants = {"command": python("open('changed', 'w')"), "changes": "it takes the stack down"}

    refused = measured(wants)

    assert refused.state is State.UNMEASURED
    assert refused.reason == "it was not run: it takes the stack down"
    assert not (tmp_path / "changed").exists()
    assert measured(wants, exit_codes={"tests": 0}).state is State.MET
    assert not (tmp_path / "changed").exists()
    assert measured(wants, allow_changes=True).state is State.MET
    assert (tmp_path / "changed").exists()


def test_results_that_the_command_writes(measured: Measured, tmp_path: Path) -> None:
    """Its exit code alone is not enough: the results have to be there, new, and green."""
    write = f"open('out.xml', 'w').write('''{GREEN}''')"
    wants = {"command": python(write), "junit": "out.xml"}

    assert measured(wants).reason == "1 test green"
    nothing = measured({**wants, "command": python("pass")} | {"junit": "other.xml"})
    assert (nothing.state, "no such file" in nothing.reason) == (State.UNMEASURED, True)
    os.utime(tmp_path / "out.xml", (1_000_000_000, 1_000_000_000))
    old = measured({**wants, "command": python("pass")})
    assert old.state is State.UNMEASURED
    assert "as they were before" in old.reason
    red = measured({**wants, "command": python(f"open('out.xml', 'w').write('''{RED}'''); import sys; sys.exit(1)")})
    assert red.state is State.NOT_MET
    assert "failed: a.b: " in red.evidence


def test_what_ci_says_takes_its_place(measured: Measured, tmp_path: Path) -> None:
    """The gravest of what it says; the command is not run."""
    (tmp_path / "green.xml").write_text(GREEN)
    (tmp_path / "red.xml").write_text(RED)
    wants = {"command": python("open('ran', 'w')")}

    def imported(file: str = "", code: int | None = None) -> Seen:
        results = {"tests": tmp_path / file} if file else {}
        return measured(wants, results=results, exit_codes={} if code is None else {"tests": code})

    assert imported("green.xml").reason == "1 test green"
    assert imported("green.xml", 0).state is State.MET
    assert imported("green.xml", 1).reason == "by CI: it ended with 1"
    assert imported("red.xml", 0).state is State.NOT_MET
    assert imported("none.xml").state is State.UNMEASURED
    assert not (tmp_path / "ran").exists()


def test_results_without_a_command(measured: Measured, tmp_path: Path) -> None:
    """Imported, or at the place that the checklist names."""
    (tmp_path / "ci.xml").write_text(GREEN)

    assert measured({}, by=measure_junit).reason == "no results were handed over"
    assert measured({"path": "ci.xml"}, by=measure_junit).state is State.MET
    assert measured({}, by=measure_junit, results={"tests": tmp_path / "ci.xml"}).state is State.MET


def test_hosts_are_filled_in(measured: Measured) -> None:
    """Where a command wants a host and none was named, it is not run."""
    assert measured({"command": [sys.executable, "{host}"]}).reason == "no host was named"
    assert "no range of commits" in measured({"command": [sys.executable, "{range}"]}).reason

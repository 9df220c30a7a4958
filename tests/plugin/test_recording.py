"""Runs record themselves, and whatever ails history the verdict stands."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from opscheck.history import open_history
from opscheck.model import Outcome
from tests.standins.web import StandInWeb

Suite = Callable[..., None]
PAGE = "import pytest\n@pytest.mark.smoke\ndef test_page(page, expect):\n    expect(answers(page))\n"
TOKEN = "made-up-token-9f3c"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's state folder, empty; nothing turns history off."""
    monkeypatch.delenv("OPSCHECK_HISTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "opscheck" / "history.sqlite"


def notes(pytester: pytest.Pytester) -> list[str]:
    """Of the report that was written."""
    return list(json.loads((pytester.path / "r.json").read_text())["notes"])


def test_a_run_records_itself(suite: Suite, pytester: pytest.Pytester, web: StandInWeb, state: Path) -> None:
    """Without a word, in the user's state folder; what is recorded is the report."""
    suite(PAGE)
    done = pytester.runpytest_subprocess("--host", web.url, "--ops-report=r.json")

    assert done.ret == 0
    assert notes(pytester) == []
    with open_history(state, create=False) as history:
        (run,) = history.runs()
        assert (run.decision, run.source, run.counts) == ("GO", "run", {Outcome.PASS: 1})
        (result,) = history.results()
        assert (result.check, result.outcome, result.markers) == ("answers", Outcome.PASS, ("smoke",))
        assert result.seconds is not None
        kept = history.report(run.id)
        assert kept is not None
        assert kept.as_dict() == json.loads((pytester.path / "r.json").read_text())


def test_a_distributed_run_is_recorded_once(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, state: Path
) -> None:
    """By the controller, with what all workers saw."""
    suite(PAGE + "def test_other(page, expect):\n    expect(answers(page))\n")
    done = pytester.runpytest_subprocess("-p", "xdist", "-n", "2", "--host", web.url)

    assert done.ret == 0
    with open_history(state, create=False) as history:
        assert [run.counts for run in history.runs()] == [{Outcome.PASS: 2}]


def test_the_place_is_an_option(suite: Suite, pytester: pytest.Pytester, web: StandInWeb, state: Path) -> None:
    """A file from where pytest was started, also of a window; or none at all."""
    suite(PAGE)
    pytester.runpytest_subprocess("--host", web.url, "--ops-history=kept/h.sqlite").assert_outcomes(passed=1)
    pytester.runpytest_subprocess("--host", web.url, "--ops-history=off").assert_outcomes(passed=1)

    with open_history(pytester.path / "kept" / "h.sqlite", create=False) as history:
        assert len(history.runs()) == 1
    assert not state.exists()


def test_asking_nothing_records_nothing(suite: Suite, pytester: pytest.Pytester, web: StandInWeb, state: Path) -> None:
    """Neither a plan nor a collection, nor tests without checks."""
    suite(PAGE)
    pytester.runpytest_subprocess("--host", web.url, "--ops-plan")
    pytester.runpytest_subprocess("--host", web.url, "--collect-only")
    pytester.makepyfile(test_plain="def test_plain():\n    assert True\n")
    pytester.runpytest_subprocess("test_plain.py").assert_outcomes(passed=1)

    assert not state.exists()


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("bad.sqlite", "is no SQLite database; it is left as it is"),
        ("postgresql://ops:hunter2222@127.0.0.1:9/ops", "refused"),
        ("/proc/nothing/h.sqlite", "not recorded: history /proc/nothing/h.sqlite"),
    ],
)
def test_what_cannot_be_recorded_is_a_note(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, place: str, told: str
) -> None:
    """The verdict and the exit code are what they would be without history; no password is shown."""
    suite(PAGE)
    (pytester.path / "bad.sqlite").write_text("hello")
    done = pytester.runpytest_subprocess("--host", web.url, f"--ops-history={place}", "--ops-report=r.json")

    assert done.ret == 0
    (note,) = notes(pytester)
    assert note.startswith("not recorded: history ")
    assert told in note
    assert "GO: 1 of 1 check passed" in done.stdout.str()
    for text in (done.stdout.str(), (pytester.path / "r.json").read_text()):
        assert "hunter2222" not in text
    assert (pytester.path / "bad.sqlite").read_text() == "hello"


def test_a_failure_stays_a_failure(suite: Suite, pytester: pytest.Pytester, web: StandInWeb) -> None:
    """History that is broken turns nothing green."""
    suite("def test_page(page, expect):\n    expect(answers(page, status=418))\n")
    done = pytester.runpytest_subprocess("--host", web.url, "--ops-history=/proc/nothing/h", "--ops-exit-codes")

    assert done.ret == 20


@pytest.mark.parametrize("stated", [False, True])
def test_without_sqlalchemy(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, state: Path, *, stated: bool
) -> None:
    """Nothing is said unless somebody asked for history."""
    suite(PAGE)
    code = "import sys; sys.modules['sqlalchemy'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    more = [f"--ops-history={state}"] if stated else []
    done = pytester.run(sys.executable, "-c", code, "--host", web.url, "--ops-report=r.json", *more)

    assert done.ret == 0
    told = "not recorded: SQLAlchemy is not installed; pip install opscheck[history] brings it"
    assert notes(pytester) == ([told] if stated else [])
    assert not state.exists()


def test_secrets_do_not_reach_history(
    suite: Suite, pytester: pytest.Pytester, web: StandInWeb, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is recorded is masked: not a byte of the file has the token, in no form."""
    monkeypatch.setenv("MADE_UP_TOKEN", TOKEN)
    (pytester.path / "opscheck.toml").write_text(
        f'[hosts.prod]\nurl = "{web.url}"\nsystem = "reference"\n'
        '[hosts.prod.secrets]\napi_key = { env = "MADE_UP_TOKEN" }\n'
    )
    suite(
        "def test_page(page, expect):\n"
        f"    expect(Verdict('answers', Outcome.FAIL, 'it said {TOKEN}', observed='{TOKEN}'))\n"
    )
    done = pytester.runpytest_subprocess("--host", "prod", "--ops-report=r.json")

    assert done.ret == 1, done.stdout.str()
    with open_history(state, create=False) as history:
        (result,) = history.results()
        assert result.reason == "it said [secret api_key]"
        kept = history.report(history.runs()[0].id)
        assert kept is not None
        assert TOKEN not in json.dumps(kept.as_dict())
    found = b"".join(path.read_bytes() for path in state.parent.iterdir())
    assert TOKEN.encode() not in found


def test_the_environment_costs_nothing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where runs are recorded says nothing of what is checked: a run without checks reads no host file for it."""
    monkeypatch.setenv("OPSCHECK_HISTORY", "off")
    pytester.makepyfile(
        "import sys\ndef test_plain():\n    assert not {'opscheck.inventory', 'opscheck.history'} & set(sys.modules)\n"
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert os.environ["OPSCHECK_HISTORY"] == "off"

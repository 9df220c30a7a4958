"""`opscheck triage`: a report's causes, as text and as JSON, and what is said of a clumsy call."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opscheck.cli.app import app
from opscheck.history import open_history
from opscheck.model import Outcome
from opscheck.report import RunReport, json_report
from tests.report.sample import RUN, realistic, result


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def triage(*words: str) -> Result:
    """The command, in an empty folder."""
    return CliRunner().invoke(app, ["triage", *words])


def report(name: str = "r.json", text: str = "") -> str:
    """A report of a run in which the store was down."""
    Path(name).write_text(text or json_report.render(realistic()))
    return name


def test_the_causes_of_a_report() -> None:
    """Cause, command, remedy, section and role; then what nothing explains."""
    cause = result(
        Outcome.UNMEASURED, cause="prod:redis:refused", reason="could not measure: connection refused by 127.0.0.1:6379"
    )
    odd = result(Outcome.FAIL, number=1, check="zebra", reason="no stripes")
    done = triage(report(text=json_report.render(RunReport(RUN, [], [cause, odd]))))

    assert done.exit_code == 0
    assert "Nothing listens: redis is down on prod: explains 1 result" in done.stdout
    for word in ("cause ", "confirm  docker compose ps -a redis", "next ", "#service-down; ops duty officer"):
        assert word in done.stdout
    assert "unexplained: 1 result: zebra on prod" in done.stdout


def test_a_run_of_history_as_its_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """By how long ago, by its id and its beginning; from the history that is named, or the one of the environment."""
    monkeypatch.delenv("OPSCHECK_HISTORY", raising=False)
    with open_history("h.sqlite") as history:
        history.append(realistic())
        later = replace(RUN, id="later", started=RUN.started + timedelta(hours=1), finished=RUN.finished)
        history.append(RunReport(later, [], [result()]))

    of_file = triage(report()).stdout
    assert "explains" in of_file
    for name in ("latest~1", RUN.id, RUN.id[:-1]):
        assert triage(name, "--history", "h.sqlite").stdout == of_file
    monkeypatch.setenv("OPSCHECK_HISTORY", "h.sqlite")
    assert triage("latest").stdout == "run later: nothing to explain\n"


def test_as_json() -> None:
    """For machines, with the run and its decision."""
    told = json.loads(triage(report(), "--json").stdout)

    assert (told["run"], told["decision"]) == (RUN.id, "FAIL")
    assert {"causes", "unexplained"} <= set(told)


def test_signatures_of_the_users_own_count() -> None:
    """Beside the host file of this folder, or of the one that is named."""
    own = '[signature.stripes]\ntitle = "A zebra"\ncause = "c"\nmatch = [{ check = "zebra" }]\n'
    Path("there").mkdir()
    Path("there/opscheck.toml").write_text("")
    Path("there/signatures.toml").write_text(own)
    odd = report(text=json_report.render(RunReport(RUN, [], [result(Outcome.FAIL, check="zebra")])))

    assert "A zebra on prod" in triage(odd, "--inventory", "there/opscheck.toml").stdout
    assert "likely causes: none known" in triage(odd).stdout


def test_nothing_to_explain() -> None:
    """A green report is one line."""
    name = report(text=json_report.render(RunReport(RUN, [], [result()])))

    assert triage(name).stdout == f"run {RUN.id}: nothing to explain\n"


def test_the_list_and_one_in_full() -> None:
    """Ids and titles; all fields of one."""
    listed = triage("--signatures").stdout.splitlines()
    one = triage("--signature", "model-missing").stdout

    assert len(listed) > 60
    assert any(line.startswith("kb-none ") for line in listed)
    assert one.startswith("model-missing: The model is missing\n  cause ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "which report? name its JSON file"),
        (("gone.json",), "gone.json: there is no such file"),
        (("page.html",), "page.html: is no JSON"),
        (("latest", "--history", "none.sqlite"), "none.sqlite: nothing has been recorded there yet"),
        (("run-9", "--history", "h.sqlite"), "h.sqlite has no such run; opscheck history list tells them"),
        (("list.json",), "list.json: not a report of opscheck: an object is expected, not list"),
        (("newer.json",), "the report is opscheck.report/9"),
        (("--signature", "model-mising"), 'unknown signature "model-mising"; did you mean "model-missing"?'),
        (("list.json", "--inventory", "gone.toml"), "--inventory: gone.toml: there is no such file"),
    ],
)
def test_a_clumsy_call_is_one_line(words: tuple[str, ...], told: str) -> None:
    """On standard error, exit code 4."""
    report("page.html", "<html>")
    report("list.json", "[]")
    report("newer.json", '{"schema": "opscheck.report/9"}')
    with open_history("h.sqlite") as history:
        history.append(realistic())
    done = triage(*words)

    assert done.exit_code == 4
    assert told in done.stderr
    assert done.stderr.startswith("opscheck: ")
    assert done.stderr.count("\n") == 1

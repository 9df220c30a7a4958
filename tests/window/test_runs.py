"""The runs of a window: what is asked, and what is kept of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from opscheck.errors import OptionError
from opscheck.model import Outcome
from opscheck.report import HostInfo, RunReport
from opscheck.window import runs
from opscheck.window.desk import require
from opscheck.window.runs import Wishes, command, comparison, kept_report, parse, run_checks
from opscheck.window.state import Phase
from tests.report.sample import RUN, result
from tests.window.world import World, run_report


def test_what_is_asked(world: World) -> None:
    """All hosts of the window, the marker of windows where no other is named, and the window itself."""
    window = world.open(hosts=("prod", "lab"))
    words = command(window, Wishes(inventory=Path("opscheck.toml")), Path("r.json"), Path("w1"))

    assert words[1:4] == ["-m", "opscheck", "run"]
    assert words[4:] == [
        *("--ops-host=prod", "--ops-host=lab", "--ops-inventory=opscheck.toml", "-m", "maintenance"),
        *("--ops-report=r.json", "--ops-window=w1"),
    ]
    own = command(window, Wishes(word="w1", more=("-m", "smoke", "-x")), Path("r.json"), Path("/kept/w1"))
    assert own[-5:] == ["--ops-report=r.json", "--ops-window=w1", "-m", "smoke", "-x"]
    assert own.count("-m") == 2
    named = command(window, Wishes(more=("suites/smoke/test_chat.py::test_x[prod]",)), Path("r.json"), Path("w1"))
    assert "maintenance" not in named


@pytest.fixture
def script(world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that runs in place of opscheck: what it prints to its report is up to the test."""
    file = world.folder / "run.py"

    def instead(window: object, wishes: object, report: Path, folder: object) -> list[str]:
        return [sys.executable, str(file), str(report)]

    monkeypatch.setattr(runs, "command", instead)
    return file


def leaves(script: Path, report: RunReport | dict[str, Any] | None, code: int = 0) -> None:
    """Have the program leave this report and end with this code."""
    data = report.as_dict() if isinstance(report, RunReport) else report
    text = json.dumps(json.dumps(data))
    write = f"open(sys.argv[1], 'w').write({text})\n" if data is not None else ""
    script.write_text(f"import sys\n{write}sys.exit({code})\n")


def test_a_run_is_kept_with_its_hash_and_code(world: World, script: Path) -> None:
    """Before, then after; and both are compared."""
    world.open()
    leaves(script, run_report(Outcome.PASS, Outcome.PASS))
    run_checks(world.store(), Wishes(), clock=lambda: world.now, by="ana")
    leaves(script, run_report(Outcome.PASS, Outcome.FAIL), code=1)
    report, kept = run_checks(world.store(), Wishes(), clock=lambda: world.later(5), by="tom")
    window = require(world.store())
    compared = comparison(world.store(), window)

    assert (kept.phase, kept.exit_code, kept.by, kept.at) == (Phase.AFTER, 1, "tom", world.now)
    assert kept_report(world.store(), kept) is not None
    assert report.decision.value == kept.decision == "FAIL"
    assert compared is not None
    assert compared.headline() == "1 new failure, 1 the same"


def test_what_is_no_report_is_not_kept(world: World, script: Path) -> None:
    """Nothing, another document, a run of another host: one line, and the log is as it was."""
    world.open()
    strange = RunReport(RUN, [HostInfo("lab", "live", "reference")], [result(host="lab")])
    for report, told in (
        (None, "the run ended with 3 and left no report"),
        ({"schema": "other/1"}, "001-before.json: "),
        (strange, "window w1 is not for lab: the run is not kept"),
    ):
        leaves(script, report, code=3)
        with pytest.raises(OptionError) as caught:
            run_checks(world.store(), Wishes(), clock=lambda: world.now, by="ana")
        assert told in str(caught.value)
        assert "\n" not in str(caught.value)
    assert require(world.store()).runs == []
    assert list((world.store().folder / "runs").iterdir()) == []


def test_a_run_writes_the_file_that_is_kept(world: World, script: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What it prints of its report names what is there afterwards; a run at the same time has a file of its own."""
    world.open()
    other = world.store().folder / "runs" / "001-before.json"
    other.parent.mkdir()
    other.touch()
    leaves(script, run_report(Outcome.PASS))
    script.write_text(script.read_text().replace("sys.exit", "print(sys.argv[1])\nsys.exit"))
    _, kept = run_checks(world.store(), Wishes(), clock=lambda: world.now, by="ana")

    assert kept.file == "runs/002-before.json"
    assert Path(capfd.readouterr().out.strip()) == world.store().folder / kept.file
    assert kept_report(world.store(), kept) is not None
    assert other.read_bytes() == b""


def test_a_window_that_closes_meanwhile_takes_no_run(world: World, script: Path) -> None:
    """A run that was under way when somebody closed the window does not change what was told."""
    world.open()
    world.ran(Phase.BEFORE, run_report(Outcome.PASS))
    world.ran(Phase.AFTER, run_report(Outcome.PASS))
    leaves(script, run_report(Outcome.PASS))
    original = runs.parse

    def closing(content: bytes, name: str) -> RunReport:
        world.close()
        return original(content, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "parse", closing)
        with pytest.raises(OptionError, match="window w1 was closed"):
            run_checks(world.store(), Wishes(), clock=lambda: world.now, by="ana")


def test_a_kept_run_that_is_no_report_any_more_is_told(world: World) -> None:
    """Or is gone: then there is nothing to compare."""
    world.whole()
    window = require(world.store())
    file = world.store().folder / "runs" / "001-before.json"
    file.unlink()
    assert comparison(world.store(), window) is None
    file.write_text("{")
    with pytest.raises(OptionError, match=r"runs/001-before.json: "):
        comparison(world.store(), window)
    with pytest.raises(OptionError):
        parse(b"[" * 100_000, "deep.json")

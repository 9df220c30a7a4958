"""The report as Prometheus reads it: right by its own tool and by its own parser, inert whatever the texts are."""

from __future__ import annotations

import stat
import subprocess
from dataclasses import replace
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text_format

from opscheck.model import Outcome
from opscheck.redact import Redactor
from opscheck.report import RunReport
from opscheck.report.prometheus import Family, exposition, families_of, render, selection
from opscheck.report.write import write_reports
from tests.parts.find import require_tool
from tests.report.sample import RUN, hostile, realistic, result


def _samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    found = [sample for family in text_format(text) for sample in family.samples]
    keys = [(one.name, frozenset(one.labels.items())) for one in found]
    assert len(keys) == len(set(keys))
    return dict(zip(keys, (float(one.value) for one in found), strict=True))


def _report(*outcomes: Outcome, marker: str = "readiness") -> RunReport:
    results = [result(one, number=number, markers=(marker,)) for number, one in enumerate(outcomes)]
    return RunReport(RUN, (), results)


def test_promtool_has_nothing_to_say() -> None:
    """A realistic report and a hostile one pass the linter of Prometheus itself."""
    promtool = require_tool("promtool")
    for report in (realistic(), hostile()):
        words = [str(promtool), "check", "metrics"]
        done = subprocess.run(words, input=render(report), capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_hostile_texts_are_labels_and_nothing_else() -> None:
    """No line is injected: both parsers give back as many samples as there are."""
    report = hostile()
    number = sum(len(family.samples) for family in families_of(report))

    assert len(_samples(render(report))) == number
    parsed = list(openmetrics(exposition(families_of(report), openmetrics=True)))  # type: ignore[no-untyped-call] # its own
    assert sum(len(family.samples) for family in parsed) == number


def test_each_check_has_one_outcome() -> None:
    """Of its tests the gravest; exactly one of the outcomes is 1."""
    one = replace(result(Outcome.PASS, number=1), id="other", check="readiness.truthful_0")
    report = RunReport(RUN, (), [result(Outcome.FAIL), one])

    found = _samples(render(report))

    mine = {dict(labels)["outcome"]: value for (name, labels), value in found.items() if name.endswith("_outcome")}
    assert mine == {"FAIL": 1, "UNMEASURED": 0, "BLOCKED": 0, "DEGRADED": 0, "WAIVED": 0, "PASS": 0}


def test_duration_is_that_of_the_slowest_exchange() -> None:
    """In seconds; nothing where nothing was timed."""
    timed = _samples(render(RunReport(RUN, (), [result(number=3)])))
    untimed = render(RunReport(RUN, (), [result(evidence=())]))

    durations = [value for (name, _), value in timed.items() if name == "opscheck_check_duration_seconds"]
    assert durations == [0.023]
    assert "opscheck_check_duration_seconds" not in untimed


def test_ready_is_told_only_where_it_was_seen() -> None:
    """1, 0, or nothing: what could not be measured is not unready, and without a readiness check nobody knows."""
    for outcomes, expected in (
        ((Outcome.PASS, Outcome.DEGRADED), "1"),
        ((Outcome.PASS, Outcome.FAIL), "0"),
        ((Outcome.FAIL, Outcome.UNMEASURED), "0"),
        ((Outcome.PASS, Outcome.UNMEASURED), ""),
        ((Outcome.BLOCKED,), ""),
    ):
        lines = [line for line in render(_report(*outcomes)).splitlines() if line.startswith("status_ready")]
        assert lines == ([f'status_ready{{host="prod"}} {expected}'] if expected else [])
    assert "status_ready" not in render(_report(Outcome.PASS, marker="smoke"))


def test_the_run_tells_when_it_was_and_what_it_came_to() -> None:
    """With the hosts and the selection, so that two files of one folder do not hold the same series."""
    found = _samples(render(realistic()))
    run = {name: value for (name, labels), value in found.items() if name.startswith("opscheck_run_t")}
    assert run == {"opscheck_run_timestamp_seconds": realistic().run.finished.timestamp()}
    decisions = {dict(labels)["decision"] for (name, labels), value in found.items() if "decision" in name and value}
    assert decisions == {"FAIL"}
    assert selection(["opscheck", "run", "-m", "a or b", "-kchat", "--host=x"]) == "a or b and chat"
    assert selection([]) == ""


def test_numbers_and_escapes() -> None:
    """As the format wants them."""
    family = Family("a_total", "counter", "Of\nall \\ kinds.", [({"x": 'q"\\\n'}, float("nan")), ({}, float("inf"))])

    assert exposition([family]).splitlines() == [
        "# HELP a_total Of\\nall \\\\ kinds.",
        "# TYPE a_total counter",
        'a_total{x="q\\"\\\\\\\\n"} NaN',
        "a_total +Inf",
    ]
    assert exposition([family], openmetrics=True).splitlines()[1::3] == ["# TYPE a counter", "# EOF"]


def test_the_file_is_whole_or_the_old_one(tmp_path: Path) -> None:
    """Written beside and moved, readable for the collector's own user, and no temporary file is a .prom file."""
    path = tmp_path / "opscheck.prom"
    path.write_text("old")
    names: set[str] = set()

    class Watching(Redactor):
        def text(self, text: str) -> str:
            names.update(one.name for one in tmp_path.iterdir())
            return super().text(text)

    write_reports(realistic(), [path], Watching())

    assert names == {"opscheck.prom"}
    assert path.read_text() == render(realistic())
    assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444
    assert [one.name for one in tmp_path.iterdir()] == ["opscheck.prom"]

"""The report in its four forms: what each says, what none gives away."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from opscheck.errors import OptionError, UserError
from opscheck.redact import Redactor, Secret
from opscheck.release import as_html, as_json, as_markdown, as_text
from opscheck.release.words import State
from opscheck.release.write import write_reports
from tests.release.made import every_state, finding, report
from tests.report.markup import Page
from tests.report.sample import HOSTILE


def test_json_keeps_its_schema() -> None:
    """Whole, of every state, and of hostile texts."""
    schema = as_json.release_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for one in (every_state(), report(finding(reason=" ".join(HOSTILE), evidence=HOSTILE))):
        text = as_json.render(one)
        jsonschema.validate(json.loads(text), schema)
        assert text.isascii()
    data = json.loads(as_json.render(every_state()))
    assert data["decision"] == "NO-GO"
    assert {one["state"] for one in data["findings"]} == {state.value for state in State}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "decision": "MAYBE"}, schema)


def test_the_terminal_ends_with_the_decision() -> None:
    """Every item, every reason, the next step of the playbook; each line printable."""
    lines = list(as_text.lines(every_state()))

    assert lines[-1] == "NO-GO: 3 of 7 items stand in the way: 1 not met, 1 not measured, 1 not attested"
    assert lines[0] == f"Release of {'4f1c2aa0' * 5} on prod (v1..HEAD)"
    assert any("told" in line and "(told only)" in line for line in lines)
    assert "  2 next  Let CI fail" in lines
    assert "          set FAIL_ON_LEGACY=true" in lines
    assert all(line.isprintable() and len(line) <= 160 for line in lines)
    hostile = list(as_text.lines(report(finding(State.NOT_MET, reason="\x1b[31mred\n", evidence=HOSTILE))))
    assert all(line.isprintable() for line in hostile)


def test_a_waiver_is_told_once() -> None:
    """Where it is the reason; one that is not needed stands behind the reason. What is told only is not counted."""
    line = "upgrade is planned (ops, until 2026-10-31)"
    waived = finding(State.WAIVED, "a", reason=line, waiver=line)
    met = finding(name="b", waiver=f"not needed: {line}")
    told = finding(State.NOT_MET, "c", counts=False)
    shown = report(waived, met, told)

    assert as_markdown.render(shown).count(f"| waived | {line} |") == 1
    assert f"| met | it holds. Waiver: not needed: {line} |" in as_markdown.render(shown)
    assert as_html.render(shown).count("Waiver: ") == 1
    assert "<b>1</b><span>not met</span>" not in as_html.render(shown)
    assert "<b>1</b><span>waived</span>" in as_html.render(shown)


def test_markdown_says_the_same() -> None:
    """The decision first; a table of all items; steps."""
    text = as_markdown.render(every_state())

    assert text.startswith("# opscheck: NO-GO: 3 of 7 items stand in the way")
    assert text.count("\n| What ") == 8
    assert "2. **next**: Let CI fail (ci: CI has handed over no results)" in text
    hostile = as_markdown.render(report(finding(State.NOT_MET, reason=" ".join(HOSTILE), evidence=HOSTILE)))
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", hostile)  # a code span shows whatever stands in it
    assert "<script" not in outside
    assert "](javascript" not in outside


def test_html_is_whole_and_inert() -> None:
    """It parses, calls nothing, and holds every reason."""
    for one in (
        every_state(),
        report(finding(State.NOT_MET, reason=" ".join(HOSTILE), evidence=HOSTILE), notes=HOSTILE),
    ):
        text = as_html.render(one)
        assert "<script" not in text
        assert "<img" not in text
        assert "default-src 'none'" in text
        assert Page(text).problems == []
    assert "NO-GO" in as_html.render(report())


def test_secrets_reach_no_form(tmp_path: Path) -> None:
    """A command has printed a token: masked in each."""
    redactor = Redactor()
    redactor.register(Secret("admin_token", "hunter2-and-more"))
    one = report(
        finding(
            State.NOT_MET,
            reason="401 for hunter2-and-more",
            evidence=("https://ada:pw@ops.example.org hunter2-and-more",),
        ),
        argv=("opscheck", "hunter2-and-more"),
    )
    paths = [tmp_path / name for name in ("r.html", "r.json", "r.md")]

    write_reports(one, paths, redactor)

    for path in paths:
        text = path.read_text()
        assert "hunter2" not in text
        assert "ada:pw" not in text
        assert "secret" in text


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A suffix that is none, a folder in the place of the file: one line, and nothing half."""
    with pytest.raises(OptionError, match=r"the suffixes are \.html, \.json, \.md"):
        write_reports(report(finding()), [tmp_path / "r.html", tmp_path / "r.txt"], Redactor())
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "r.json").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        write_reports(report(finding()), [tmp_path / "r.json"], Redactor())
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_a_secret_that_is_a_word_of_every_report_is_refused(tmp_path: Path) -> None:
    """What masking would break is refused rather than written."""
    redactor = Redactor()
    redactor.register(Secret("odd", "opscheck.release/1"))

    with pytest.raises(OptionError, match="it cannot be masked there; use a longer secret"):
        write_reports(report(finding()), [tmp_path / "r.json"], redactor)
    assert list(tmp_path.iterdir()) == []

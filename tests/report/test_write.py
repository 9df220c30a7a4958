"""Reports become files: masked, whole, or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from opscheck.errors import OptionError, SecretLeak
from opscheck.redact import Redactor, Secret
from opscheck.report import RunReport
from opscheck.report.write import RENDERERS, write_reports
from tests.report.markup import Page
from tests.report.sample import RUN, exchange, hostile, realistic, result

SECRETS = ["hunter22-é", "q\"uo<te&d's", "back\\slash\\n", "line\nbreak-secret", "p@ss/w:rd?=%20"]


def _redactor(*values: str) -> Redactor:
    redactor = Redactor()
    for index, value in enumerate(values):
        redactor.register(Secret(f"key_{index}", value))
    return redactor


DECIDED = {
    ".html": "2 of 41 checks failed",
    ".json": '"decision": "FAIL"',
    ".md": "2 of 41 checks failed",
    ".prom": 'outcome="FAIL"',
}  # how each form tells what the run came to


def _with_secret(value: str) -> RunReport:
    item = result(
        reason=f"saw {value} in the answer",
        expected="x" * 230 + value,
        curl=f"curl -H 'x: {value}'",
        evidence=(exchange(excerpt=f"before {value} after", headers=[["x-echo", value]]),),
    )
    report = realistic()
    return replace(report, results=[*report.results, item], notes=[value], run=replace(RUN, argv=[value]))


@pytest.mark.parametrize("suffix", list(RENDERERS))
def test_each_form_is_written(tmp_path: Path, suffix: str) -> None:
    """The suffix picks the form; missing folders are made; the path comes back."""
    path = tmp_path / "new" / "folder" / f"report{suffix}"

    assert write_reports(realistic(), [path], Redactor()) == [path]
    assert DECIDED[suffix] in path.read_text()
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("value", SECRETS)
def test_secrets_reach_no_file(tmp_path: Path, value: str) -> None:
    """A secret in any text of the report is masked in every form, and every form stays readable."""
    paths = [tmp_path / f"r{suffix}" for suffix in RENDERERS]
    redactor = _redactor(value)

    write_reports(_with_secret(value), paths, redactor)

    for path in paths:
        assert value not in path.read_text()
        assert redactor.leaks(path.read_text()) == []
        assert "[secret" in path.read_text() or path.suffix == ".prom"  # metrics repeat no text of a result
    assert Page((tmp_path / "r.html").read_text()).problems == []
    assert RunReport.from_dict(json.loads((tmp_path / "r.json").read_text())).notes == ["[secret key_0]"]


def test_a_leak_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If masking fails, the canary raises with the secret's name, and no file is there, not even the first."""
    redactor = _redactor("hunter22-canary")
    monkeypatch.setattr(redactor, "text", lambda text: text)
    monkeypatch.setattr(redactor, "tree", lambda tree: tree)

    with pytest.raises(SecretLeak, match="key_0") as caught:
        write_reports(_with_secret("hunter22-canary"), [tmp_path / "a.html", tmp_path / "b.json"], redactor)

    assert "hunter22" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_the_values_do_not_show_is_masked_in_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The finished text is masked once more, so a value that was missed reaches no file either."""
    monkeypatch.setattr(RunReport, "masked", lambda report, _: report)
    write_reports(_with_secret("hunter22-missed"), [tmp_path / "r.json"], _redactor("hunter22-missed"))

    assert "hunter22" not in (tmp_path / "r.json").read_text()


def test_a_leak_into_the_frame_of_a_report_is_one_line(tmp_path: Path) -> None:
    """A secret that is a word of every report breaks no report: it is refused by name."""
    with pytest.raises(OptionError, match=r"^secret key_0 is a word that every \.json report contains: [^\n]+$"):
        write_reports(realistic(), [tmp_path / "a.json"], _redactor("summary"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["r.pdf", "r", "r.html\n.exe", ".html"])
def test_unknown_form_names_the_known_ones(tmp_path: Path, name: str) -> None:
    """A suffix that is not known is one line with those that are, and nothing is written."""
    with pytest.raises(OptionError, match=r"^[^\n]*\.html, \.json, \.md, \.prom$"):
        write_reports(realistic(), [tmp_path / "a.json", tmp_path / name], Redactor())

    assert list(tmp_path.iterdir()) == []


def test_unwritable_path_is_one_line(tmp_path: Path) -> None:
    """A path that cannot be written says which and why; what was there before stays, and no rest is left."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.json").mkdir()

    for path in (tmp_path / "file" / "r.json", tmp_path / "folder.json", tmp_path / ("x" * 300 + ".json")):
        with pytest.raises(OptionError, match=r"^the report [^\n]+ cannot be written: [^\n]+$"):
            write_reports(realistic(), [path], Redactor())
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "folder.json"]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """An older report is replaced in one step, and the new file has the permissions of any new file."""
    path = tmp_path / "r.md"
    path.write_text("old")
    write_reports(realistic(), [path], Redactor())
    (tmp_path / "plain").write_text("x")

    assert path.read_text().startswith("# opscheck: FAIL")
    assert os.stat(path).st_mode == os.stat(tmp_path / "plain").st_mode  # noqa: PTH116


def test_hostile_report_is_written_in_every_form(tmp_path: Path) -> None:
    """Lone surrogates and controls stop no writer."""
    paths = [tmp_path / f"r{suffix}" for suffix in RENDERERS]

    assert write_reports(hostile(), paths, _redactor("hunter22-other")) == paths

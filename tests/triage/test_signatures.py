"""Every shipped signature is named by results that show it, and silent on results that come close."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opscheck.inventory.document import read
from opscheck.model import Outcome
from opscheck.report import HostInfo, Result, RunInfo, RunReport
from opscheck.report.triage import Triage
from opscheck.triage import Signature, explain, load_signatures
from opscheck.triage.file import shipped_file
from tests.triage.page import section_of
from tests.triage.rows import ROWS, Row
from tests.triage.sources import Live, recorded

AT = datetime(2026, 11, 21, tzinfo=UTC)
SIGNATURES = load_signatures()
BY_ID = {signature.id: signature for signature in SIGNATURES}
DOCS = Path(__file__).resolve().parents[2] / "docs" / "triage-and-waivers.md"
CHANGES = re.compile(
    r"-X (?!OPTIONS)|--data|>(?! ?/dev/null)|\b(rm|prune|restart|stop|kill|up|down|pull|delete|drop|update|sudo)\b",
    re.IGNORECASE,
)


def triaged(results: list[Result]) -> Triage:
    """The causes of these results alone."""
    names = sorted({result.host for result in results})
    run = RunInfo("r", AT, AT, "0")
    return explain(RunReport(run, [HostInfo(name, "live", "x") for name in names], results), SIGNATURES, {})


def rows() -> list[object]:
    """One parameter a row."""
    return [pytest.param(row, id=row.signature) for row in ROWS]


@pytest.mark.parametrize("row", rows())
def test_it_is_named(row: Row) -> None:
    """It is a cause of its own: told with title, command, remedy, section and role, and it explains something."""
    causes = {cause.signature: cause for cause in triaged(row.named()).causes}

    assert row.signature in causes
    cause = causes[row.signature]
    assert cause.results
    assert all((cause.title, cause.cause, cause.confirm, cause.remedy, cause.runbook, cause.escalate))
    for line in (cause.title, cause.cause, cause.confirm, cause.remedy):
        assert "\n" not in line
        assert not re.search(r"\{[a-z]+(:[^}]*)?\}", line.replace("{http_code}", "").replace("{time_total}", ""))


@pytest.mark.parametrize("row", rows())
def test_it_is_silent(row: Row) -> None:
    """Results that come close do not name it, neither as a cause nor beside one."""
    triage = triaged(row.silent())

    assert row.signature not in {cause.signature for cause in triage.causes}
    assert BY_ID[row.signature].title not in {title for cause in triage.causes for title in cause.also}


def test_every_signature_has_both() -> None:
    """One that nobody has seen named, or silent, is a guess."""
    assert sorted(row.signature for row in ROWS) == sorted(BY_ID)


def test_most_of_them_were_seen_live() -> None:
    """By far most rows rest on runs over services that were really broken; the others say why they cannot."""
    seen = [row.signature for row in ROWS if isinstance(row.named, Live)]

    assert len(seen) > 2 * len(ROWS) / 3
    assert {source.name for row in ROWS for source in (row.named, row.silent) if isinstance(source, Live)} == set(
        recorded()
    )


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda signature: signature.id)
def test_the_command_only_reads(signature: Signature) -> None:
    """Pasted on a production host it changes nothing, and carries no secret but by name."""
    assert not CHANGES.search(signature.confirm)
    assert len(signature.confirm) < 300
    assert "-p $" not in signature.confirm


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda signature: signature.id)
def test_its_section_is_there(signature: Signature) -> None:
    """The runbook's page has a section of that name, which says what the file says; `tests.triage.page` writes it."""
    page, _, section = signature.runbook.partition("#")

    assert DOCS.match(f"*/{page}")
    assert section == signature.id
    assert section_of(signature) in DOCS.read_text()


def test_secrets_stay_out_of_the_file() -> None:
    """The file names variables, never values."""
    assert not re.search(r"(?i)(password|token|secret)\s*=\s*[\"'][^\"']+[\"']", shipped_file().read_text())


def test_the_file_keeps_its_schema() -> None:
    """A run does not look, because this test does."""
    assert len(read(shipped_file(), "signatures.schema.json", package="opscheck.triage")["signature"]) == len(ROWS)


def test_a_run_that_is_green_has_no_cause() -> None:
    """Nothing is explained where nothing happened."""
    passed = [Result(name, name, (), "prod", Outcome.PASS, reason="well") for name in ("liveness", "readiness")]

    assert not triaged(passed)

"""Tampering is found, and the file that was tampered with is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from opscheck.errors import OptionError
from opscheck.window.log import Entry, entry_after, read_log
from opscheck.window.publish import write_page
from opscheck.window.verify import Finding, seal, verify_file, verify_folder, window_folder
from tests.window.world import World


@pytest.fixture
def page(world: World) -> Path:
    """A window with its report, which lies elsewhere."""
    world.whole()
    target = world.folder / "report.html"
    list(write_page(world.store(), target, now=world.later(1), by="ana"))
    return target


def bad(found: list[Finding]) -> dict[str, str]:
    """What cannot be relied on, by file name."""
    return {Path(one.name).name: one.problem for one in found if one.problem}


def test_untouched_evidence_is_good(world: World, page: Path) -> None:
    """By the window and by the report; every piece was looked at."""
    folder = world.store().folder
    names = {Path(one.name).name for one in verify_folder(folder)}

    assert bad(verify_folder(folder)) == {}
    assert bad(verify_file(page, folder)) == {}
    assert names >= {"log.jsonl", "001-before.json", "002-after.json", "rollback-rollback.md", "report.html"}


PIECES = (
    "runs/001-before.json",
    "runs/002-after.json",
    "rollback-rollback.md",
    "snapshot/before-001-prometheus.yml",
    "snapshot/after-001-prometheus.yml",
)


@pytest.mark.parametrize("piece", PIECES)
def test_a_changed_piece_is_named(world: World, page: Path, piece: str) -> None:
    """One character is enough; also when only the report is asked about."""
    file = world.store().folder / piece
    file.write_bytes(file.read_bytes() + b" ")

    wanted = {file.name: "was changed: its hash is not the one in the log"}
    assert bad(verify_folder(world.store().folder)) == wanted
    assert bad(verify_file(page, world.store().folder)) == wanted
    file.unlink()
    assert bad(verify_folder(world.store().folder)) == {file.name: "is gone"}


def test_a_changed_log_is_named(world: World, page: Path) -> None:
    """With the line."""
    log = world.store().log_file
    log.write_bytes(log.read_bytes().replace(b"disk at 94", b"disk at 49"))

    assert "line 5 of the log was changed" in bad(verify_folder(log.parent))["log.jsonl"]
    assert "line 5 of the log was changed" in bad(verify_file(page, log.parent))["log.jsonl"]


def test_a_log_that_was_written_anew_is_found_by_the_report(world: World, page: Path) -> None:
    """A forger who chains everything again still cannot change what the report has seen."""
    log = world.store().log_file
    entries = read_log(log.read_bytes()).entries
    forged: list[Entry] = []
    for entry in entries:
        data = {**entry.data, "text": "nothing happened"} if entry.kind == "deviation" else entry.data
        last = forged[-1] if forged else None
        forged.append(entry_after(last, at=entry.at, by=entry.by, kind=entry.kind, data=data))
    log.write_bytes(b"".join(one.line().encode() for one in forged))

    assert read_log(log.read_bytes()).broken == ""
    assert "was written anew" in bad(verify_file(page, log.parent))["log.jsonl"]
    assert "was written anew" in str(bad(verify_folder(log.parent)))


def test_a_log_that_was_cut_off_is_found(world: World, page: Path) -> None:
    """Its chain is whole, but the report knew more."""
    log = world.store().log_file
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:4]))

    assert "some were cut off" in bad(verify_file(page, log.parent))["log.jsonl"]


def test_a_changed_report_is_named(world: World, page: Path) -> None:
    """By its seal alone; and where it was sealed again, by the log."""
    content = page.read_bytes()
    page.write_bytes(content.replace(b"Stopped the scraper", b"Started the scraper"))
    assert bad(verify_file(page, None)) == {"report.html": "was changed: its seal does not match"}
    assert bad(verify_folder(world.store().folder)) == {"report.html": "was changed: its seal does not match"}

    text = content.decode().replace("Stopped the scraper", "Started the scraper")
    page.write_bytes(seal(text.rpartition("<!-- opscheck-window")[0]))
    assert bad(verify_file(page, None)) == {}  # nothing to hold it against: the command says so
    assert "sealed again" in bad(verify_file(page, world.store().folder))["report.html"]
    assert "sealed again" in bad(verify_folder(world.store().folder))["report.html"]

    page.write_bytes(content.rpartition(b"<!-- opscheck-window")[0])
    assert bad(verify_file(page, None)) == {"report.html": "was changed: its seal is gone"}


def test_a_report_finds_its_window(world: World, page: Path) -> None:
    """Beside it, by name below the windows, else not at all; a moved one is no failure."""
    folder = world.store().folder
    assert window_folder(page, world.windows) == folder
    moved = page.rename(folder / "report.html")
    assert window_folder(moved, world.folder / "elsewhere") == folder
    assert window_folder(moved.rename(page), world.folder / "elsewhere") is None
    page.rename(world.folder / "other.html")
    (note,) = [one.note for one in verify_folder(folder) if one.name.endswith("report.html")]
    assert note.startswith("is not where it was written")


def test_what_is_no_evidence_is_told(world: World) -> None:
    """Another file, no file, a folder without a log."""
    (world.folder / "x.html").write_text("<p>hello")
    with pytest.raises(OptionError, match="is no report of a maintenance window"):
        verify_file(world.folder / "x.html", None)
    with pytest.raises(OptionError, match="cannot be read"):
        verify_file(world.folder / "y.html", None)
    with pytest.raises(OptionError, match="no window is kept here"):
        verify_folder(world.folder)

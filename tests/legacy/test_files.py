"""Every line of a set of logs is counted once, however the set is rotated before or while it is read."""

from __future__ import annotations

import bz2
import errno
import gzip
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from opscheck.model.access_log import AccessLogCount
from opscheck.probes.access_log import count_hits
from opscheck.probes.access_log_files import LogUnreadable

BLOCKS = 12_000  # lines that fill several of the blocks in which a log is read


def lines(count: int, *, start: int = 0, day: int = 10, path: str = "/status/") -> bytes:
    """So many lines, each with a path of its own."""
    return b"".join(
        b'1.2.3.4 - - [%02d/Oct/2026:%02d:%02d:%02d +0000] "GET %s%d HTTP/1.1" 200 5 "-" "curl/8.5.0"\n'
        % (day, number // 3600 % 24, number // 60 % 60, number % 60, path.encode(), number)
        for number in range(start, start + count)
    )


def counted(*names: Path | str, **more: object) -> AccessLogCount:
    """The count of /status/ over these logs."""
    return count_hits([str(name) for name in names], "/status/", **more)  # type: ignore[arg-type] # bounds and hooks


class Once:
    """Does something when the first block of a log has been read."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act: Callable[[], object] | None = act

    def __call__(self) -> bool:
        """Never a reason to give up."""
        act, self._act = self._act, None
        if act is not None:
            act()
        return False


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log that is not there yet."""
    return tmp_path / "access.log"


def test_a_rotated_set_is_read_whole_and_told_by_time(log: Path) -> None:
    """Plain, numbered, compressed, in whatever order they are named; the oldest first."""
    log.write_bytes(lines(3, day=12))
    Path(f"{log}.1").write_bytes(lines(4, day=11))
    Path(f"{log}.2.gz").write_bytes(gzip.compress(lines(5, day=10)))
    Path(f"{log}.10.gz").write_bytes(gzip.compress(lines(6, day=2)))

    for names in ([f"{log}*"], [log, f"{log}.2.gz", f"{log}.1", f"{log}.10.gz"]):
        count = counted(*names)

        assert (count.hits, count.lines) == (18, 18)
        assert [one.name for one in count.files] == [f"{log}.10.gz", f"{log}.2.gz", f"{log}.1", str(log)]
        assert count.by_day.rows == (("2026-10-02", 6), ("2026-10-10", 5), ("2026-10-11", 4), ("2026-10-12", 3))
        assert count.holes == tuple(f"{log}.{number}" for number in range(3, 10))


def test_a_hole_matters_only_within_the_window(log: Path) -> None:
    """What is missing behind a log that reaches back to the beginning of the window is not missed."""
    log.write_bytes(lines(3, day=12))
    Path(f"{log}.1").write_bytes(lines(4, day=10))
    Path(f"{log}.3.gz").write_bytes(gzip.compress(lines(5, day=8)))
    begin = counted(log).files[0].first
    assert begin is not None

    assert counted(f"{log}*", since=begin.replace(day=9)).holes == (f"{log}.2",)
    assert counted(f"{log}*", since=begin.replace(day=11)).holes == ()


def test_one_file_under_several_names_is_counted_once(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hard links, symbolic links, patterns that overlap, the same name twice, other spellings of a name."""
    log.write_bytes(lines(7))
    os.link(log, f"{log}.link")
    Path(f"{log}.symlink").symlink_to(log)
    monkeypatch.chdir(log.parent)

    assert counted(f"{log}*", log, log, "access.log", "./acc*", log.parent / "." / "access.log").hits == 7


def test_copies_of_a_log_are_counted_once(log: Path) -> None:
    """One that is being compressed, one that is being copied, one that was put aside."""
    whole = lines(BLOCKS)
    log.write_bytes(whole)
    packed = gzip.compress(whole)
    for copy in (packed, packed[: len(packed) // 2], packed[:12], b""):
        Path(f"{log}.gz").write_bytes(copy)
        assert counted(f"{log}*").hits == BLOCKS
    Path(f"{log}.gz").unlink()
    for part in (len(whole), len(whole) // 2, 3000, 40):
        Path(f"{log}.1").write_bytes(whole[:part])
        assert counted(f"{log}*").hits == BLOCKS
    shutil.copy(log, f"{log}.bak")
    assert counted(f"{log}*").hits == BLOCKS


def test_logs_that_are_alike_are_no_copies(log: Path) -> None:
    """Two hosts' logs may begin with the same line; both count."""
    log.write_bytes(lines(2))
    (log.parent / "other.log").write_bytes(lines(2))

    assert counted(log, log.parent / "other.log").hits == 4


def test_gzip_of_several_members(log: Path) -> None:
    """Appended to, padded, and with members that hold nothing."""
    parts = [gzip.compress(lines(5, start=start * 5)) for start in range(4)]
    log.write_bytes(b"".join(parts[:2]) + gzip.compress(b"") + b"".join(parts[2:]) + b"\0" * 512)

    count = counted(log)

    assert (count.hits, count.files[0].broken, count.doubts) == (20, "", ())


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda packed: packed[:-9], "end in the middle"),
        (lambda packed: packed[: len(packed) // 2], "end in the middle"),
        (lambda packed: packed[:300] + b"\xff" * 40 + packed[340:], "are damaged"),
        (lambda packed: packed + b"garbage", "are damaged"),
    ],
)
def test_broken_gzip_is_told(log: Path, spoil: Callable[[bytes], bytes], why: str) -> None:
    """What can be read counts; that something is missing is told, and no 0 is believed."""
    log.write_bytes(spoil(gzip.compress(lines(BLOCKS))))

    count = counted(log)

    assert why in count.files[0].broken
    assert count.hits <= BLOCKS
    assert not count.covered


@pytest.mark.parametrize(
    ("content", "why"),
    [(bz2.compress(b"x"), "bzip2 -dc"), (b"\xfd7zXZ\0..", "xz -dc"), (b"\x28\xb5\x2f\xfd", "zstd -dc")],
)
def test_other_compressions_are_told(log: Path, content: bytes, why: str) -> None:
    """With the command that helps, instead of lines that nobody can read."""
    log.write_bytes(content)

    with pytest.raises(LogUnreadable, match=f"is compressed by .* hand it over by {why} .*access.log"):
        counted(log)


def test_what_cannot_be_read_is_one_line(log: Path) -> None:
    """No such file, no match, a folder, a name that is none: each names the file."""
    for name, why in (
        (log, "access.log: no such file"),
        (f"{log}*", "access.log\\*: no such file"),
        (log.parent, "is a folder; name its files, such as .*/access.log\\*"),
        (f"{log}\n\x1b[31m", "access.log\\\\n\\\\x1b\\[31m: no such file"),
        ("a\0b", "embedded null byte"),
        ("x" * 5000, "ile name too long"),
    ):
        with pytest.raises(LogUnreadable, match=why) as told:
            counted(name)
        assert "\n" not in str(told.value)


def test_a_disk_that_fails_is_told(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read before counts, and no 0 is believed; where nothing can be read, that is one line."""
    log.write_bytes(lines(BLOCKS))
    read, asked = os.preadv, []

    def failing(descriptor: int, into: list[memoryview], offset: int) -> int:
        asked.append(offset)
        if len(asked) > 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read(descriptor, into, offset)

    monkeypatch.setattr(os, "preadv", failing)
    count = counted(log)
    assert 0 < count.hits < BLOCKS
    assert count.doubts == (f"{log}: it cannot be read to its end: Input/output error",)

    monkeypatch.setattr(os, "pread", lambda *_: failing(0, [], 0))
    with pytest.raises(LogUnreadable, match=r"access\.log: input/output error"):
        counted(log)


def test_a_folder_that_a_pattern_meets_is_passed_over(log: Path) -> None:
    """access.log.d is no log."""
    log.write_bytes(lines(2))
    Path(f"{log}.d").mkdir()

    assert counted(f"{log}*").hits == 2


def test_a_pipe_is_read_to_its_end(log: Path) -> None:
    """A named pipe as process substitution gives it, compressed or not; one that nobody writes to ends at once."""
    for content in (lines(BLOCKS), gzip.compress(lines(BLOCKS))):
        reads, writes = os.pipe()
        writer = threading.Thread(target=_write, args=(writes, content))
        writer.start()
        count = counted(f"/dev/fd/{reads}")
        writer.join()
        os.close(reads)
        assert (count.hits, count.files[0].broken) == (BLOCKS, "")
    os.mkfifo(log)
    assert counted(log).doubts == ("there is no line",)


def _write(descriptor: int, content: bytes) -> None:
    with open(descriptor, "wb") as file:
        file.write(content)


def test_renamed_while_it_is_read(log: Path) -> None:
    """A new log takes the old one's name, and what was there at the beginning is counted once."""
    log.write_bytes(lines(BLOCKS, day=11))
    Path(f"{log}.1").write_bytes(lines(BLOCKS, day=10))

    def rotate() -> None:
        Path(f"{log}.2.gz").write_bytes(gzip.compress(Path(f"{log}.1").read_bytes()))
        log.rename(f"{log}.1")
        log.write_bytes(lines(50, day=12))

    count = counted(f"{log}*", halted=Once(rotate))

    assert (count.hits, count.covered) == (2 * BLOCKS, True)
    assert counted(f"{log}*").hits == 2 * BLOCKS + 50


@pytest.mark.parametrize("written", [0, 1, 300, BLOCKS - 1, 2 * BLOCKS])
@pytest.mark.parametrize("packed", [False, True])
def test_copied_and_cut_while_it_is_read(log: Path, written: int, packed: bool) -> None:
    """The rest is read from the copy, however much has been written anew; compressed or not."""
    log.write_bytes(lines(BLOCKS, day=11))

    def rotate() -> None:
        shutil.copy(log, f"{log}.1")
        os.truncate(log, 0)
        with log.open("ab") as file:
            file.write(lines(written, day=12))
        if packed:
            Path(f"{log}.1.gz").write_bytes(gzip.compress(Path(f"{log}.1").read_bytes()))
            Path(f"{log}.1").unlink()

    count = counted(f"{log}*", halted=Once(rotate))

    assert count.by_day.rows == (("2026-10-11", BLOCKS),)
    assert count.by_path.other + sum(hits for _, hits in count.by_path.rows) == BLOCKS
    assert count.files[0].broken == ""


def test_copied_and_cut_before_its_turn(log: Path) -> None:
    """While another log of the set is read, this one is rotated and grows beyond what it was."""
    log.write_bytes(lines(500, day=11))
    (log.parent / "access.log.old").write_bytes(lines(BLOCKS, day=10))

    def rotate() -> None:
        shutil.copy(log, f"{log}.1")
        os.truncate(log, 0)
        log.write_bytes(lines(BLOCKS, day=12))

    count = counted(f"{log}.old", log, halted=Once(rotate))

    assert count.by_day.rows == (("2026-10-10", BLOCKS), ("2026-10-11", 500))


def test_cut_without_a_copy_is_told(log: Path) -> None:
    """What is gone is gone; no 0 is believed after that."""
    log.write_bytes(lines(BLOCKS, path="/other/"))

    count = counted(log, halted=Once(lambda: os.truncate(log, 0)))

    assert "cut to nothing while it was read" in count.files[0].broken
    assert (count.hits, count.covered) == (0, False)


def test_what_is_appended_while_it_is_read_waits_for_the_next_count(log: Path) -> None:
    """A log that is written faster than it is read does not keep the count from ending."""
    log.write_bytes(lines(BLOCKS))

    def grow() -> bool:
        with log.open("ab") as file:
            file.write(lines(BLOCKS, start=BLOCKS))
        return False

    assert counted(log, halted=grow).hits == BLOCKS


@pytest.mark.parametrize("manner", ["rename", "copy"])
def test_rotated_again_and_again(log: Path, manner: str) -> None:
    """Numbered lines, a rotation every few of them: each count has all lines up to one of them, each once."""
    total, written = 900, 0
    ended = threading.Event()
    log.touch()

    def write() -> None:
        nonlocal written
        for number in range(total):
            with log.open("ab") as file:
                file.write(lines(1, start=number))
            written = number + 1
            if number % 40 == 39:
                _rotate(log, manner)
            time.sleep(0.0005)
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    counts = 0
    while not ended.is_set():
        before = written
        count = counted(f"{log}*")
        seen = sorted(int(path.rpartition("/")[2]) for path, _ in count.by_path.rows)
        assert seen == list(range(len(seen)))
        assert count.hits == len(seen) >= before
        counts += 1
    writer.join()
    assert counts > 5
    assert counted(f"{log}*").hits == total


def _rotate(log: Path, manner: str) -> None:
    """As logrotate does it: the highest number first."""
    numbers = sorted((int(path.suffix[1:]) for path in log.parent.glob("access.log.*")), reverse=True)
    for number in numbers:
        Path(f"{log}.{number}").rename(f"{log}.{number + 1}")
    if manner == "rename":
        log.rename(f"{log}.1")
        log.touch()
    else:
        shutil.copy(log, f"{log}.1")
        os.truncate(log, 0)

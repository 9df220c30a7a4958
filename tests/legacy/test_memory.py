"""Constant memory, whatever the log: many values, one endless line, much that is compressed."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SMALL, LARGE = 2_000_000, 30_000_000  # bytes
ALLOWED_KB = 6_000  # that the larger log may take more than the smaller one
ROOT = Path(__file__).parents[2]
MEASURE = """
import re, sys
from pathlib import Path
from opscheck.probes.access_log import count_hits
count = count_hits(sys.argv[1:], "/status/")
# The kernel's own peak of this program alone; that of getrusage is inherited from whoever started it.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(count.lines, count.hits, count.unreadable, peak[1])
"""


def _line(number: int) -> bytes:
    return (
        b'10.0.%d.%d - - [10/Oct/2026:13:%02d:%02d +0000] "GET /assets/%d.js HTTP/1.1" 200 %d "-" "Mozilla/5.0 (X11)"\n'
        % (number >> 8 & 255, number & 255, number // 60 % 60, number % 60, number, number)
    )


def _hit(number: int) -> bytes:
    return _line(number).replace(b"/assets/", b"/status/" + b"x" * 300).replace(b"X11", b"X11; %d" % number)


def _json(number: int) -> bytes:
    return b'{"time":"2026-10-10T13:55:36Z","request":"GET /%d HTTP/1.1","status":200,"agent":"x"}\n' % number


def _garbage(number: int) -> bytes:
    return b"%d\0\xff[\n" % number


def _endless(_: int) -> bytes:
    return b"GET /status/ " * 100


@pytest.mark.parametrize("make", [_line, _hit, _json, _garbage, _endless])
@pytest.mark.parametrize("packed", [False, True])
def test_a_larger_log_takes_no_more_memory(tmp_path: Path, make: Callable[[int], bytes], packed: bool) -> None:
    """The peak of a process that counts 30 MB is that of one that counts 2 MB."""
    peaks = []
    for size in (SMALL, LARGE):
        log = tmp_path / f"{size}.log"
        lines = hits = 0
        with gzip.open(log, "wb", compresslevel=1) if packed else log.open("wb") as file:
            written = 0
            while written < size:
                piece = b"".join(make(lines + number) for number in range(1000))
                lines += piece.count(b"\n")
                hits += piece.count(b'"GET /status/')
                written += len(piece)
                file.write(piece)
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(log)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        told = list(map(int, done.stdout.split()))
        assert told[0] == max(lines, 1)
        assert told[1] == hits
        peaks.append(told[3])

    assert peaks[1] - peaks[0] < ALLOWED_KB, peaks


def test_a_line_is_read_up_to_its_cap(tmp_path: Path) -> None:
    """A line that fills a block is unreadable wherever it stands; one that just fits is a hit; neighbours count."""
    from opscheck.probes.access_log import count_hits  # noqa: PLC0415 - the other tests measure a process without it
    from opscheck.probes.access_log_scan import BLOCK  # noqa: PLC0415 - see above

    usual = _line(1)
    for before in (0, 1, 900, 1500, 3000):
        for length, fits in ((BLOCK, True), (BLOCK + 1, False), (3 * BLOCK, False)):
            head = _line(1).replace(b"/assets/", b"/status/").partition(b" HTTP/")[0]
            long = head + b"x" * (length - len(head) - 1) + b"\n"
            log = tmp_path / "access.log"
            log.write_bytes(usual * before + long + usual * 5)

            count = count_hits([str(log)], "/status/")

            assert (count.lines, count.hits, count.unreadable) == (before + 6, int(fits), int(not fits))

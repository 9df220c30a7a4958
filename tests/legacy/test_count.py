"""The fast count is the slow one, on logs with everything that real ones hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from opscheck.model.access_log import AccessLogCount
from opscheck.probes.access_log import count_hits
from tests.legacy.lines import BEGIN, Lines
from tests.legacy.slow_counter import Count, count


def same(fast: AccessLogCount, slow: Count) -> None:
    """Every number is the same."""
    numbers = (fast.hits, fast.own, fast.lines, fast.unreadable)
    assert numbers == (slow.hits, slow.own, slow.lines, slow.unreadable)
    for name, tally in (("paths", fast.by_path), ("days", fast.by_day), ("agents", fast.by_agent)):
        assert dict(tally.rows) == dict(getattr(slow, name)), name
        assert tally.other == 0
    assert dict(fast.by_status.rows) == dict(slow.statuses)
    ends = (fast.files[0].first, fast.files[0].last)
    assert ends == (slow.first, slow.last)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("path", ["/status/", "/", "/api/status/summary"])
def test_any_log(tmp_path: Path, seed: int, path: str) -> None:
    """Combined, JSON, other formats, cut, binary and empty lines, mixed."""
    log = Lines(seed).log(4000, feed=seed % 2 == 0)
    (tmp_path / "access.log").write_bytes(log)

    fast = count_hits([str(tmp_path / "access.log")], path)

    slow = count(log, path.rstrip("/").encode())
    assert slow.hits > 50
    assert slow.unreadable > 50
    same(fast, slow)


@pytest.mark.parametrize("seed", range(3))
def test_any_window(tmp_path: Path, seed: int) -> None:
    """A window takes what lies in it, whatever the zone of each line."""
    log = Lines(seed).log(4000)
    (tmp_path / "access.log").write_bytes(log)
    since, until = BEGIN + timedelta(hours=3), BEGIN + timedelta(hours=9, minutes=1)

    fast = count_hits([str(tmp_path / "access.log")], "/status/", since=since, until=until)

    slow = count(log, b"/status", since, until)
    assert 100 < slow.hits < count(log, b"/status").hits
    same(fast, slow)

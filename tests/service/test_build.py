"""What is running: told by the settings or by git, the same at all times, and never made up."""

from __future__ import annotations

import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from service.build import Build, build_of, from_git

from .conftest import Run


def test_the_build_is_the_builds_and_not_the_requests(run: Run, http: httpx.Client) -> None:
    """From the settings: the same under every address and at every time."""
    service = run(build_sha="abc1234", build_time="2026-11-20T10:00:00+01:00")
    seen = []
    for path in ("/api/status/summary", "/status/uptime", "/healthz", "/health", "/ready", "/api/status/summary"):
        seen.append(http.get(service.agent_url + path).json()["build"])
        time.sleep(0.01)

    assert seen == [{"sha": "abc1234", "time": "2026-11-20T09:00:00.000Z"}] * 6
    assert 'sha="abc1234"' in http.get(f"{service.agent_url}/metrics").text


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, as somebody."""
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a repository that keeps an `app.py`, as the service's own does."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "app.py").write_text("")
    git(folder, "add", "app.py")
    git(folder, "commit", "-q", "-m", "one", "--date=2026-11-19T08:00:00+01:00")
    return folder


def test_a_checkout_tells_its_commit(checkout: Path) -> None:
    """Without settings git is asked: the whole name of the commit and the time at which it was made."""
    sha, committed = git(checkout, "log", "-1", "--format=%H %cI").split()
    found = build_of("", None, checkout)

    assert found.sha == sha
    assert datetime.fromisoformat(found.time) == datetime.fromisoformat(committed)
    assert build_of(sha[:8], None, checkout) == Build(sha[:8], found.time)


def test_what_is_not_known_is_not_made_up(checkout: Path, tmp_path: Path) -> None:
    """No repository, a repository of somebody else's code, and a commit that is not the checked-out one."""
    stranger = checkout / "site-packages" / "service"
    stranger.mkdir(parents=True)
    (stranger / "app.py").write_text("")
    bare = tmp_path / "bare"
    bare.mkdir()

    assert from_git(stranger) == from_git(bare) == Build("unknown", "unknown")
    assert build_of("f" * 40, None, checkout) == Build("f" * 40, "unknown")
    assert build_of("", datetime(2026, 11, 20, tzinfo=UTC), bare) == Build("unknown", "2026-11-20T00:00:00.000Z")

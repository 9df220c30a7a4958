"""Other plugins that own `--host`, and the oldest pytest that is supported."""

from __future__ import annotations

from tests.packaging.conftest import Installed

SUITE = """
from opscheck import observation

@observation()
async def page(host, probe):
    return await probe.http(host.request("readiness"))
"""
TEST = """
def test_page(page):
    assert page.status == 200

def test_plain():
    assert 1 + 1 == 2
"""


def write(installed: Installed) -> None:
    """A user's own suite."""
    (installed.here / "conftest.py").write_text(SUITE)
    (installed.here / "test_user.py").write_text(TEST)


def test_pytest_starts_beside_plugins_that_own_the_flag(beside_neighbours: Installed) -> None:
    """Another plugin owns --host: no run breaks, in whichever order they load, and all are really there."""
    write(beside_neighbours)

    done = beside_neighbours.run("pytest", "-q", "-k", "plain", "-p", "no:cacheprovider")
    loaded = beside_neighbours.run("pytest", "--trace-config", "-k", "plain")

    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("locust", "base-url", "ansible", "opscheck"):
        assert name in loaded.stdout


def test_both_spellings_reach_us_beside_them(beside_neighbours: Installed) -> None:
    """--ops-host always works; --host is heard although another plugin declared it."""
    write(beside_neighbours)

    for flag in ("--ops-host", "--host"):
        done = beside_neighbours.run("pytest", "-q", flag, "http://127.0.0.1:9", "-p", "no:cacheprovider")
        assert "1 UNMEASURED" in done.stdout, done.stdout + done.stderr


def test_a_base_url_names_the_host(beside_neighbours: Installed) -> None:
    """Whoever has pytest-base-url set needs no second option."""
    write(beside_neighbours)

    done = beside_neighbours.run("pytest", "-q", "--base-url", "http://127.0.0.1:9", "-p", "no:cacheprovider")

    assert "127.0.0.1-9:agent:refused" in done.stdout, done.stdout + done.stderr


def test_the_oldest_supported_pytest_works(on_oldest_pytest: Installed) -> None:
    """Public interfaces only: verdicts on pytest 8.2 as on the newest."""
    write(on_oldest_pytest)

    version = on_oldest_pytest.run("pytest", "--version")
    done = on_oldest_pytest.run("pytest", "-q", "--host", "http://127.0.0.1:9", "-p", "no:cacheprovider")
    smoke = on_oldest_pytest.run("opscheck", "run", "-m", "smoke", "-q")

    assert "8.2.2" in version.stdout
    assert "1 UNMEASURED" in done.stdout, done.stdout + done.stderr
    assert smoke.returncode == 0, smoke.stdout + smoke.stderr

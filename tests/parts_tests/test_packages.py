"""Packages are installed once, only where they can be, and start no service of theirs."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.parts import packages
from tests.parts.commands import BuildError
from tests.parts.packages import install_packages, missing_packages, services_stay_down
from tests.parts.part import Need, Part


def part(name: str, *needs: Need) -> Part:
    """Return a part that is nowhere."""
    return Part(name, "1", f"{name}-tool", needs)


def need(package: str, *, met: bool = False) -> Need:
    """Return a need that one package brings."""
    return Need(package, met=lambda: met, packages=(package,))


def test_what_is_missing_is_named_once(tmp_path: Path) -> None:
    """Two parts of one package want it once, and what is there is not wanted."""
    parts = [part("one", need("shared")), part("two", need("shared"), need("own"), need("there", met=True))]

    assert missing_packages(parts, tmp_path) == ["own", "shared"]


def test_packages_need_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without root nothing is installed and the packages are named."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    install_packages(["fake-dev"], tmp_path / "log")

    assert "needs root and apt-get: fake-dev" in capsys.readouterr().out


def test_services_are_refused_only_meanwhile(tmp_path: Path) -> None:
    """The policy says no to every service while packages are installed, and is gone afterwards."""
    policy = tmp_path / "policy-rc.d"
    with services_stay_down(policy):
        answer = subprocess.run([policy, "redis-server", "start"], check=False).returncode

    assert answer == 101
    assert not policy.exists()


def test_a_policy_of_the_machine_is_kept(tmp_path: Path) -> None:
    """What the machine's owner has decided about services stays as it is."""
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 104\n")
    with services_stay_down(policy):
        pass

    assert policy.read_text() == "#!/bin/sh\nexit 104\n"


def test_a_failed_installation_leaves_no_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When apt fails the failure is told, and services may be started again."""
    policy = tmp_path / "policy-rc.d"
    seen: list[bool] = []

    def fails(*_: object, **__: object) -> None:
        seen.append(policy.exists())
        raise BuildError("no such package")

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(packages, "which", lambda _: Path("/usr/bin/apt-get"))
    monkeypatch.setattr(packages, "run", fails)
    monkeypatch.setattr(packages, "POLICY", policy)
    install_packages(["fake-dev"], tmp_path / "log")

    assert seen == [True]
    assert not policy.exists()
    assert "packages: failed, no such package" in capsys.readouterr().out

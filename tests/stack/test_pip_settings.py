"""This machine's pip configuration, as a build is given it."""

from __future__ import annotations

import configparser
import os
from pathlib import Path

import pytest

from service.stack.pip_settings import machine_settings, write_pip_settings


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Give an environment without any pip configuration, as far as that can be had."""
    empty = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {**empty, "PIP_CONFIG_FILE": os.devnull, "HOME": str(tmp_path)}


def written(folder: Path) -> dict[str, str]:
    """Read the file that was written."""
    parser = configparser.RawConfigParser()
    assert parser.read(folder / "pip.conf")
    return dict(parser["global"])


def test_nothing_is_written_without_configuration(tmp_path: Path, env: dict[str, str]) -> None:
    """A machine that uses the public index has nothing to hand on."""
    given = write_pip_settings(tmp_path / "pip", env)

    assert (given.left_out, given.secret) == ((), False)
    assert not (tmp_path / "pip").exists()


def test_files_and_environment_are_merged_and_the_environment_wins(tmp_path: Path, env: dict[str, str]) -> None:
    """As pip itself does it."""
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://file.example/simple\ntimeout = 7\n")
    told = {**env, "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_INDEX_URL": "https://env.example/simple"}

    seen = machine_settings(told)  # and what this machine has in files that pip cannot be kept from reading

    assert (seen["index-url"], seen["timeout"]) == ("https://env.example/simple", "7")


def test_a_certificate_comes_along_under_the_name_it_has_inside(tmp_path: Path, env: dict[str, str]) -> None:
    """The path of this machine means nothing in a build."""
    (tmp_path / "own-ca.pem").write_text("CERTIFICATE")

    given = write_pip_settings(tmp_path / "pip", {**env, "PIP_CERT": str(tmp_path / "own-ca.pem")})

    assert written(tmp_path / "pip") == {"cert": "/build/cert.pem"}
    assert (tmp_path / "pip" / "cert.pem").read_text() == "CERTIFICATE"
    assert given.secret is False  # a certificate authority is no secret


def test_what_cannot_be_seen_in_a_build_is_left_out_and_told(tmp_path: Path, env: dict[str, str]) -> None:
    """Folders of this machine, and files that are not there."""
    told = {**env, "PIP_FIND_LINKS": f"{tmp_path} https://wheels.example/", "PIP_CERT": "/no/such.pem"}

    given = write_pip_settings(tmp_path / "pip", told)

    assert written(tmp_path / "pip") == {"find-links": "https://wheels.example/"}
    assert len(given.left_out) == 2


def test_credentials_are_noticed(tmp_path: Path, env: dict[str, str]) -> None:
    """What has seen them is not kept."""
    given = write_pip_settings(tmp_path / "pip", {**env, "PIP_INDEX_URL": "https://user:pass@index.example/simple"})

    assert given.secret is True

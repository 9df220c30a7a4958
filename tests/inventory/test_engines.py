"""Addresses of container engines in host files."""

from pathlib import Path

import pytest

from opscheck.errors import InventoryError
from opscheck.inventory import load_inventory, select
from opscheck.model import Host


def _host(folder: Path, urls: str, expect: str = "") -> Host:
    path = folder / "opscheck.toml"
    path.write_text(f'[hosts.one]\nsystem = "shared-infra"\nurls = {{ {urls} }}\n{expect}')
    return select(["one"], load_inventory(path))[0]


@pytest.mark.parametrize(
    "url",
    [
        "unix:///var/run/docker.sock",
        "tcp://10.0.0.5:2375",
        "https://10.0.0.5:2376",
        "docker://context",
        "docker://context/prod.eu_1",
        "npipe:////./pipe/docker_engine",
    ],
)
def test_an_engine_has_an_address_of_its_own_kind(url: str, tmp_path: Path) -> None:
    """As the docker command takes it, and as a context."""
    assert _host(tmp_path, f'docker = "{url}"').components["docker"].url == url


@pytest.mark.parametrize(
    ("urls", "why"),
    [
        ('docker = "http://10.0.0.5:2375"', "leads to no container engine"),
        ('docker = "unix://docker.sock"', "is no http or https URL"),
        ('docker = "ssh://ops@10.0.0.5"', "not asked over ssh"),
        ('docker = "docker://prod"', "is no http or https URL"),
        ('docker = "tcp://ops:pw@10.0.0.5:2375"', "is no http or https URL"),
        ('redis = "unix:///var/run/docker.sock"', "redis is none"),
    ],
)
def test_what_leads_to_no_engine_is_refused(urls: str, why: str, tmp_path: Path) -> None:
    """In one line, before anything is asked."""
    with pytest.raises(InventoryError, match=why) as raised:
        _host(tmp_path, urls)

    assert "\n" not in str(raised.value)


def test_a_budget_may_be_written_without_a_point(tmp_path: Path) -> None:
    """Where a pack has 90.0, 85 is as good; a text is not."""
    urls = 'docker = "docker://context"'

    host = _host(tmp_path, urls, "[hosts.one.expect.docker]\ndisk_percent = 85\ndisk_gb = 1.5\n")

    assert host.settings["docker"]["disk_percent"] == 85
    with pytest.raises(InventoryError, match="is no float"):
        _host(tmp_path, urls, '[hosts.one.expect.docker]\ndisk_percent = "85"\n')

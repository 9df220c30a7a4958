"""What a host file says of the host `containers`."""

from __future__ import annotations

from pathlib import Path

import pytest

from opscheck.errors import InventoryError
from opscheck.inventory import Inventory, load_inventory, select
from opscheck.model import HostKind


def containers(folder: Path, text: str) -> Inventory:
    """A host file."""
    (folder / "opscheck.toml").write_text(text)
    return load_inventory(folder / "opscheck.toml")


def test_it_is_there_without_a_host_file() -> None:
    """Like `embedded`: agent, page fetcher and a model's host, with addresses once they run."""
    host = select(["containers"], Inventory())[0]

    assert host.kind is HostKind.CONTAINERS
    assert set(host.components) == {"agent", "webfetch", "llm"}
    assert host.settings["cors"]["allowed"]
    assert host.has("tool.url")
    assert "containers" in Inventory().names


def test_images_bring_their_components(tmp_path: Path) -> None:
    """What is named is started, and can be checked."""
    images = '{ edge = "nginx:1.29-alpine", ollama = "ollama/ollama:0.17.4" }'
    text = f'[hosts.containers]\nimages = {images}\nmodel = "m:1b"\n'
    host = select(["containers"], containers(tmp_path, text))[0]

    assert set(host.components) == {"agent", "webfetch", "edge", "ollama"}
    assert host.settings["containers"]["model"] == "m:1b"
    assert host.settings["containers"]["images"]["edge"] == "nginx:1.29-alpine"


def test_a_system_without_such_a_component_is_asked_of_the_others(tmp_path: Path) -> None:
    """The assistant's pack knows no model's host of that name."""
    host = select(["containers"], containers(tmp_path, '[hosts.containers]\nsystem = "agent-stack"\n'))[0]

    assert set(host.components) == {"agent", "webfetch", "llm"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[hosts.containers]\nimages = { sevice = "x" }\n', 'did you mean "service"?'),
        ('[hosts.containers]\nimages = { service = "a b" }\n', "hosts.containers.images.service"),
        ('[hosts.containers]\nimages = { ollama = "x" }\n', "images.ollama and model are needed together"),
        ('[hosts.containers]\nmodel = "x"\n', "images.ollama and model are needed together"),
        (
            '[hosts.prod]\nurl = "http://h"\nimages = { edge = "x" }\n',
            "only the host containers is started",
        ),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    """What, where, and what would be right."""
    with pytest.raises(InventoryError, match=r".") as caught:
        select(["containers", *(["prod"] if "prod" in text else [])], containers(tmp_path, text))

    assert told in str(caught.value)
    assert "\n" not in str(caught.value)

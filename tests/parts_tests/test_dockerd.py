"""The tests' own engine starts with its first user and ends with its last, also where another one runs already."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.find import absent, require_tool

# In namespaces of its own it meets no other engine, and its rules and bridges are gone with them.
ISOLATED = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
INSIDE = """
import json, subprocess, sys
from pathlib import Path
from tests.parts.dockerd import OwnEngine, _alive, _forwarding
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
folder = Path(sys.argv[1])
before = _forwarding()
one, two = OwnEngine(folder), OwnEngine(folder)
one.join()
first = one._answers()
two.join()
(folder / "users" / "4000000-killed").touch()
one.leave()
second = two._answers()
two.leave()
print(json.dumps({
    "answers": [first, second, two._answers()],
    "left": [str(one) for one in Path("/proc").glob("[0-9]*") if _alive(int(one.name)) and one.name != "1"],
    "forwarding kept": _forwarding() == before,
    "users": len(list((folder / "users").iterdir())),
}))
"""


@pytest.fixture
def isolated() -> list[str]:
    """Return the words before a command that give it namespaces of its own."""
    words = [str(require_tool("unshare")), *ISOLATED]
    for tool in ("dockerd", "docker", "ip"):
        require_tool(tool)
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode != 0:
        absent("namespaces cannot be made here: this needs root")
    return words


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name: the engine's sockets lie in it, and the path of a socket has at most 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="engine-") as place:
        yield Path(place)


def test_the_last_user_ends_it(isolated: list[str], folder: Path) -> None:
    """It answers from the first that joins to the last that leaves; one that was killed does not count."""
    done = subprocess.run(
        [*isolated, sys.executable, "-c", INSIDE, folder], capture_output=True, text=True, check=False, timeout=150
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "answers": [True, True, False],
        "left": [],
        "forwarding kept": True,
        "users": 0,
    }


def test_a_failed_start_tells_why(isolated: list[str], folder: Path) -> None:
    """The error carries the end of the engine's log, and nobody counts as a user."""
    (folder / "data").write_text("in the way")
    code = "import pathlib, sys; from tests.parts.dockerd import *; OwnEngine(pathlib.Path(sys.argv[1])).join()"
    done = subprocess.run(
        [*isolated, sys.executable, "-c", code, folder], capture_output=True, text=True, check=False, timeout=150
    )

    assert "ProcessFailedError: dockerd did not start" in done.stderr
    assert str(folder / "data") in done.stderr
    assert list((folder / "users").iterdir()) == []

"""A test that is left out is left out by name, so that a machine that has to run it cannot lose it in silence."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts.find import require_tool

ROOT = Path(__file__).parents[2]
ON_THEIR_OWN = {
    "tests/parts/find.py": "absent() itself",
    "tests/stack/engine.py": "docker-compose 1.x, which nobody can install any more",
    "tests/probes/test_http.py": "a machine without IPv6",
    "tests/watch/test_server.py": "a machine without IPv6",
}
ROOTS_OWN = (
    "tests/engine/test_control.py::test_without_any_network_there_is_one_root_cause",
    "tests/stack/test_backup.py::test_root_restores_for_a_service_that_is_not",
    "tests/stack/test_engine.py::test_permission_is_denied",
)
AS_NOBODY = "import os, sys, pytest; os.geteuid = lambda: 65534; sys.exit(pytest.main(sys.argv[1:]))"


def skips(path: Path) -> bool:
    """Whether a file leaves tests out by pytest's own means."""
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.importorskip")
        for node in ast.walk(ast.parse(path.read_text()))
    )


def test_everything_else_asks_absent() -> None:
    """What skips by itself is known by name, with its reason."""
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py") if skips(path)}

    assert found == set(ON_THEIR_OWN)


@pytest.mark.parametrize("required", ["0", "1"])
def test_what_wants_root_fails_where_all_is_required(tmp_path: Path, required: str) -> None:
    """For somebody else they are skipped, and fail where nothing may be lost."""
    require_tool("ip")
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, "-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path}", *ROOTS_OWN],
        cwd=ROOT,
        env={**os.environ, "OPSCHECK_REQUIRE_TOOLS": required},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.stdout.splitlines()[-1].startswith("3 failed" if required == "1" else "3 skipped"), done.stdout

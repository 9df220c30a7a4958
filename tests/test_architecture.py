"""What prose would not keep: sizes, names, imports, the price of having the plugin installed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from opscheck.plugin.markers import MARKERS

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for folder in ("opscheck", "service", "suites", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
PRODUCT = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in ("opscheck", "service", "suites")]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def name(path: Path) -> str:
    """Relative to the project."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_file_is_a_god(path: Path) -> None:
    """A file fits on a few screens."""
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_no_function_is_long(path: Path) -> None:
    """A function fits on one."""
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {one.name for one in functions if (one.end_lineno or 0) - one.lineno >= LONGEST_FUNCTION}
    assert long == set()


def test_no_module_is_a_drawer() -> None:
    """A thing is found by its name."""
    drawers = {"util", "utils", "helper", "helpers", "common", "misc"}
    assert [name(path) for path in SOURCES if path.stem.strip("_") in drawers] == []


def test_hooks_delegate() -> None:
    """A hook of the plugin is at most fifteen lines; the work is elsewhere."""
    long = []
    for path in (ROOT / "opscheck" / "plugin").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("pytest_"):
                body = [part for part in node.body if not isinstance(part, ast.Expr)]
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                long += [f"{path.name}: {node.name}"] if lines > 15 else []
    assert long == []


def test_public_pytest_only() -> None:
    """No private module of pytest is imported: the next release may move it."""
    private = re.compile(r"^\s*(from|import)\s+_pytest", re.MULTILINE)
    assert [name(path) for path in PRODUCT if private.search(path.read_text())] == []


def test_the_entry_point_imports_stdlib_and_pytest_only() -> None:
    """Having the plugin installed and unused costs next to nothing."""
    code = (
        "import sys, pytest, json; before = set(sys.modules); import opscheck.plugin;"
        "print(json.dumps(sorted({name.partition('.')[0] for name in set(sys.modules) - before})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    foreign = set(json.loads(done.stdout)) - set(sys.stdlib_module_names) - {"opscheck"}
    assert foreign == set()


def test_an_unrelated_run_loads_no_engine(pytester: pytest.Pytester) -> None:
    """Tests that ask for no host import neither engine nor probes, and open no socket."""
    pytester.makepyfile(
        "import sys\ndef test_plain():\n"
        "    loaded = {name for name in sys.modules if name.startswith(('opscheck.', 'asyncio'))}\n"
        "    slow = {'opscheck.engine.run', 'opscheck.probes.http', 'opscheck.plugin.session', 'asyncio'}\n"
        "    assert not loaded & slow\n"
    )

    pytester.runpytest_subprocess("-p", "no:anyio", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_markers_are_registered_with_help(pytester: pytest.Pytester) -> None:
    """Every marker stands in `pytest --markers` with a line of help, and passes under strict markers."""
    listed = pytester.runpytest_subprocess("--markers").stdout.str()

    assert len(MARKERS) == 17
    for marker, text in MARKERS.items():
        assert f"@pytest.mark.{marker}: {text}" in listed


def test_every_ignored_rule_has_its_reason_beside_it() -> None:
    """In pyproject and in code: an exception without a reason is a mistake."""
    settings = (ROOT / "pyproject.toml").read_text()
    ignores = re.search(r"^ignore = \[\n(.*?)^\]", settings, re.MULTILINE | re.DOTALL)
    assert ignores is not None
    assert [line for line in ignores.group(1).splitlines() if line.strip() and "#" not in line] == []
    bare = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\])\s*$")
    without = {
        f"{name(path)}:{number}"
        for path in PRODUCT
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if bare.search(line)
    }
    assert {place for place in without if "noqa" in place} == set()


def test_locks_name_no_index_and_pin_by_hash() -> None:
    """A user's clone resolves against the user's own index."""
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text()
        pinned = len(re.findall(r"^[a-z0-9][\w.\[\]-]*==", text, re.MULTILINE | re.IGNORECASE))
        assert "://" not in text
        assert "--index" not in text
        assert pinned > 20
        assert text.count("--hash=sha256:") >= pinned


def test_the_extras_are_what_the_design_promises() -> None:
    """A small core; everything that is slow or seldom used is an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    core = {re.split(r"[><=\[]", requirement)[0] for requirement in project["dependencies"]}

    assert core == {"h2", "http-sf", "httptools", "httpx", "jsonschema", "pytest", "typer", "tzdata"}
    extras = {"service", "report", "parallel", "web", "containers", "infra", "history", "all"}
    assert set(project["optional-dependencies"]) == extras

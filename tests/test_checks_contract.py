"""No check without its tests, its page and a suite that uses it: the registry is walked, no list is kept."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import tests.checks
from opscheck.checks._pages import pages
from opscheck.registry import CheckInfo, shipped_checks

ROOT = Path(__file__).resolve().parents[1]
CHECKS = shipped_checks()
PAGES = ROOT / "docs" / "checks"


def _marks(thing: object) -> Iterator[Any]:
    """The marks of a test, and those of the rows of its parameters."""
    for mark in getattr(thing, "pytestmark", ()):
        yield mark
        if mark.name == "parametrize":
            for row in mark.args[1]:
                yield from getattr(row, "marks", ())


@cache
def proofs() -> dict[str, set[tuple[str, str]]]:
    """What the tests say that they prove: pairs of outcome and fault, by check."""
    found: dict[str, set[tuple[str, str]]] = {}
    for module in pkgutil.iter_modules(tests.checks.__path__, "tests.checks."):
        if not module.name.startswith("tests.checks.test_"):
            continue
        for thing in vars(importlib.import_module(module.name)).values():
            for mark in _marks(thing):
                if mark.name == "proof":
                    said = mark.kwargs
                    found.setdefault(said["check"], set()).add((said["outcome"], said.get("fault", "")))
    return found


@cache
def used_by_suites() -> set[str]:
    """The modules of checks that a test of a suite imports."""
    found = set()
    for path in (ROOT / "suites").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    return found


def test_there_are_checks() -> None:
    """The walk finds something to demand things of."""
    assert len(CHECKS) >= 16


@pytest.mark.parametrize("info", CHECKS.values(), ids=CHECKS.keys())
def test_a_check_has_a_file_of_its_own(info: CheckInfo) -> None:
    """A stranger finds the judgement by the id of the check."""
    assert info.module == f"opscheck.checks.{info.id.replace('-', '_')}"


@pytest.mark.parametrize("info", CHECKS.values(), ids=CHECKS.keys())
def test_a_check_is_shown_to_pass_and_not_to_see(info: CheckInfo) -> None:
    """A check that is never green, or takes blindness for failure, is no check."""
    outcomes = {outcome for outcome, _ in proofs().get(info.id, ())}

    assert {"PASS", "UNMEASURED", "FAIL"} <= outcomes


@pytest.mark.parametrize("info", CHECKS.values(), ids=CHECKS.keys())
def test_every_fault_is_shown_to_be_found(info: CheckInfo) -> None:
    """A fault without a test that turns the check red is a claim."""
    shown = {fault for outcome, fault in proofs().get(info.id, ()) if outcome == "FAIL"}

    assert set(info.faults) - shown == set()


@pytest.mark.parametrize("info", CHECKS.values(), ids=CHECKS.keys())
def test_a_check_says_what_it_promises_and_what_to_do(info: CheckInfo) -> None:
    """The report shows these sentences to whoever is on call."""
    assert info.promise.endswith(".")
    assert info.remedy


@pytest.mark.parametrize("info", CHECKS.values(), ids=CHECKS.keys())
def test_a_suite_uses_the_check(info: CheckInfo) -> None:
    """A judgement that no test of a suite asks for judges nothing."""
    assert info.module in used_by_suites()


def test_no_test_proves_what_does_not_exist() -> None:
    """A proof of an unknown check or fault is a misspelt one."""
    unknown_checks = set(proofs()) - set(CHECKS)
    unknown_faults = {fault for name, said in proofs().items() if name in CHECKS for _, fault in said if fault} - {
        fault for info in CHECKS.values() for fault in info.faults
    }

    assert (unknown_checks, unknown_faults) == (set(), set())


def test_the_pages_are_current() -> None:
    """The pages are what `python -m opscheck.checks._pages docs/checks` writes."""
    written = {path.name: path.read_text("utf-8") for path in PAGES.glob("*.md")}

    assert written == pages()

"""`opscheck run`: pytest over the shipped suites, whatever the configuration of the folder that it is started in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from opscheck.bundled import folder


def run_suites(arguments: Sequence[str]) -> int:
    """Run the suites with pytest; its exit code.

    The suites' own ini file counts, not one that happens to lie around, so that the same command gives the same node
    ids and verdicts everywhere. Nothing is cached beside the installed package. Failures are told once, without paths.
    Whoever names tests by the ids that reports tell runs these alone.
    """
    suites = folder("suites")
    words = [_placed(word, suites.parent) for word in arguments]
    named = any("::" in word and not word.startswith("-") for word in words)
    fixed = ["-c", str(suites / "pytest.ini"), "--rootdir", str(suites.parent), "-p", "no:cacheprovider", "-rN"]
    return int(pytest.main([*fixed, *words, *([] if named else [str(suites)])]))


def _placed(word: str, parent: Path) -> str:
    """A test's id as a path that pytest finds from any folder: ids begin with `suites/`, wherever that lies."""
    path = word.partition("::")[0]
    is_ours = "::" in word and word.startswith("suites/") and (parent / path).is_file() and not Path(path).exists()
    return str(parent / word) if is_ours else word

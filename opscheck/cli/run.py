"""`opscheck run`: pytest over the shipped suites, whatever the configuration of the folder that it is started in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from opscheck.bundled import folder


def run_suites(arguments: Sequence[str]) -> int:
    """Run the suites with pytest; its exit code.

    The suites' own ini file counts, not one that happens to lie around, so that the same command gives the same node
    ids and verdicts everywhere. Nothing is cached beside the installed package. Failures are told once, without paths.
    """
    suites = folder("suites")
    fixed = ["-c", str(suites / "pytest.ini"), "--rootdir", str(suites.parent), "-p", "no:cacheprovider", "-rN"]
    return int(pytest.main([*fixed, *arguments, str(suites)]))

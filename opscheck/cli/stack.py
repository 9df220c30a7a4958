"""`opscheck stack`: the stack around the reference service, whose command line is the service's own."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from opscheck.bundled import service_package


def stack(arguments: Sequence[str]) -> int:
    """Run a command of the stack and give its exit code."""
    command_line = importlib.import_module(f"{service_package()}.stack.cli")
    return int(command_line.main(arguments, program="opscheck stack"))

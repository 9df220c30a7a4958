"""`opscheck serve`: the reference service as a program of its own."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence

from opscheck.bundled import service_package
from opscheck.errors import ToolMissing


def serve(arguments: Sequence[str]) -> None:
    """Run the service until it is told to stop.

    Raises:
        ToolMissing: the extra `service` is not installed.
    """
    package = service_package()
    sys.argv = ["opscheck serve", *arguments]
    try:
        runpy.run_module(package, run_name="__main__", alter_sys=False)
    except KeyboardInterrupt:
        sys.exit(130)  # while it was still being imported
    except ImportError as error:
        raise ToolMissing(error.name or "the reference service", "pip install 'opscheck[service]'") from error

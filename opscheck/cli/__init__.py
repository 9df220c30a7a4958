"""The command `opscheck`."""

from __future__ import annotations


def main() -> None:
    """Entry point."""
    from opscheck.cli.app import app  # noqa: PLC0415 - importing the package alone costs nothing

    app()

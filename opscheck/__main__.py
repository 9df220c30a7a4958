"""`python -m opscheck` is the command `opscheck`."""

from opscheck.cli import main

main()

"""`python -m tests.parts build|list`: the command line of the real parts."""

import sys

from tests.parts.build import main

if __name__ == "__main__":
    sys.exit(main())

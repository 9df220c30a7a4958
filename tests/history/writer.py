"""A process that appends runs: `python -m tests.history.writer LOCATION NAME COUNT RESULTS`; count 0: until killed."""

from __future__ import annotations

import itertools
import sys

from opscheck.history import open_history
from opscheck.model import Outcome
from tests.history.made import MINUTE, START, report, result


def main() -> None:
    """Append, and say so after each run that is safely there."""
    location, name, count, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with open_history(location) as history:
        for number in itertools.count():
            if count and number >= count:
                return
            at = START + number * MINUTE
            found = [
                result(Outcome.FAIL if index % 5 == 0 else Outcome.PASS, check=f"c{index}", at=at)
                for index in range(size)
            ]
            history.append(report(f"{name}-{number}", found, at=at))
            print(number, flush=True)


if __name__ == "__main__":
    main()

"""Whether the watch itself is well: `/healthz`, in the words of health+json."""

from __future__ import annotations

from opscheck.model import Json
from opscheck.watch.view import Board, View


def troubles(board: Board, elapsed: float) -> list[str]:
    """Why it is not well, one line each."""
    view = board.view
    found = [board.overdue(elapsed), _stale(view, elapsed)]
    if view.history_error:
        found.append(f"history cannot be written: {view.history_error}")
    return [one for one in found if one]


def _stale(view: View, elapsed: float) -> str:
    """Rounds begin, and none comes to a report."""
    if view.finished_elapsed is None:
        return "no round has come to a report" if view.counts.failed else ""
    age = elapsed - view.finished_elapsed
    return f"the last report is {age:.0f} s old" if age > max(4 * view.every, 60.0) and view.counts.failed else ""


def warnings(board: Board) -> list[str]:
    """What is not as it should be, and does not keep the watch from watching."""
    return [f"{one.name}: {one.error}" for one in board.receivers if one.error]


def health(board: Board, elapsed: float) -> tuple[int, Json]:
    """Status code and document."""
    wrong, weak = troubles(board, elapsed), warnings(board)
    status = "fail" if wrong else "warn" if weak else "pass"
    document: Json = {"status": status, "description": "opscheck watch"}
    if wrong or weak:
        document["output"] = "; ".join([*wrong, *weak])
    return (503 if wrong else 200), document

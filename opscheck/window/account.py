"""A window with everything that is to be told of it: runs, comparison, checklist, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opscheck.report import RunReport
from opscheck.report.compare import Comparison, compare
from opscheck.window.checklist import Item, Judgement, checklist, judge
from opscheck.window.runs import kept_report
from opscheck.window.state import Phase, Window
from opscheck.window.store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """All that the report tells.

    Attributes:
        before, after: the newest run of each phase; None where there is none.
        compared: None while one of them is missing.
    """

    window: Window
    before: RunReport | None
    after: RunReport | None
    compared: Comparison | None
    items: Sequence[Item]
    judged: Judgement


def account_of(store: Store, window: Window) -> Account:
    """Gather it from a window's folder.

    Raises:
        OptionError: a kept run is no report any more.
    """
    before, after = (kept_report(store, window.latest(phase)) for phase in (Phase.BEFORE, Phase.AFTER))
    return account(window, before, after)


def account(window: Window, before: RunReport | None, after: RunReport | None) -> Account:
    """The same of runs that are at hand. Pure."""
    compared = compare(before, after) if before is not None and after is not None else None
    items = checklist(window, after)
    return Account(window, before, after, compared, items, judge(window, items, after, compared))

"""All waivers of a run: which one takes a failure, which are not in order, and which nobody needs any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from opscheck.errors import did_you_mean
from opscheck.model import Outcome
from opscheck.report.run import Result
from opscheck.report.visible import counted, visible
from opscheck.report.waived import NOT_IN_ORDER
from opscheck.waivers.waiver import ANY_HOST, Waiver

_PROMISE: Final = (
    "Every waiver names a check and a host that exist, a reason, an owner and a time that is still to come."
)
_LONGEST: Final = 80
_LONGEST_FAULT: Final = 160


@dataclass(frozen=True, slots=True)
class Waivers:
    """What a file of waivers says.

    Attributes:
        file: its name, for what is told of it.
        checks: checks of the user's own suites that the file names, because not every run loads them.
    """

    items: Sequence[Waiver] = ()
    file: str = ""
    checks: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.items)

    def taking(
        self, outcome: Outcome, *, check: str, host: str, test: str, now: datetime, strict: bool
    ) -> Waiver | None:
        """The first waiver that holds at this instant and accepts this outcome of this check."""
        for waiver in self.items:
            if waiver.covers(check, host, test) and waiver.accepts(outcome, strict=strict) and waiver.holds(now):
                return waiver
        return None

    def not_in_order(
        self, *, checks: Collection[str], hosts: Collection[str], asked: Collection[str], now: datetime
    ) -> list[Result]:
        """A FAIL for each waiver that has expired, lacks something, or names what does not exist: none is ignored.

        Args:
            checks: every check there is, beside those that the file names.
            hosts: every host that can be named.
            asked: the hosts of the run.
        """
        known = {*checks, *self.checks}
        found = []
        for number, waiver in enumerate(self.items, 1):
            wrong = list(self._wrong(waiver, known, hosts, now))
            if wrong:
                found.append(self._failure(waiver, number, wrong, asked))
        return found

    def _wrong(
        self, waiver: Waiver, checks: Collection[str], hosts: Collection[str], now: datetime
    ) -> Iterator[tuple[str, str]]:
        """Each thing that is wrong with it, and what to do."""
        until = waiver.until
        if waiver.check not in checks:
            yield f"names no check that exists{did_you_mean(waiver.check, checks)}", "opscheck checks lists them"
        if waiver.host != ANY_HOST and waiver.host not in hosts:
            yield f"names no host that exists{did_you_mean(waiver.host, hosts)}", "name one of the host file, or *"
        for key in ("reason", "owner"):
            if not getattr(waiver, key).strip():
                yield f"has no {key}", f'give it {key} = "..."'
        if until is None:
            remedy = "write expires = 2026-12-31 (a day in UTC) or 2026-12-31T18:00:00Z, unquoted"
            yield self._no_expiry(waiver), remedy
        elif now >= until:
            yield f"expired: {waiver.expiry}", "mend the cause and delete it, or renew it"

    def _no_expiry(self, waiver: Waiver) -> str:
        if waiver.expires is None:
            return "has no expiry"
        if isinstance(waiver.expires, datetime):
            return f"expires at {waiver.expires.isoformat()} without a time zone"
        return f"has an expiry that is no date: {visible(waiver.expires, 40)}"

    def _failure(self, waiver: Waiver, number: int, wrong: Sequence[tuple[str, str]], asked: Collection[str]) -> Result:
        place = f"{self.file}, line {waiver.line}" if waiver.line else f"{self.file}, waiver {number}"
        name = visible(waiver.name, _LONGEST)
        faults = "; it also ".join(visible(fault, _LONGEST_FAULT) for fault, _ in wrong).replace("?; it", "? It")
        return Result(
            id=self._id(number),
            check=NOT_IN_ORDER,
            markers=(),
            host=waiver.host if waiver.host in asked else self.file,
            outcome=Outcome.FAIL,
            reason=f"{place}: the waiver of {name} {faults}",
            expected="a check and a host that exist, a reason, an owner, an expiry still to come",
            observed=f"owner {visible(waiver.owner, 40) or 'nobody'}, {waiver.expiry}",
            remedy="; ".join(remedy for _, remedy in wrong),
            promise=_PROMISE,
        )

    def _id(self, number: int) -> str:
        return f"{self.file}::{number}"

    def no_longer_needed(self, results: Collection[Result]) -> Iterator[str]:
        """A line for each waiver whose check now passes wherever this run looked, or that fits none of its tests.

        One that is not in order is told as that, and took nothing that could be needed no longer.

        Args:
            results: of the run, with those of `not_in_order`.
        """
        found = [result for result in results if result.check != NOT_IN_ORDER]
        wrong = {result.id for result in results if result.check == NOT_IN_ORDER}
        for number, waiver in enumerate(self.items, 1):
            mine = [result for result in found if _about(waiver, result)]
            if not mine:
                if waiver.test and any(_about(waiver, result, any_test=True) for result in found):
                    yield f"{self._told(waiver)} fits no test of this run: test = {visible(waiver.test, _LONGEST)}"
            elif self._id(number) not in wrong and all(
                result.outcome is Outcome.PASS and not result.waivers for result in mine
            ):
                hosts = sorted({result.host for result in mine})
                on = hosts[0] if len(hosts) == 1 else counted(len(hosts), "host")
                yield f"{self._told(waiver)} is no longer needed: the check passes on {on}; delete it"

    def _told(self, waiver: Waiver) -> str:
        return f"{self.file}, line {waiver.line}: the waiver of {visible(waiver.name, _LONGEST)}"


def _about(waiver: Waiver, result: Result, *, any_test: bool = False) -> bool:
    if any_test:
        return result.check == waiver.check and waiver.host in (ANY_HOST, result.host)
    return waiver.covers(result.check, result.host, result.id)

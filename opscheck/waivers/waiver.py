"""One accepted failure: of which check, on which host, why, by whom, until when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from opscheck.model import Json, Outcome

ANY_HOST: Final = "*"


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of a file of waivers, as it stands there: it may have expired, or lack what it needs.

    Attributes:
        host: a name, or `*` for every host.
        expires: what the file says: a date, which ends with its day in UTC, or an instant with its offset.
        test: a node id with `*` and `?`, or the end of one behind a `/`; empty for every test of the check.
        outcomes: what it accepts; FAIL where the file says nothing.
        line: where it begins in the file.
    """

    check: str
    host: str
    reason: str = ""
    owner: str = ""
    expires: Any = None
    test: str = ""
    ticket: str = ""
    outcomes: frozenset[Outcome] = frozenset({Outcome.FAIL})
    line: int = 0

    @property
    def until(self) -> datetime | None:
        """The first instant (UTC) at which it no longer holds; None where the file does not say."""
        if isinstance(self.expires, datetime):
            return self.expires.astimezone(UTC) if self.expires.tzinfo is not None else None
        if not isinstance(self.expires, date):
            return None
        try:
            return datetime(self.expires.year, self.expires.month, self.expires.day, tzinfo=UTC) + timedelta(days=1)
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)

    @property
    def expiry(self) -> str:
        """When it ends, as a reader understands it.

        >>> Waiver("cors-vary", "prod", expires=date(2026, 12, 31)).expiry
        'end of 2026-12-31 UTC'
        """
        if isinstance(self.expires, datetime):
            return f"{self.expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if self.expires.tzinfo else "no time zone"
        return f"end of {self.expires.isoformat()} UTC" if isinstance(self.expires, date) else "no expiry"

    @property
    def name(self) -> str:
        """What it is called in a sentence: `cors-vary on prod`."""
        return f"{self.check} on {'any host' if self.host == ANY_HOST else self.host}"

    def holds(self, now: datetime) -> bool:
        """It has all that it needs, and has not expired at this instant."""
        until = self.until
        return bool(self.reason.strip() and self.owner.strip()) and until is not None and now < until

    def covers(self, check: str, host: str, test: str) -> bool:
        """It is about this check on this host in this test, whatever became of it."""
        return self.check == check and self.host in (ANY_HOST, host) and self._covers_test(test)

    def accepts(self, outcome: Outcome, *, strict: bool) -> bool:
        """It accepts this outcome; in a strict run DEGRADED is a failure, so who accepts failures accepts it."""
        return outcome in self.outcomes or (strict and outcome is Outcome.DEGRADED and Outcome.FAIL in self.outcomes)

    def _covers_test(self, test: str) -> bool:
        # Not fnmatch: the brackets of a node id are not a set of characters.
        pattern = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in self.test)
        return not self.test or re.fullmatch(f"(?:.*/)?{pattern}", test) is not None

    def as_dict(self, outcome: Outcome) -> Json:
        """What a result tells of the waiver that took it: JSON-ready.

        Args:
            outcome: what the check would have come to without it.
        """
        return {
            "check": self.check,
            "reason": self.reason,
            "owner": self.owner,
            "expires": self.expiry,
            "ticket": self.ticket,
            "outcome": outcome.value,
        }

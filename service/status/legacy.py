"""The old status addresses: how long they still answer, and what they say about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from ..errors import Gone

if TYPE_CHECKING:
    from ..clock import Clock

NAMES = ("summary", "cors", "uptime")


@dataclass(frozen=True, slots=True)
class Legacy:
    """Answers until it is switched off or its last day has come; from then on the addresses are gone."""

    enabled: bool
    deprecated_at: datetime
    sunset_at: datetime
    clock: Clock

    def check(self) -> None:
        """Raise `Gone` when the old addresses answer no more."""
        if not self.enabled or self.clock.now() >= self.sunset_at:
            raise Gone("this address has been given up; the one below /api/status/ answers")

    def deprecation(self) -> bytes:
        """Give the value of the Deprecation header, a date of structured fields."""
        return f"@{int(self.deprecated_at.timestamp())}".encode("ascii")

    def sunset(self) -> bytes:
        """Give the value of the Sunset header, an HTTP date."""
        return format_datetime(self.sunset_at.astimezone(UTC), usegmt=True).encode("ascii")

    @staticmethod
    def paths() -> list[str]:
        """Give the old addresses that have a successor."""
        return [f"/status/{name}" for name in NAMES]

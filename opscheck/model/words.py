"""Outcomes, the kinds of not being able to see, the kinds of host, and what an observation may cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a check, gravest first."""

    FAIL = "FAIL"
    UNMEASURED = "UNMEASURED"
    BLOCKED = "BLOCKED"
    DEGRADED = "DEGRADED"
    WAIVED = "WAIVED"
    PASS = "PASS"  # noqa: S105 - an outcome, not a password
    NOT_APPLICABLE = "NOT_APPLICABLE"

    @property
    def gravity(self) -> int:
        """0 is the gravest."""
        return list(Outcome).index(self)


class Kind(StrEnum):
    """Why a probe could not see."""

    DNS = "dns"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    TLS = "tls"
    PROTOCOL = "protocol"
    TOO_LARGE = "too-large"
    TOOL_MISSING = "tool-missing"
    UNREACHABLE = "unreachable"
    BUDGET = "budget"
    NOT_ALLOWED = "not-allowed"


class HostKind(StrEnum):
    """How a host comes to be there."""

    EMBEDDED = "embedded"
    CONTAINERS = "containers"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Cost:
    """What an observation may spend: requests and, where a model answers, tokens."""

    requests: int = 0
    tokens: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.requests + other.requests, self.tokens + other.tokens)

    def times(self, count: int) -> Cost:
        """The cost of `count` such observations."""
        return Cost(self.requests * count, self.tokens * count)

"""Which path an answer takes to a language model: what was seen of the hosts, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..chat import ServedBy
from ..errors import (
    ModelMissing,
    ServiceError,
    UpstreamError,
    UpstreamInvalid,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from .dependency import Health

PathName = Literal["primary", "warming", "fallback", "down"]
Reason = Literal["model_missing", "timeout", "connect_error", "http_5xx", "http_4xx", "disabled"]

_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a model's host found.

    `present` is None when the host could not be asked; `code` and `why` tell the reason as an error of ours would.
    """

    present: bool | None
    names: tuple[str, ...] = ()
    reason: Reason | None = None
    status: int | None = None
    code: str = ""
    why: str = ""

    @property
    def up(self) -> bool:
        """Say whether the host listed its models."""
        return self.present is not None

    @property
    def silent(self) -> bool:
        """Say whether nothing came back at all: a host that answers with an error may still be at work."""
        return self.status is None and self.reason in {"timeout", "connect_error"}


@dataclass(frozen=True, slots=True)
class LlmView:
    """The state that status, readiness, chat and metrics all go by, from one moment on until the next look."""

    path: PathName
    serving: ServedBy | None
    since: datetime
    primary: Seen
    fallback: Seen | None
    at: datetime
    took_ms: float

    @property
    def health(self) -> Health:
        """Say `pass` on the primary, `fail` when its host is away and nobody stands in, else `warn`."""
        if self.path == "primary":
            return "pass"
        return "fail" if self.path == "down" else "warn"

    @property
    def blocks(self) -> bool:
        """Say whether a chat would go unanswered."""
        return self.serving is None

    @property
    def why(self) -> str | None:
        """Give the sentence that says what is wrong, None when nothing is."""
        if self.path == "primary":
            return None
        if self.serving == "fallback":
            return f"{self.primary.why}; the fallback answers"
        if self.fallback is not None:
            return f"{self.primary.why}; the fallback: {self.fallback.why}"
        return self.primary.why


def decide(primary: Seen, fallback: Seen | None) -> tuple[PathName, ServedBy | None]:
    """Say which path follows from what was seen, and who answers a chat.

    >>> decide(Seen(present=False), None)
    ('warming', None)
    """
    stands_in = fallback is not None and fallback.present is True
    serving: ServedBy | None = "fallback" if stands_in else None
    if primary.present is True:
        return "primary", "primary"
    if primary.up:
        return "warming", serving
    return ("fallback" if stands_in else "down"), serving


def reason_of(error: ServiceError) -> Reason:
    """Name the reason for which a call of a model's host failed.

    What breaks off or speaks no proper HTTP or JSON counts as never connected: whoever listens there is no model's
    host.
    """
    if isinstance(error, UpstreamTimeout):
        return "timeout"
    if isinstance(error, ModelMissing):
        return "model_missing"
    if isinstance(error, UpstreamUnreachable | UpstreamInvalid):
        return "connect_error"
    status = error.upstream_status if isinstance(error, UpstreamError) else None
    if status is None or status in _SERVER_ERRORS:
        return "http_5xx"
    return "http_4xx" if status in _CLIENT_ERRORS else "connect_error"

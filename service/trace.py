"""The trace that a request belongs to, by W3C Trace Context: taken from the caller, told to whoever is called."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar, Token
from dataclasses import dataclass

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_NO_TRACE = "0" * 32
_NO_SPAN = "0" * 16
_VERSION, _FORBIDDEN_VERSION = "00", "ff"


@dataclass(frozen=True, slots=True)
class Trace:
    """One request's place in a trace.

    Attributes:
        trace_id: 32 lower-case hexadecimal digits, the same for all requests of the trace.
        span_id: 16 of them, of this request alone.
        flags: two of them, passed on as they came.
    """

    trace_id: str
    span_id: str
    flags: str = _VERSION

    @property
    def parent(self) -> str:
        """The header by which the next service learns of it."""
        return f"{_VERSION}-{self.trace_id}-{self.span_id}-{self.flags}"


_CURRENT: ContextVar[Trace | None] = ContextVar("service_trace", default=None)


def trace_of(header: bytes | None) -> Trace:
    """Give a request its place: in the caller's trace, or in a new one where the caller names none that is valid.

    >>> trace_of(b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").trace_id
    '4bf92f3577b34da6a3ce929d0e0e4736'
    """
    span = secrets.token_hex(8)
    found = _PARENT.fullmatch(header.decode("latin-1").strip()) if header is not None else None
    if found is None or not _valid(found):
        return Trace(secrets.token_hex(16), span)
    return Trace(found[2], span, found[4])


def enter(trace: Trace) -> Token[Trace | None]:
    """Make it the trace of whatever is done from here on in this task, until `leave`."""
    return _CURRENT.set(trace)


def leave(token: Token[Trace | None]) -> None:
    """Go back to what was before."""
    _CURRENT.reset(token)


def to_pass_on() -> dict[str, str]:
    """Give the headers that tell the next service of the trace; none outside of a request."""
    trace = _CURRENT.get()
    return {"traceparent": trace.parent} if trace is not None else {}


def _valid(found: re.Match[str]) -> bool:
    """A later version may say more behind; this one may not."""
    version, trace_id, span_id = found[1], found[2], found[3]
    if version == _FORBIDDEN_VERSION or (version == _VERSION and found[5]):
        return False
    return trace_id != _NO_TRACE and span_id != _NO_SPAN

"""One case: what a page asks of another origin, and how that answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from tests.cors.server import Reply

Page = Literal["plain", "null"]


@dataclass(frozen=True, slots=True)
class Case:
    """One request of a page.

    Attributes:
        name: also the path that is asked.
        page: `plain` is a page of an ordinary origin, `null` one in a sandbox.
        headers: those that the page sets.
        through: what the standard says of the answer; None where the judgement alone is held against the browser.
        deviates: what this browser does differently from the standard, where that is known.
    """

    name: str
    answer: Reply
    preflight: Reply | None = None
    page: Page = "plain"
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    credentials: bool = False
    through: bool | None = None
    deviates: str = ""


ME: Final = b"Access-Control-Allow-Origin: {origin}"
ANYBODY: Final = b"Access-Control-Allow-Origin: *"
TRUE: Final = b"Access-Control-Allow-Credentials: true"


def allow_origin(value: bytes) -> bytes:
    """The header with this value, and whatever whitespace stands before it."""
    return b"Access-Control-Allow-Origin:" + value

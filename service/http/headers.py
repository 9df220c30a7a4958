"""Reading and adding headers of raw ASGI messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Message, Scope


def request_header(scope: Scope, name: bytes) -> bytes | None:
    """Give the value of a request header, None when it is absent or given more than once."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0] if len(values) == 1 else None


def add_headers(start: Message, headers: list[tuple[bytes, bytes]]) -> None:
    """Add headers to a response that is about to start; one that it already has is left as it is."""
    present = {key.lower() for key, _ in start["headers"]}
    start["headers"] = [*start["headers"], *(pair for pair in headers if pair[0] not in present)]


def add_vary(start: Message, field: bytes) -> None:
    """Name `field` in the response's Vary, keeping what is named there already."""
    named = [value for key, value in start["headers"] if key.lower() == b"vary"]
    others = [pair for pair in start["headers"] if pair[0].lower() != b"vary"]
    fields = [part.strip() for value in named for part in value.split(b",")]
    if field.lower() not in {part.lower() for part in fields}:
        fields.append(field)
    start["headers"] = [*others, (b"vary", b", ".join(fields))]

"""The key that callers have to bring, where one is set."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import Request

from ..errors import Unauthorized
from .headers import request_header

if TYPE_CHECKING:
    from pydantic import SecretStr

_SCHEME = b"bearer"


def key_guard(key: SecretStr | None) -> Callable[[Request], Awaitable[None]]:
    """Make what stands before a route: nothing without a key, else `Authorization: Bearer` with exactly that key.

    Whatever is wrong, the answer and the time it takes are the same.
    """
    wanted = _digest(key.get_secret_value().encode()) if key is not None else None

    async def guard(request: Request) -> None:
        if wanted is None:
            return
        scheme, _, token = (request_header(request.scope, b"authorization") or b"").strip().partition(b" ")
        fits = hmac.compare_digest(_digest(token.strip()), wanted)
        if not fits or scheme.lower() != _SCHEME:
            raise Unauthorized("a valid key is needed: Authorization: Bearer KEY")

    return guard


def _digest(value: bytes) -> bytes:
    # Equal lengths, so that a comparison takes the same time for every key.
    return hashlib.sha256(value).digest()

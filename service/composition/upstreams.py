"""The HTTP services that are called, made here so that all of them are closed in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
    from pydantic import SecretStr

    from ..upstream import Upstream


class Upstreams:
    """Makes upstreams that share one way of connecting, and keeps count of them."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None, *, connect_timeout_s: float) -> None:
        self._transport = transport
        self._connect_timeout_s = connect_timeout_s
        self._made: list[Upstream] = []

    def make(self, base_url: str, timeout_s: float, key: SecretStr | None = None) -> Upstream:
        """Make the upstream at an address."""
        from ..upstream import Upstream  # noqa: PLC0415 - brings the HTTP client, which is slow to import

        made = Upstream(
            base_url,
            timeout_s=timeout_s,
            connect_timeout_s=self._connect_timeout_s,
            api_key=key,
            transport=self._transport,
        )
        self._made.append(made)
        return made

    async def close(self) -> None:
        """Close all of them."""
        for made in self._made:
            await made.close()

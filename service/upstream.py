"""One HTTP service that is called: every way in which it can fail becomes an error of ours, here and nowhere else."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import TYPE_CHECKING

import httpx

from .errors import (
    ModelMissing,
    UpstreamBusy,
    UpstreamError,
    UpstreamInvalid,
    UpstreamRefusedKey,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from .event_lines import EventLines
from .strict_json import Json, NotStrictJson, loads
from .trace import to_pass_on

if TYPE_CHECKING:
    from pydantic import SecretStr

_MAX_ANSWER_BYTES = 8 * 1024 * 1024
_OK = range(200, 300)
_ERRORS: Mapping[int, tuple[type[UpstreamError], str]] = {
    401: (UpstreamRefusedKey, "the language model's side refused the service's key"),
    403: (UpstreamRefusedKey, "the language model's side refused the service's key"),
    404: (ModelMissing, "the language model's side does not have the model"),
    408: (UpstreamTimeout, "the language model did not answer in time"),
    429: (UpstreamBusy, "the language model's side asks to slow down"),
    504: (UpstreamTimeout, "the language model did not answer in time"),
}


class Upstream:
    """Calls below one base URL, each sent once: a completion that may have happened is not repeated.

    Each tells of the trace that the request belongs to for which it is made.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_s: float,
        connect_timeout_s: float = 5.0,
        api_key: SecretStr | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        headers = {"authorization": f"Bearer {api_key.get_secret_value()}"} if api_key is not None else {}
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/") + "/",
            headers=headers,
            timeout=httpx.Timeout(timeout_s, connect=connect_timeout_s),
            transport=transport,
            trust_env=False,
        )

    async def get_json(self, path: str) -> Json:
        """Get a JSON document."""
        with _mapped():
            async with self._client.stream("GET", path, headers=to_pass_on()) as response:
                return await _json(response)

    async def post_json(self, path: str, body: object) -> Json:
        """Post a JSON document and read the one that comes back."""
        with _mapped():
            async with self._client.stream("POST", path, json=body, headers=to_pass_on()) as response:
                return await _json(response)

    async def post_events(self, path: str, body: object) -> AsyncGenerator[str]:
        """Post a JSON document and give the data of each server-sent event as it comes."""
        with _mapped():
            async with self._client.stream("POST", path, json=body, headers=to_pass_on()) as response:
                _accept(response)
                lines = EventLines()
                seen = 0
                async for chunk in response.aiter_bytes():
                    seen += len(chunk)
                    if seen > _MAX_ANSWER_BYTES:
                        raise UpstreamInvalid("the upstream's stream is too large")
                    for data in lines.feed(chunk):
                        yield data

    async def post_any(self, path: str, body: object) -> tuple[int, Json]:
        """Post a JSON document and give status and answer, whatever the status."""
        with _mapped():
            async with self._client.stream("POST", path, json=body, headers=to_pass_on()) as response:
                return response.status_code, _parse(await _bounded(response))

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


@contextlib.contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise UpstreamUnreachable("the upstream did not accept a connection in time") from error
    except httpx.TimeoutException as error:
        raise UpstreamTimeout("the upstream did not answer in time") from error
    except httpx.ConnectError as error:
        raise UpstreamUnreachable("the upstream cannot be connected to") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise UpstreamInvalid("the upstream broke off or spoke no proper HTTP") from error


def _accept(response: httpx.Response) -> None:
    if response.status_code in _OK:
        return
    kind, detail = _ERRORS.get(
        response.status_code, (UpstreamError, f"the language model's side answered {response.status_code}")
    )
    error = kind(detail)
    error.upstream_status = response.status_code
    wait = response.headers.get("retry-after", "")
    if isinstance(error, UpstreamBusy) and wait.isascii() and wait.isdigit():
        error.retry_after = min(int(wait), 3600)
    raise error


async def _json(response: httpx.Response) -> Json:
    _accept(response)
    return _parse(await _bounded(response))


def _parse(raw: bytes) -> Json:
    try:
        return loads(raw)
    except NotStrictJson as error:
        raise UpstreamInvalid("the upstream's answer is not valid JSON") from error


async def _bounded(response: httpx.Response) -> bytes:
    raw = bytearray()
    async for chunk in response.aiter_bytes():
        raw += chunk
        if len(raw) > _MAX_ANSWER_BYTES:
            raise UpstreamInvalid("the upstream's answer is too large")
    return bytes(raw)

"""Posting JSON to a receiver, with headers whose values are secrets."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from opscheck.errors import OptionError
from opscheck.redact import Secret
from opscheck.report.visible import visible
from opscheck.watch.notify import NotDelivered

_TIMEOUT: Final = 10.0  # seconds
_NEVER: Final = frozenset({400, 405, 410, 411, 413, 414, 415, 422})  # the message itself is refused
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def receiver_url(url: str, option: str) -> str:
    """The URL, where it can be one of a receiver.

    Raises:
        OptionError: it is none, or carries a password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise OptionError(f"{option}: {visible(_bare(url), 120)!r} is no address such as https://ops.example.org/hook")
    if "@" in parts.netloc:
        raise OptionError(f"{option}: a password has no place on the command line: {option}-header NAME=env:VARIABLE")
    return url


def _bare(url: str) -> str:
    return url.rpartition("@")[2]


def secret_headers(words: Sequence[str], option: str, environ: Mapping[str, str] | None = None) -> dict[str, Secret]:
    """Headers from `NAME=env:VARIABLE` or `NAME=file:PATH`.

    Raises:
        OptionError: a literal value, or one that is not there.
    """
    known = os.environ if environ is None else environ
    headers = {}
    for word in words:
        name, equals, reference = word.partition("=")
        kind, colon, where = reference.partition(":")
        if not equals or not colon or kind not in ("env", "file") or not where or not name or not set(name) <= _TOKEN:
            raise OptionError(f"{option}: expected NAME=env:VARIABLE or NAME=file:PATH (what was given is not shown)")
        headers[name] = Secret(name, _read(kind, where, known, f"{option} {name}"))
    return headers


def _read(kind: str, where: str, environ: Mapping[str, str], told: str) -> str:
    if kind == "env":
        value = environ.get(where, "")
        missing = f"{told}: the environment variable {visible(where, 60)} is not set"
    else:
        missing = f"{told}: the file {visible(where, 200)} cannot be read, or is empty"
        try:
            value = Path(where).read_text("utf-8").strip()
        except (OSError, ValueError):
            value = ""
    if not value:
        raise OptionError(missing)
    if not value.isascii() or not value.isprintable():
        raise OptionError(f"{told}: the value cannot stand in a header: printable ASCII only")
    return value


class Poster:
    """Posts JSON documents to one URL."""

    def __init__(self, url: str, headers: Mapping[str, Secret]) -> None:
        self._url = url
        self._headers = headers
        self._client = httpx.Client(timeout=_TIMEOUT, follow_redirects=False)

    def post(self, document: object) -> None:
        """Post it.

        Raises:
            NotDelivered: no answer, or one that is not 2xx.
        """
        headers = {name: secret.reveal() for name, secret in self._headers.items()}
        headers["content-type"] = "application/json"
        body = json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode()
        try:
            # Of the answer only the status counts; a receiver that never stops talking is not listened to.
            with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotDelivered(str(error) or type(error).__name__) from None
        if not 200 <= status < 300:
            raise NotDelivered(f"answered {status}", again=status not in _NEVER)

    def close(self) -> None:
        """Give its connections back."""
        self._client.close()

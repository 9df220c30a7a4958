"""TLS contexts: verification is always on, and a context is made once for each way of using it."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

from opscheck.model import Kind
from opscheck.probes.failure import Failure


def verifying_context(ca: Path | None, alpn: Sequence[str]) -> ssl.SSLContext:
    """A context that trusts the system's authorities, or those of one file alone.

    Raises:
        Failure: the file holds no certificates that can be read.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or type(error).__name__
        raise Failure(Kind.TLS, f"cannot read the certificates in {ca}: {words}") from None
    context.set_alpn_protocols(list(alpn))
    return context


def unverifying_context(alpn: Sequence[str]) -> ssl.SSLContext:
    """A context that refuses no certificate, for the probe that tells what is wrong with one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(list(alpn))
    return context


class Contexts:
    """The contexts of one run."""

    def __init__(self) -> None:
        self._made: dict[tuple[Path | None, tuple[str, ...]], ssl.SSLContext] = {}

    def get(self, ca: Path | None, alpn: Sequence[str]) -> ssl.SSLContext:
        """The context for these authorities and these protocols."""
        key = (ca, tuple(alpn))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = verifying_context(ca, alpn)
        return found

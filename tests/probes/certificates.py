"""Certificates of every kind that a TLS probe must tell apart, made on the spot."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class World:
    """An authority of our own and a server context for each kind of certificate."""

    ca: Path
    good: ssl.SSLContext
    http1: ssl.SSLContext
    expired: ssl.SSLContext
    wrong_name: ssl.SSLContext
    untrusted: ssl.SSLContext
    leaf: bytes


def server_context(certificate: trustme.LeafCert, *alpn: str) -> ssl.SSLContext:
    """What a server with this certificate uses."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    context.set_alpn_protocols(list(alpn or ("http/1.1",)))
    return context


def make_world(folder: Path) -> World:
    """An authority, and certificates that differ in one thing each."""
    authority = trustme.CA()
    stranger = trustme.CA()
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    good = authority.issue_cert("localhost", "*.example.org", "127.0.0.1", "::1", not_after=NOW + timedelta(days=30))
    past = authority.issue_cert("localhost", "127.0.0.1", not_after=NOW - timedelta(days=3))
    other = authority.issue_cert("other.example")
    return World(
        ca=ca,
        good=server_context(good, "h2", "http/1.1"),
        http1=server_context(good),
        expired=server_context(past),
        wrong_name=server_context(other),
        untrusted=server_context(stranger.issue_cert("localhost", "127.0.0.1")),
        leaf=ssl.PEM_cert_to_DER_cert(good.cert_chain_pems[0].bytes().decode()),
    )

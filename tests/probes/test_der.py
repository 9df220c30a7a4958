"""Certificates read from DER: what they say, and nothing but a ValueError where they are broken."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from cryptography.x509 import load_der_x509_certificate

from opscheck.probes.der import certificate
from tests.probes.certificates import NOW, World


def test_fields(world: World) -> None:
    """Subject, issuer, names and validity are what the authority wrote."""
    seen = certificate(world.leaf)
    reference = load_der_x509_certificate(world.leaf)

    assert seen.names == ("localhost", "*.example.org", "127.0.0.1", "::1")
    assert seen.not_before == reference.not_valid_before_utc
    assert seen.not_after == reference.not_valid_after_utc == NOW + timedelta(days=30)
    assert str(seen.issuer) in reference.issuer.rfc4514_string()
    assert str(seen.subject) in reference.subject.rfc4514_string()


def test_cut_anywhere(world: World) -> None:
    """A certificate cut off at any place is refused with a ValueError."""
    for length in range(len(world.leaf)):
        with pytest.raises(ValueError, match=r"."):
            certificate(world.leaf[:length])


def test_damaged(world: World) -> None:
    """Damage anywhere gives a certificate or a ValueError, never anything else."""
    chance = random.Random(7)  # noqa: S311 - damage to repeat, not a secret
    for _ in range(5000):
        der = bytearray(world.leaf)
        for _ in range(chance.randint(1, 4)):
            der[chance.randrange(len(der))] = chance.randrange(256)
        try:
            certificate(bytes(der))
        except ValueError:
            continue


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30\x00", bytes(300_000)])
def test_no_certificate(der: bytes) -> None:
    """What is no certificate is refused."""
    with pytest.raises(ValueError, match=r"."):
        certificate(der)

"""Each certificate is what its name says, and good ones pass where bad ones fail."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from tests.parts.ca import Certificate, CertificateAuthority


def read(certificate: Certificate) -> x509.Certificate:
    """Read the leaf of a PEM chain."""
    return x509.load_pem_x509_certificates(certificate.chain.read_bytes())[0]


def names_of(certificate: Certificate) -> set[str]:
    """List what a certificate may be asked for."""
    found = read(certificate).extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    assert isinstance(found, x509.SubjectAlternativeName)
    return {str(name.value) for name in found}


def test_good_is_for_the_loopback_and_valid_now(test_ca: CertificateAuthority) -> None:
    """The good one names 127.0.0.1 and localhost and has weeks to go."""
    leaf = read(test_ca.good)

    assert names_of(test_ca.good) == {"127.0.0.1", "localhost"}
    assert leaf.not_valid_before_utc < datetime.now(UTC)
    assert leaf.not_valid_after_utc > datetime.now(UTC) + timedelta(days=14)


def test_good_is_issued_by_the_root(test_ca: CertificateAuthority) -> None:
    """The root file is the issuer of the good, the expired and the wrong-name one."""
    root = x509.load_pem_x509_certificate(test_ca.root.read_bytes())
    for certificate in (test_ca.good, test_ca.expired, test_ca.wrong_name):
        read(certificate).verify_directly_issued_by(root)


def test_expired_is_only_expired(test_ca: CertificateAuthority) -> None:
    """The expired one ended in the past and has the right names."""
    assert read(test_ca.expired).not_valid_after_utc < datetime.now(UTC)
    assert names_of(test_ca.expired) == names_of(test_ca.good)


def test_wrong_name_is_only_wrongly_named(test_ca: CertificateAuthority) -> None:
    """The wrong-name one is valid now, for another host."""
    assert read(test_ca.wrong_name).not_valid_after_utc > datetime.now(UTC)
    assert names_of(test_ca.wrong_name) == {"elsewhere.invalid"}


def test_self_signed_is_its_own_issuer(test_ca: CertificateAuthority) -> None:
    """The self-signed one has the right names and no other issuer."""
    leaf = read(test_ca.self_signed)

    assert leaf.issuer == leaf.subject
    assert names_of(test_ca.self_signed) == names_of(test_ca.good)


def test_expiring_ends_when_told(test_ca: CertificateAuthority) -> None:
    """A certificate that ends soon is good until then."""
    left = read(test_ca.expiring(timedelta(days=3))).not_valid_after_utc - datetime.now(UTC)

    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)


def test_keys_are_private(test_ca: CertificateAuthority) -> None:
    """No key file can be read by group or others."""
    for certificate in (test_ca.good, test_ca.self_signed):
        assert certificate.key.stat().st_mode & 0o077 == 0

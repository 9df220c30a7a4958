"""A certificate authority for tests, with the good certificate and each kind of bad one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SERVED_NAMES = ("127.0.0.1", "localhost")
WRONG_NAME = "elsewhere.invalid"


@dataclass(frozen=True)
class Certificate:
    """A served certificate: its chain and its private key, each a PEM file."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class CertificateAuthority:
    """PEM files for TLS tests; only `good` is accepted by a client that trusts `root` and asks for 127.0.0.1.

    `expired` ended yesterday, `wrong_name` is for elsewhere.invalid, `self_signed` is issued by nobody else.
    """

    folder: Path
    issuer: trustme.CA
    root: Path
    good: Certificate
    expired: Certificate
    wrong_name: Certificate
    self_signed: Certificate

    def expiring(self, within: timedelta) -> Certificate:
        """Issue a certificate for 127.0.0.1 that is good now and ends after `within`."""
        label = f"expiring-{int(within.total_seconds())}"
        return issue(self.issuer, self.folder, label, SERVED_NAMES, not_after=datetime.now(UTC) + within)


def create_ca(folder: Path) -> CertificateAuthority:
    """Make a new authority and its certificates as PEM files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    issuer = trustme.CA()
    root = folder / "root.pem"
    issuer.cert_pem.write_to_path(str(root))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return CertificateAuthority(
        folder=folder,
        issuer=issuer,
        root=root,
        good=issue(issuer, folder, "good", SERVED_NAMES),
        expired=issue(issuer, folder, "expired", SERVED_NAMES, not_after=yesterday),
        wrong_name=issue(issuer, folder, "wrong-name", (WRONG_NAME,)),
        self_signed=_self_sign(folder),
    )


def issue(
    issuer: trustme.CA, folder: Path, label: str, names: tuple[str, ...], *, not_after: datetime | None = None
) -> Certificate:
    """Issue a certificate for `names` that ends in 30 days or at `not_after`, and write it to `folder`."""
    end = not_after or datetime.now(UTC) + timedelta(days=30)
    leaf = issuer.issue_cert(*names, common_name=names[0], not_before=end - timedelta(days=365), not_after=end)
    certificate = Certificate(chain=folder / f"{label}.pem", key=folder / f"{label}.key")
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    return _write(certificate, chain, leaf.private_key_pem.bytes())


def _self_sign(folder: Path) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVED_NAMES[0])])
    now = datetime.now(UTC)
    alternatives = [x509.IPAddress(ip_address(SERVED_NAMES[0])), x509.DNSName(SERVED_NAMES[1])]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = Certificate(chain=folder / "self-signed.pem", key=folder / "self-signed.key")
    return _write(certificate, signed.public_bytes(serialization.Encoding.PEM), private)


def _write(certificate: Certificate, chain: bytes, private: bytes) -> Certificate:
    certificate.chain.write_bytes(chain)
    certificate.key.touch(mode=0o600)
    certificate.key.write_bytes(private)
    return certificate

"""Certificates as no honest authority makes them, and honest ones: what a case shows a server, or gives it
as its own. Only here does the suite make keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_USAGES = {
    "client": ExtendedKeyUsageOID.CLIENT_AUTH,
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
    "mail": ExtendedKeyUsageOID.EMAIL_PROTECTION,
}


@dataclass(frozen=True)
class Certified:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption())

    @property
    def fingerprint(self) -> str:
        return sha256(self.certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


@dataclass(frozen=True)
class Wish:
    """What a certificate is to say. Spans are seconds from now."""

    names: tuple[x509.GeneralName, ...]
    common_name: str
    usages: tuple[str, ...] = ("client",)
    valid_from: float = -3600
    valid_until: float = 86400
    is_authority: bool = False


def load(certificate: Path, key: Path) -> Certified:
    """An authority as an installation has it."""
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return Certified(x509.load_pem_x509_certificate(certificate.read_bytes()), private)


def authority(name: x509.Name) -> Certified:
    """One that nobody trusts, whatever its name."""
    wish = Wish((), "", usages=(), valid_until=10 * 86400, is_authority=True)
    return make(wish, None, name)


def make(
    wish: Wish, issuer: Certified | None, subject: x509.Name | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Certified:
    """Signed by `issuer`, or by itself, with a `key` of its own unless one is given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    own = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wish.common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer.certificate.subject if issuer else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(seconds=wish.valid_from))
        .not_valid_after(now + timedelta(seconds=wish.valid_until))
        .add_extension(x509.BasicConstraints(wish.is_authority, None), critical=True)
        .add_extension(_key_usage(wish.is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if wish.usages:
        usages = [_USAGES[usage] for usage in wish.usages]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if wish.names:
        names = x509.SubjectAlternativeName(list(wish.names))
        builder = builder.add_extension(names, critical=False)
    return Certified(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _key_usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_authority,
        crl_sign=is_authority, encipher_only=False, decipher_only=False)

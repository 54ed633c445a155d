"""The signature of sealed forms: a PDF signature (PAdES, ISO 32000) by a key of this installation.

ECDSA on P-256 with SHA-256, which every common reader checks; Ed25519 signatures in PDFs (ISO/TS 32002) most do not.
The certificate is the installation's own: the signature proves that the file is as this installation sealed it, and
nothing about who stands behind the installation (docs/security.md).
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from django.conf import settings

from huoshui.kernel import clock
from huoshui.kernel.disk import write_once

FIELD = "Huoshui"
YEARS = 30
"""How long the certificate says it holds; what was sealed is kept longer than any key is used."""


def _path() -> Path:
    path: Path = settings.DATA_DIR / "keys" / "forms-seal.pem"
    return path


def _pem() -> bytes:
    """Key and certificate, made at first use, readable by the file's owner alone."""
    path = _path()
    if not path.exists():
        write_once(path, _made())
    return path.read_bytes()


def _made() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Huoshui 活水 forms seal"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Huoshui installation"),
        ]
    )
    now = clock.now()
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


def fingerprint() -> str | None:
    """SHA-256 of the certificate, hex, by which a reader recognises it; None before anything was sealed."""
    if not _path().exists():
        return None
    return x509.load_pem_x509_certificate(_path().read_bytes()).fingerprint(hashes.SHA256()).hex()


def signed(pdf: bytes, *, reason: str, location: str) -> bytes:
    """The PDF with an invisible signature over all of it."""
    from asn1crypto import keys, pem
    from asn1crypto import x509 as asn1
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    stored = _pem()
    key = load_pem_private_key(stored, password=None).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificate = x509.load_pem_x509_certificate(stored).public_bytes(Encoding.PEM)
    _name, _headers, der = pem.unarmor(certificate)
    signer = SimpleSigner(
        signing_cert=asn1.Certificate.load(der),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore(),
    )
    about = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", reason=reason, location=location, subfilter=SigSeedSubFilter.PADES
    )
    out = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer)
    data: bytes = out.getvalue()
    return data


@dataclass(frozen=True)
class SealCheck:
    """What a PDF's signature says. ``intact``: signed, and not changed since; ``ours``: by this installation's key."""

    signed: bool
    intact: bool
    ours: bool
    signer: str = ""


def check_seal(pdf: bytes) -> SealCheck:
    """Whether a PDF is as some installation sealed it, and whether that was this one."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except (PdfError, ValueError, OSError):
        return SealCheck(False, False, False)
    if not found:
        return SealCheck(False, False, False)
    return _checked(found[0])


def _checked(signature: Any) -> SealCheck:
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    signature.compute_integrity_info()
    certificate = signature.signer_cert
    valid, unchanged = validate_sig_integrity(
        signature.signer_info, certificate, expected_content_type="data", actual_digest=signature.compute_digest()
    )
    whole = signature.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    intact = bool(valid and unchanged and whole)
    ours = certificate.sha256.hex() == fingerprint()
    return SealCheck(True, intact, ours, str(certificate.subject.human_friendly))

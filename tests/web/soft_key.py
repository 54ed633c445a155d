"""A passkey in software, by Web Authentication Level 2: what a device would sign, and what a cheat would try."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One key pair of one account, kept "on a device" for a site."""

    site: str = "localhost"
    origin: str = "http://localhost"
    flags: int = PRESENT | VERIFIED
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    number: bytes = field(default_factory=lambda: os.urandom(16))
    account: str = ""

    def made(self, options: dict[str, Any]) -> str:
        """The answer to a wish for a new key."""
        asked = options["publicKey"]
        self.account = asked["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        attested = b"\0" * 16 + len(self.number).to_bytes(2, "big") + self.number + public
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + attested}
        response = {
            "clientDataJSON": self._client_data("webauthn.create", asked["challenge"]),
            "attestationObject": websafe_encode(cbor.encode(statement)),
        }
        return self._answer(response, {"credProps": {"rk": True}})

    def signed(self, options: dict[str, Any]) -> str:
        """The answer to a wish for a signature."""
        told = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        data = self._data(self.flags)
        digest = hashlib.sha256(self._last).digest()
        response = {
            "clientDataJSON": told,
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.key.sign(data + digest, ec.ECDSA(hashes.SHA256()))),
            "userHandle": self.account,
        }
        return self._answer(response, {})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + b"\0\0\0\0"

    def _client_data(self, kind: str, challenge: str) -> str:
        self._last = json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()
        return websafe_encode(self._last)

    def _answer(self, response: dict[str, Any], extensions: dict[str, Any]) -> str:
        name = websafe_encode(self.number)
        whole = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**whole, "clientExtensionResults": extensions})

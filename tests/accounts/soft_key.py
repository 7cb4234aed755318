"""A passkey without a device: makes and proves itself as a browser would, or wrongly where a test wants it so."""

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

HOST, ORIGIN = "testserver", "https://testserver"


class SoftKey:
    """One key pair for one site."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)

    def made(self, asked: str) -> str:
        """The answer to being asked to be made."""
        public = ES256.from_cryptography_key(self.key.public_key())
        of_key = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        told = AuthenticatorData.create(sha256(HOST.encode()).digest(), 0x45, 0, of_key)
        response = {
            "clientDataJSON": websafe_encode(self._said("webauthn.create", asked, ORIGIN)),
            "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
        }
        return self._credential(response)

    def proved(self, asked: str, *, origin: str = ORIGIN, key: Any = None) -> str:
        """The answer to being asked to prove itself; signed with another key where a test wants it so."""
        said = self._said("webauthn.get", asked, origin)
        told = AuthenticatorData.create(sha256(HOST.encode()).digest(), 0x05, 1)
        signature = (key or self.key).sign(bytes(told) + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": said, "authenticatorData": told, "signature": signature}
        return self._credential({name: websafe_encode(value) for name, value in response.items()})

    def _said(self, kind: str, asked: str, origin: str) -> bytes:
        challenge = json.loads(asked)["publicKey"]["challenge"]
        return CollectedClientData.create(kind, challenge, origin)

    def _credential(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.id)
        whole = {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": response}
        return json.dumps(whole)

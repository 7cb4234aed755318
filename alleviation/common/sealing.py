"""Encryption of numbers that name a person, and the keyed digests by which they are found without being read.

The keys stand outside the database and apart from SECRET_KEY (settings.PERSONAL_KEYS, the newest first). The first
encrypts; every one of them decrypts and finds, so that keys can be changed while the app runs:
docs/privacy.md, "Changing the key". Encryption is Fernet's (AES-128-CBC with HMAC-SHA-256), of `cryptography`.
"""

import base64
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Unreadable(Exception):
    """What was encrypted with a key that is not at hand, or was tampered with."""


def seal(text: str) -> str:
    """The text encrypted with the newest key; the same text looks different each time."""
    return _box(_keys()[0]).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text of what `seal` made, whichever key made it. Raises Unreadable."""
    for key in _keys():
        try:
            return _box(key).decrypt(sealed.encode()).decode()
        except InvalidToken:
            continue
    raise Unreadable


def mark() -> str:
    """By what the newest key is recognised, in 16 hexadecimal digits; it tells nothing of the key."""
    return _marked(_keys()[0])


def digest(text: str, *, of: str) -> str:
    """The keyed digest by the newest key; `of` names the kind of number, so that two kinds never match."""
    return _digested(_keys()[0], of, text)


def digests(text: str, *, of: str) -> list[str]:
    """The keyed digests by every key, the newest first: a number may still be kept under an older one."""
    return [_digested(key, of, text) for key in _keys()]


def _keys() -> list[str]:
    keys: list[str] = settings.PERSONAL_KEYS
    return keys


def _digested(key: str, of: str, text: str) -> str:
    return hmac.digest(_drawn(key, "index"), f"{of}\n{text}".encode(), "sha256").hex()


@cache
def _marked(key: str) -> str:
    return _drawn(key, "mark").hex()[:16]


@cache
def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_drawn(key, "seal")))


@cache
def _drawn(key: str, use: str) -> bytes:
    """One key for each use."""
    return hmac.digest(key.encode(), f"alleviation.personal.{use}".encode(), "sha256")

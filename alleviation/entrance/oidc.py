"""OpenID Connect, the half of a relying party: whom another office vouches for, and nothing else of them.

The authorization code flow with PKCE (RFC 7636), state and nonce; the token's signature, issuer, audience, times and
nonce are checked before a word of it is read (OpenID Connect Core 1.0, 3.1.3.7). No account is made, no role is taken
over. Nothing is asked of anybody unless settings.OIDC_ISSUER is set.
"""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
from django.conf import settings

from alleviation.accounts.backends import LOOPBACK
from alleviation.accounts.models import User

# Signatures that only the issuer can make; never one that is made with our own secret, and never none.
ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512", "EdDSA"]
# Seconds: how long an answer may take, and how far two clocks may be apart.
PATIENCE, LEEWAY = 10, 60
# Bytes: an answer is some kilobytes.
LARGEST = 1_000_000


class Refused(Exception):
    """The issuer does not vouch for anybody we know; the words are for the log and name nobody."""


@dataclass(frozen=True)
class Asked:
    """What only this browser and we know of one way to the issuer and back."""

    state: str
    nonce: str
    verifier: str
    wanted: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class _NoWayRound(HTTPRedirectHandler):
    """An issuer that sends us elsewhere is none."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def ask(wanted: str) -> Asked:
    """A new way to the issuer."""
    return Asked(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), wanted)


def way_to_issuer(asked: Asked, back: str) -> str:
    """The address at the issuer to which a browser is sent. Raises Refused."""
    proof = base64.urlsafe_b64encode(sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
    parameters = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": back,
        "scope": "openid profile email",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": proof,
        "code_challenge_method": "S256",
    }
    address = _described()["authorization_endpoint"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


def claims_of(code: str, asked: Asked, back: str) -> dict[str, Any]:
    """What the issuer says of the person who brought this code. Raises Refused."""
    described = _described()
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": asked.verifier,
    }
    token = _fetched(described["token_endpoint"], given).get("id_token")
    return _verified(str(token), _fetched(described["jwks_uri"]), asked.nonce)


def person_of(claims: dict[str, Any]) -> User:
    """The account of whom the issuer vouches for. Raises Refused: nobody is made, and nobody disabled comes in."""
    said, field = claims.get(settings.OIDC_CLAIM), settings.OIDC_FIELD
    if not isinstance(said, str) or not said:
        raise Refused(f"the token has no {settings.OIDC_CLAIM}")
    if settings.OIDC_CLAIM == "email" and claims.get("email_verified") is False:
        raise Refused("the issuer has not verified the e-mail address")
    lookup = "email__iexact" if field == "email" else field
    found = list(User.objects.filter(**{lookup: said}, is_active=True, is_example=False)[:2])
    if len(found) != 1:
        raise Refused("there is no account of this person" if not found else "two accounts have this person's name")
    return found[0]


def has_second_factor(claims: dict[str, Any]) -> bool:
    """Whether the issuer has asked for a second factor, in one of the words that the office takes for it."""
    said = claims.get("amr")
    return isinstance(said, list) and bool(set(settings.OIDC_SECOND_FACTOR) & set(map(str, said)))


def is_private(address: str) -> bool:
    """Whether what is sent there is encrypted, or does not leave this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and (parts.hostname or "") in {*LOOPBACK, "localhost"})


def _verified(token: str, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
    """The words of a token of the issuer, for us, of now, and for this browser. Raises Refused."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key_of(token, keys),
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise Refused(f"the token is refused: {type(error).__name__}") from error
    if not secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise Refused("the token is of another sign-in")
    if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
        raise Refused("the token was given to somebody else")
    return claims


def _key_of(token: str, keys: dict[str, Any]) -> Any:
    """The key of the issuer by which a token says it is signed; the only one where it says nothing."""
    name = jwt.get_unverified_header(token).get("kid")
    known = jwt.PyJWKSet.from_dict(keys).keys
    found = [key for key in known if key.key_id == name] if name else known
    if len(found) != 1:
        raise Refused("the token is signed with no key of the issuer")
    return found[0]


def _described() -> dict[str, Any]:
    """What the issuer says of itself. Raises Refused where it is another one, or would have us speak in the open."""
    told = _fetched(f"{settings.OIDC_ISSUER}/.well-known/openid-configuration")
    ways = [str(told.get(name, "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if str(told.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER or not all(map(is_private, ways)):
        raise Refused("the issuer describes itself wrongly")
    return told


def _fetched(address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """What the issuer answers, a JSON object. Raises Refused."""
    # Each address was looked at by is_private, when the app started or when the issuer told of it.
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310
    if form is not None:
        request.data = urlencode(form).encode()
        words = f"{quote(settings.OIDC_CLIENT_ID)}:{quote(settings.OIDC_CLIENT_SECRET)}"
        request.add_header("Authorization", f"Basic {base64.b64encode(words.encode()).decode()}")
    try:
        with build_opener(_NoWayRound).open(request, timeout=PATIENCE) as answer:
            told = json.loads(answer.read(LARGEST))
    except (URLError, OSError, ValueError) as error:
        raise Refused(f"the issuer does not answer: {type(error).__name__}") from error
    if not isinstance(told, dict):
        raise Refused("the issuer answers no object")
    return told

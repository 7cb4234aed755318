"""What an office's server may not run with. Production refuses to start, and says which variable and what to do.

docs/hardening.md has the list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.core.exceptions import ImproperlyConfigured

# As Django asks of its own secret; what `secrets.token_urlsafe(64)` and `openssl rand -hex 32` print has more.
SHORTEST, FEWEST_CHARACTERS = 50, 10
# What `startproject` writes into everybody's code, and what manuals show.
KNOWN = ("django-insecure-", "changeme", "change-me", "secret")
LOOPBACK = ("localhost", "127.", "[::1]", "::1", ".localhost")
HOW = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
KEYS = ("SECRET_KEY", "TRAIL_KEY", "PERSONAL_KEYS")


def refuse_weak_production(environment: Mapping[str, str], *, debug: bool, hosts: Sequence[str]) -> None:
    """Raises ImproperlyConfigured with every reason not to run as an office's server; else does nothing."""
    if found := [*weak_keys(environment), *weak_doors(environment, debug, hosts)]:
        reasons = "\n".join(f"- {fault}" for fault in found)
        raise ImproperlyConfigured(f"This is no way to run in production (docs/hardening.md):\n{reasons}")


def weak_keys(environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the three secrets; of PERSONAL_KEYS the newest alone must be strong, for only it encrypts."""
    values = {name: parts(environment.get(name, "")) for name in KEYS}
    for name, keys in values.items():
        if not keys:
            yield f"{name} is not set. A key that was made by itself may be lost with the checkout. {HOW}"
        elif fault := weakness(keys[0]):
            yield f"{name} {fault}. {HOW}"
    yield from shared(values)


def weakness(key: str) -> str:
    """Why a key could be guessed, in words that follow its name; nothing for a strong one."""
    if any(word in key.casefold() for word in KNOWN):
        return "holds a word that everybody knows"
    if len(key) < SHORTEST:
        return f"has {len(key)} characters; it needs {SHORTEST}"
    if len(set(key)) < FEWEST_CHARACTERS:
        return f"is made of {len(set(key))} different characters; it needs {FEWEST_CHARACTERS}"
    return ""


def strong_token(name: str, token: str) -> str:
    """A secret that lets a machine in, or none at all. Raises ImproperlyConfigured for one that could be guessed."""
    if token and (fault := weakness(token)):
        raise ImproperlyConfigured(f"{name} {fault}. {HOW}")
    return token


def shared(values: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Keys that are one: whoever learns it from one place has the other."""
    owner: dict[str, str] = {}
    for name, keys in values.items():
        for key in set(keys):
            if key in owner:
                yield f"{name} and {owner[key]} are the same. Give each its own. {HOW}"
            owner[key] = name


def weak_doors(environment: Mapping[str, str], debug: bool, hosts: Sequence[str]) -> Iterator[str]:
    """What is wrong with how the server is reached."""
    if debug:
        yield "DEBUG is on: it shows code, settings and rows to whoever meets a fault. Unset it."
    if "*" in hosts:
        yield "ALLOWED_HOSTS holds *: links in answers could lead anywhere. Name the hosts of the office."
    elif all(host.startswith(LOOPBACK) for host in hosts):
        yield "ALLOWED_HOSTS names no host but this machine. Set it to the name that people type."
    if not environment.get("HTTPS", "").strip():
        yield (
            "HTTPS is not set. Set HTTPS=true; or HTTPS=false, where you answer for everybody on the network who "
            "could read along."
        )


def is_here(host: str) -> bool:
    """Whether a host is this machine, or a socket in its file system."""
    return not host or host.startswith(("/", "%2F", *LOOPBACK))


def parts(value: str) -> list[str]:
    """The keys of a variable, as the settings take them."""
    return [key for one in value.split(",") if (key := one.strip())]

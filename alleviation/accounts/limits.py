"""How often a sign-in may be tried. docs/sign-in.md says what is counted, and why nobody can shut out another.

axes locks a name at an address. Here stands what goes beyond: one address that tries many names, one name that is
tried from many addresses, and codes of the second factor. Whoever has signed in from an address before is held up
there by neither of the first two. Nothing that was typed is kept: the keys of the tallies are keyed digests.
"""

from datetime import timedelta
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from alleviation.accounts.models import Tally

WINDOW = timedelta(minutes=15)
# Tries of names that have not signed in from there before, whether right or wrong at last.
MOST_FROM_ADDRESS = 30
# Of one name, from addresses it has not signed in from; then one at a time.
MOST_OF_NAME = 10
ONE_AT_A_TIME = timedelta(seconds=30)
# Wrong codes, and wrong passwords of somebody who is signed in.
MOST_PROOFS = 5
# Requests of one token.
CALLS_WITHIN = timedelta(minutes=1)
# How long it is remembered that somebody signed in from somewhere.
REMEMBERED = timedelta(days=180)


def may_try(name: str, address: str) -> bool:
    """Count one try of a password, and say whether it may be made. The same is asked for names that nobody has."""
    network = network_of(address)
    if Tally.objects.filter(key=_key("known", name, network), until__gt=timezone.now()).exists():
        return True
    if _count(_key("address", network), WINDOW) > MOST_FROM_ADDRESS:
        return False
    return _count(_key("name", name), WINDOW) <= MOST_OF_NAME or _count(_key("slow", name), ONE_AT_A_TIME) == 1


def remember(name: str, address: str) -> None:
    """Somebody came in from there: their tries are none, and they are known there from now on."""
    network, now = network_of(address), timezone.now()
    key = _key("known", name, network)
    Tally.objects.filter(until__lte=now).delete()
    Tally.objects.filter(key__in=[_key("name", name), _key("slow", name)]).delete()
    if not Tally.objects.filter(key=key).update(until=now + REMEMBERED):
        _give_back(_key("address", network))
        Tally.objects.update_or_create(key=key, defaults={"number": 1, "until": now + REMEMBERED})


def may_prove(user_id: int, what: str) -> bool:
    """Count one try of a code, or of one's own password while signed in, and say whether it may be made."""
    return _count(_key(what, str(user_id)), WINDOW) <= MOST_PROOFS


def proved(user_id: int, what: str) -> None:
    """It was right: what was tried before is forgotten."""
    Tally.objects.filter(key=_key(what, str(user_id))).delete()


def wait_of(token_id: int, most: int) -> int:
    """Count one request of a token; how many seconds it has to wait, 0 where it is among the `most` of its minute.

    A minute begins with the first request after the last one: within any 60 seconds there are never more than twice
    as many. It is counted in the database, so that all processes count together.
    """
    key = _key("token", str(token_id))
    if _count(key, CALLS_WITHIN) <= most:
        return 0
    until = Tally.objects.filter(key=key).values_list("until", flat=True).first() or timezone.now()
    return max(1, ceil((until - timezone.now()).total_seconds()))


def hidden_name(request: Any, credentials: dict[str, Any] | None = None) -> str:
    """What axes keeps in place of a name: it may be a password that was typed in the wrong box."""
    typed = (credentials or {}).get("username") or getattr(request, "POST", {}).get("username")
    return _key("axes", str(typed or ""))


def network_of(address: str) -> str:
    """The address; of IPv6 the network that one customer has, since each of its 2^64 addresses is as good."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else address


def _key(kind: str, *words: str) -> str:
    return salted_hmac(f"alleviation.limits.{kind}", "\n".join(words), algorithm="sha256").hexdigest()


def _count(key: str, within: timedelta) -> int:
    """One more under a key; the first after its time is the first again."""
    now = timezone.now()
    with transaction.atomic():
        # Looked for and locked at once: what is over may be cleared away by somebody's sign-in meanwhile.
        tally, _new = Tally.objects.select_for_update().get_or_create(key=key, defaults={"until": now + within})
        # What lasts for longer than it may was counted by a clock that ran ahead.
        if not now < tally.until <= now + within:
            tally.number, tally.until = 0, now + within
        tally.number += 1
        tally.save(update_fields=["number", "until"])
    return tally.number


def _give_back(key: str) -> None:
    with transaction.atomic():
        tally = Tally.objects.select_for_update().filter(key=key, number__gt=0).first()
        if tally is not None:
            tally.number -= 1
            tally.save(update_fields=["number"])

"""A new key for all numbers of persons. docs/privacy.md, "Changing the key", says what comes before and after."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from alleviation.audit.models import Verb
from alleviation.audit.trail import record_words, together
from alleviation.common import sealing
from alleviation.entrance import factors
from beneficiaries.actions.numbers import seal_anew
from beneficiaries.models import PersonNumber

CHUNK = 500
# So many record numbers are named in a message.
NAMED = 20


@dataclass(frozen=True)
class Rotation:
    """How many numbers got the newest key, how many had it, and how many are kept by a former digest alone."""

    changed: int
    same: int
    digests_only: int


class Impossible(Exception):
    """The keys cannot be changed: nothing was. `told` says why, and names record numbers alone."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


def rotate(*, by: str) -> Rotation:
    """Encrypt every number with the newest key and index it by that, in one transaction; nobody writes one meanwhile.

    The trail tells how many, where any was changed. Raises Impossible where a number opens with no key, or two records
    hold the same one.
    """
    with together():
        _refuse_writers()
        changed = same = 0
        lost: list[int] = []
        for rows in _chunks():
            anew = [row for row in rows if row.key_mark != sealing.mark()]
            lost += [row.pk for row in rows if not _opened(row)]
            if not lost:
                _refuse_twice(anew)
                PersonNumber.objects.bulk_update(anew, ["digest", "sealed", "key_mark"])
            changed, same = changed + len(anew), same + len(rows) - len(anew)
        if lost:
            raise Impossible(_lost_in_words(lost))
        # Secrets of second factors are under the same keys.
        factors.seal_anew()
        if changed:
            details = {"numbers": changed, "key": sealing.mark()}
            record_words(verb=Verb.CHANGED, what="personal-keys", by=by, kind="keys", details=details)
        return Rotation(changed, same, PersonNumber.objects.filter(sealed="").count())


def _refuse_writers() -> None:
    """Nobody else writes a number until the transaction ends; who reads does not wait. SQLite has one writer."""
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(PersonNumber._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")


def _chunks() -> Iterator[list[PersonNumber]]:
    """The encrypted numbers by their record numbers, some at a time."""
    last = 0
    while rows := list(PersonNumber.objects.exclude(sealed="").filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield rows
        last = rows[-1].pk


def _opened(row: PersonNumber) -> bool:
    """Put the number under the newest key, in the record alone; False where no key opens it."""
    try:
        number = sealing.unseal(row.sealed)
    except sealing.Unreadable:
        return False
    if row.key_mark != sealing.mark():
        seal_anew(row, number)
    return True


def _refuse_twice(rows: list[PersonNumber]) -> None:
    """Two servers that shared no key may each have kept the same number."""
    for row in rows:
        other = PersonNumber.objects.filter(Q(kind=row.kind, digest=row.digest) & ~Q(pk=row.pk)).first()
        if other is not None:
            words = {"one": row.pk, "other": other.pk}
            raise Impossible(
                _(
                    "The number records %(one)s and %(other)s hold the same number. Nothing was changed: "
                    "find out whose it is, and take it from the other."
                )
                % words
            )


def _lost_in_words(lost: list[int]) -> str:
    named = ", ".join(map(str, lost[:NAMED])) + (" …" if len(lost) > NAMED else "")
    told = _(
        "No key of PERSONAL_KEYS opens these number records: %(records)s. Nothing was changed: add the key with which "
        "they were encrypted."
    )
    return told % {"records": named}

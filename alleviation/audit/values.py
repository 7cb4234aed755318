"""What an event keeps of a record's columns: enough to build the record again, and nothing that must not be told."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models.base import Model

from alleviation.audit.chain import moment, sealed

Values = dict[str, Any]
# A longer text is kept by its hash: the trail tells that it changed, the record has it.
LONGEST = 1000


def values_of(record: Model) -> Values:
    """A record's columns as JSON holds them.

    A model names in `untold_fields` what must not be copied into the trail: of those a keyed hash is kept, by which a
    change can be seen and nothing be read. Fields in `unkept_fields` are not the record's own (a moment of sign-in).
    """
    untold, unkept = set(getattr(record, "untold_fields", ())), set(getattr(record, "unkept_fields", ()))
    return {
        field.attname: _kept(record, field, is_told=field.name not in untold)
        for field in record._meta.concrete_fields
        if field.name not in unkept
    }


def differing(stored: Model, record: Model) -> tuple[Values, Values]:
    """The columns that changed, as they were and as they are."""
    was, now = values_of(stored), values_of(record)
    changed = sorted(key for key in now if was[key] != now[key])
    return {key: was[key] for key in changed}, {key: now[key] for key in changed}


def is_sealed(value: Any) -> bool:
    """Whether a value of an event is a hash of what must not be told."""
    return isinstance(value, dict) and "sealed" in value


def _kept(record: Model, field: Any, *, is_told: bool) -> Any:
    value = getattr(record, field.attname)
    if is_told:
        return plain(value)
    if value in (None, ""):
        return value
    return {"sealed": sealed(str(plain(value)), of=f"{record._meta.label_lower}.{field.attname} {record.pk}")}


def plain(value: Any) -> Any:
    """Decimals and dates as the words they print; anything long by its length and hash."""
    if isinstance(value, bytes | memoryview):
        return _hashed(bytes(value), "bytes")
    if isinstance(value, str) and len(value) > LONGEST:
        return _hashed(value.encode(), f"{len(value)} characters")
    if isinstance(value, datetime):
        return moment(value)
    return value if isinstance(value, str | int | bool | None) else str(value)


def _hashed(content: bytes, size: str) -> str:
    return f"({size if size != 'bytes' else f'{len(content)} bytes'}, SHA-256 {sha256(content).hexdigest()})"

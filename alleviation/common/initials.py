"""Pinyin initials, by which a record with a Chinese name is found while typing: 若多村 is found by rdc."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Nobody types more of them, and an index is the smaller for it.
LONGEST = 32
# One letter begins the names of thousands of places; two begin few enough to be sorted at once.
SHORTEST = 2
# How most names of a national list end: looked up once, not half a million times.
ENDINGS = {"社区居民委员会": "sqjmwyh", "村民委员会": "cmwyh", "居民委员会": "jmwyh", "村委会": "cwh"}
# Of so many words at the beginning of a name the capitals are guessed.
MOST_WORDS = 6
# Words that English names keep small.
SMALL_WORDS = frozenset({"and", "at", "for", "in", "of", "on", "the", "to"})


def initials_of(name: str) -> str:
    """The first letter of each character's pinyin, small, with the Latin letters and digits between: 若多村 is "rdc".

    A character of several readings has the one of its phrase, or the commonest; what has none is left out. At most 32.
    """
    for ending, letters in ENDINGS.items():
        if name.endswith(ending) and name != ending:
            return (_letters(name.removesuffix(ending)) + letters)[:LONGEST]
    return _letters(name)[:LONGEST]


@lru_cache(maxsize=20_000)
def _letters(name: str) -> str:
    if name.isascii():
        # Without a Chinese character there is nothing to shorten.
        return ""
    # Its dictionary takes a second to read, and only who writes a name needs it.
    from pypinyin import Style, lazy_pinyin

    parts = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda rest: rest)
    return "".join(one for one in "".join(parts).lower() if one.isascii() and one.isalnum())


class InitialsField(models.CharField):
    """The initials of a name in another column, derived again by every write, so that no way of writing forgets them.

    It is for finding alone: no fact, in no form and in no event (a model names it in `unkept_fields`).
    """

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        self.of = of
        fixed = {"max_length": LONGEST, "blank": True, "default": "", "editable": False}
        kwargs.setdefault("help_text", _("By which it is found while typing."))
        super().__init__(*(args or (_("pinyin initials"),)), **{**kwargs, **fixed})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "blank", "default", "editable", "help_text", "verbose_name"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        # An office that has one name alone types it into the first field, whatever its script.
        plain = self.of.removesuffix("_zh")
        found = initials_of(getattr(model_instance, self.of) or getattr(model_instance, plain))
        setattr(model_instance, self.attname, found)
        return found


def found_while_typing(table: str, name: str = "name", chinese: str = "name_zh") -> list[models.Index]:
    """The indexes by which `beginning` finds records of a table: of each name, and of the initials."""
    columns = {"name": name, "chinese": chinese, "initials": "initials"}
    return [
        # What an autocomplete and the search of a list ask: `beginning`, below.
        models.Index(fields=[column], name=f"{table}_{what}_begins", opclasses=["varchar_pattern_ops"])
        for what, column in columns.items()
    ]


def initials_begin(text: str, field: str) -> Q:
    """A filter for records whose initials begin with what was typed; empty where it cannot be initials."""
    letters = text.replace(" ", "").lower()
    if not (letters.isascii() and letters.isalnum() and len(letters) >= SHORTEST and not letters.isdigit()):
        return Q()
    return Q(**{f"{field}__begins": letters[:LONGEST]})


def capitalised(text: str) -> set[str]:
    """An English name as typed, and with the capitals that names have, each written as an index can find it.

    All words or all but small ones, and with a stretch of small letters somewhere after the first word: "party branch
    of heishui" finds Party Branch of Heishui and Party branch of Heishui.
    """
    words = (text.lower() if text.isupper() else text).split(" ")
    small, every = [word.lower() for word in words], [word[:1].upper() + word[1:] for word in words]
    most = [low if low in SMALL_WORDS else high for low, high in zip(small, every, strict=True)]
    stretches = combinations(range(1, min(len(words), MOST_WORDS) + 1), 2)
    mixed = ([*most[:start], *small[start:end], *most[end:]] for start, end in stretches)
    return {text, *(" ".join(spelt) for spelt in (every, most, *mixed))}


def beginning(text: str, *, codes: Iterable[str] = (), names: Iterable[str] = (), initials: str = "initials") -> Q:
    """A filter for records of which a code, a name or the initials begin with a text; an empty one finds all.

    Beginnings alone, each in a column of its own, so that an index serves (docs/admin.md).
    """
    text = " ".join(text.split())
    if not text:
        return Q()
    found = initials_begin(text, initials)
    for column in codes:
        found |= Q(**{f"{column}__begins": text}) | Q(**{f"{column}__begins": text.upper()})
    for column in names:
        for spelt in sorted(capitalised(text)):
            found |= Q(**{f"{column}__begins": spelt})
    return found

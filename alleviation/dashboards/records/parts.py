"""What the pages of records share: facts, names in both scripts, and links only to where the reader may go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.areas import covers
from alleviation.common.words import is_chinese
from projects.models import Division
from projects.models.places import short_name


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere, or nowhere when the address is empty; a figure leads to its explanation."""

    text: str
    url: str = ""
    is_made_up: bool = False
    is_explained: bool = False


@dataclass(frozen=True)
class Fact:
    """One line of what is known of a record; without a value it shows a dash.

    A number that is no figure of the office, the length of a text say, is marked as technical.
    """

    label: str | Promise
    links: tuple[Link, ...] = ()
    is_technical: bool = False


@dataclass(frozen=True)
class Gap:
    """Something that is missing from a record, and where it can be entered by those who may."""

    text: str
    url: str = ""
    label: str = ""


def fact(label: str | Promise, value: Any, url: str = "") -> Fact:
    """A fact of one value; a date in the reader's format."""
    if isinstance(value, date):
        value = day_words(value)
    return Fact(label, (Link(str(value), url),) if value not in (None, "") else ())


def day_words(day: date | None) -> str:
    """A day in the reader's format; the words for one that no source states."""
    return date_format(day, "DATE_FORMAT") if day else gettext("not stated")


def facts_of(label: str | Promise, links: Iterable[Link]) -> Fact:
    """A fact of several values, each with its link."""
    return Fact(label, tuple(links))


def both_names(record: Any) -> str:
    """A name with the other script beside it: "Liu Wei (刘伟)", for a Chinese reader "刘伟 (Liu Wei)"."""
    return in_both(record.name, record.name_zh)


def in_both(name: str, name_zh: str) -> str:
    """A name with the Chinese one, the reader's first; the one there is, where there is but one."""
    if not (name and name_zh) or name_zh == name:
        return name or name_zh
    first, second = (name_zh, name) if is_chinese() else (name, name_zh)
    return f"{first} ({second})"


def place_names(place: Division) -> str:
    """A place by its name with the other script beside it: "Ruoduo Village (若多村)"."""
    return in_both(place.name_en, short_name(place.name))


def short_place(place: Division | None, user: User) -> Link | None:
    """A place by its names alone, for a sentence."""
    return Link(place_names(place), place_url(place, user)) if place else None


def organisation_link(organisation: Any) -> Link:
    """An organisation by both names, with its page."""
    return Link(both_names(organisation), organisation_url(organisation.pk), organisation.is_made_up)


def person_link(official: Any) -> Link:
    """A person in office by both names, with their page."""
    return Link(both_names(official), official.get_absolute_url(), official.is_made_up)


def not_stated(value: Any) -> Any:
    """The value, or the words for what no source says."""
    return gettext("not stated") if value in (None, "") else value


def span_in_words(first: date | None, last: date | None) -> str:
    """From one day until another, either of which may not be stated."""
    if first is None and last is None:
        return gettext("not stated")
    return gettext("%(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)}


def place_url(place: Division | None, user: User) -> str:
    """The page of a place, for those in whose area it lies."""
    return place.get_absolute_url() if place and covers(user.area, place.code) else ""


def place_link(place: Division, user: User) -> Link:
    """A place by its names and code; names of places are public, their pages are not."""
    return Link(f"{place_names(place)} {place.code}", place_url(place, user))


def organisation_url(pk: int) -> str:
    """The page of an organisation."""
    return reverse("dashboards:organisation", args=[pk])


def branch_url(pk: int) -> str:
    """The page of a party branch."""
    return reverse("dashboards:branch", args=[pk])


def award_url(pk: int) -> str:
    """The page of an award."""
    return reverse("dashboards:award", args=[pk])


def pledge_url(pk: int) -> str:
    """The page of a pledge."""
    return reverse("dashboards:pledge", args=[pk])


def source_url(code: str) -> str:
    """The page of a funding source; none for a code that cannot stand in an address."""
    try:
        return reverse("dashboards:source", args=[code])
    except NoReverseMatch:
        return ""


def seen(records: Iterable[Any], user: User) -> dict[int, Any]:
    """Those of these records of one model that this person may see, by key; one query, none for no record."""
    wanted = {record.pk: record for record in records if record is not None}
    if not wanted:
        return {}
    model = type(next(iter(wanted.values())))
    found = model.objects.filter(pk__in=wanted).visible_to(user)
    return {pk: wanted[pk] for pk in found.values_list("pk", flat=True)}


def entry_url(user: User, model: str, pk: int | None = None, **given: Any) -> str:
    """The form in which a record is entered or changed, filled in with `given`; empty for those who may not."""
    if not user.may(Right.ENTER_RECORDS):
        return ""
    if pk is not None:
        return reverse(f"admin:projects_{model}_change", args=[pk])
    return reverse(f"admin:projects_{model}_add") + (f"?{urlencode(given)}" if given else "")

"""What became of a household: its status, its villages, and the households it came from or became."""

from collections.abc import Iterator

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.households.handbook import Handbook
from alleviation.dashboards.households.parts import bare_table, household_url, nobody
from alleviation.dashboards.records.parts import place_link
from beneficiaries.choices import Lineage
from beneficiaries.models import EXIT_STEPS, HouseholdLink

STEPS = (
    _("Appraised by the village"),
    _("Verified by the committees and the work team"),
    _("Consented to by the household"),
    _("Publicised in the village"),
    _("Announced"),
)
STATUSES = (
    Column("on", _("Date"), Kind.DATE),
    Column("was", _("Status before")),
    Column("status", _("Status")),
    Column("by", _("Decided by")),
    Column("decision", _("Decision")),
    *(Column(key, title, Kind.DATE) for key, title in zip(EXIT_STEPS, STEPS, strict=True)),
)
ORIGINS = (
    Column("on", _("Date"), Kind.DATE),
    Column("what", _("What happened")),
    Column("from", pgettext_lazy("place", "From")),
    Column("to", pgettext_lazy("place", "To")),
    Column("note", _("Note")),
)


def statuses_table(book: Handbook) -> Table:
    """Each change of status with who decided it, and the five steps of an exit."""
    rows = (
        {
            "on": one.happened_on,
            "was": one.get_was_display() if one.was else gettext("not on the register"),
            "status": one.get_status_display(),
            "by": one.decided_by,
            "decision": one.decision,
            **{step: getattr(one, step) for step in EXIT_STEPS},
        }
        for one in book.statuses
    )
    empty = _("No change of status is recorded: only what the household is today is known.")
    return bare_table("status", _("Status in time"), STATUSES, rows, empty)


def origins_table(book: Handbook) -> Table:
    """Moves, splits and mergers, day by day."""
    rows = sorted((*_moves(book), *_links(book)), key=lambda row: row["on"])
    empty = _("The household has always been in this village, and was neither divided nor merged.")
    return bare_table("origin", _("Moves, splits and mergers"), ORIGINS, rows, empty)


def _moves(book: Handbook) -> Iterator[Row]:
    for one in book.moves:
        came, went = place_link(one.from_village, book.user), place_link(one.to_village, book.user)
        told = gettext("%(place)s, number %(number)s")
        yield {
            "on": one.moved_on,
            "what": one.get_reason_display(),
            "from": told % {"place": came.text, "number": one.from_number},
            "to": told % {"place": went.text, "number": one.to_number},
            "note": one.note,
            "_urls": {"from": came.url, "to": went.url},
        }


def _links(book: Handbook) -> Iterator[Row]:
    """Of a split the new household came from the old one; of a merger the old one went into the new one."""
    for one in book.links:
        is_split = one.kind == Lineage.SPLIT_FROM
        ends = (one.other_number, one.household_id) if is_split else (one.household_id, one.other_number)
        (source, source_url), (target, target_url) = (_named(number, book) for number in ends)
        yield {
            "on": one.happened_on,
            "what": _what(one, book),
            "from": source,
            "to": target,
            "note": one.note,
            "_urls": {"from": source_url, "to": target_url},
        }


def _what(one: HouseholdLink, book: Handbook) -> str:
    is_own = one.household_id == book.household.pk
    if one.kind == Lineage.SPLIT_FROM:
        return gettext("split from another household") if is_own else gettext("another household split off")
    return gettext("merged into another household") if is_own else gettext("another household merged into it")


def _named(number: int, book: Handbook) -> tuple[str, str]:
    """A household by its number and its page, where the reader may see it; this one without a link."""
    if number == book.household.pk:
        return book.household.number, ""
    other = book.others.get(number)
    if other is None:
        return nobody(), ""
    return f"{other.village.local_name} {other.number}", household_url(number)

"""Who belongs to a household and who did: what everybody who sees the household may read, and no name in full."""

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.households.handbook import Handbook
from alleviation.dashboards.households.parts import bare_table
from beneficiaries.choices import Left, MigrantWork
from beneficiaries.models import Person

WHO = (Column("name", _("Name")), Column("relation", _("Relation to the head")), Column("sex", _("Sex")))
SINCE = Column("since", _("Member from"))
MEMBERS = (
    *WHO,
    Column("birth_year", _("Year of birth"), Kind.YEAR),
    Column("schooling", _("Schooling")),
    Column("in_school", _("In school")),
    Column("health", _("Health")),
    Column("labour", _("Labour ability")),
    Column("away", _("Works away")),
    SINCE,
)
FORMER = (*WHO, Column("birth_year", _("Year of birth"), Kind.YEAR), SINCE, Column("until", _("Member until")))


def members_table(book: Handbook) -> Table:
    """Those who belong to the household today, the head first."""
    return bare_table("members", _("Members"), MEMBERS, map(_member_row, book.members), _("No member is recorded."))


def former_table(book: Handbook) -> Table:
    """Those who belonged to it once."""
    rows = ({**_person_row(one), "until": _until(one)} for one in book.former)
    return bare_table("former-members", _("Former members"), FORMER, rows, _("Nobody has left the household."))


def _person_row(person: Person) -> Row:
    return {
        "name": person.masked_name or gettext("erased"),
        "relation": person.get_relation_display(),
        "sex": person.get_sex_display(),
        "birth_year": person.birth_year,
        "since": _since(person),
    }


def _member_row(person: Person) -> Row:
    told = {name: getattr(person, f"get_{name}_display")() for name in ("schooling", "in_school", "health", "labour")}
    return {**_person_row(person), **told, "away": _away(person)}


def _away(person: Person) -> str:
    """Where a person works, with the months of a year where they are known."""
    where = person.get_migrant_work_display()
    if person.migrant_months is None or person.migrant_work in (MigrantWork.UNKNOWN, MigrantWork.NONE):
        return where
    months = ngettext("%(number)s month a year", "%(number)s months a year", person.migrant_months)
    told = {"where": where, "months": months % {"number": person.migrant_months}}
    return gettext("%(where)s, %(months)s") % told


def _since(person: Person) -> str:
    if person.joined_on is None:
        return gettext("from the start")
    return _day_and_way(date_format(person.joined_on, "DATE_FORMAT"), person.get_joined_as_display())


def _until(person: Person) -> str:
    day = date_format(person.left_on, "DATE_FORMAT") if person.left_on else ""
    return _day_and_way(day, str(Left(person.left_as).label))


def _day_and_way(day: str, way: str) -> str:
    return gettext("%(day)s (%(way)s)") % {"day": day, "way": way}

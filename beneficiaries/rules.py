"""What the database itself keeps of incomes. The actions refuse the same, so that these rules can be done without."""

from django.utils.translation import gettext_noop as _

from alleviation.audit.rules import closed, year_lock
from alleviation.audit.triggers import Rule, changed

INCOMES, ENROLMENTS = "beneficiaries_incomerecord", "beneficiaries_enrolment"
PLACE = "(SELECT d.code FROM projects_division d WHERE d.id = {row}.village_id)"
# A part in a project carries no village of its year: it lies where its household does.
HOME = (
    "(SELECT d.code FROM projects_division d JOIN beneficiaries_household h ON h.village_id = d.id "
    "WHERE h.id = {row}.household_id)"
)
CONTENT = (
    "id",
    "household_id",
    "year",
    "village_id",
    "persons",
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "expenses",
    "reason",
    "recorded_at",
)
CHANGED = changed(CONTENT)

RULES = (
    Rule(
        "income_is_corrected_by_another",
        INCOMES,
        ("UPDATE",),
        f"OLD.superseded_at IS NOT NULL OR {CHANGED}",
        _("an income record is corrected by another record"),
    ),
    Rule(
        "income_of_closed_year",
        INCOMES,
        ("INSERT", "UPDATE"),
        closed(PLACE.format(row="NEW"), "NEW.year"),
        _("the year is closed"),
        lock=year_lock("NEW.year"),
    ),
    Rule(
        "income_deleted_of_closed_year",
        INCOMES,
        ("DELETE",),
        closed(PLACE.format(row="OLD"), "OLD.year"),
        _("the year is closed"),
        lock=year_lock("OLD.year"),
    ),
    Rule(
        "enrolment_of_closed_year",
        ENROLMENTS,
        ("INSERT", "UPDATE"),
        closed(HOME.format(row="NEW"), "NEW.year"),
        _("the year is closed"),
        lock=year_lock("NEW.year"),
    ),
    # Neither taken away nor moved to another year or household.
    Rule(
        "enrolment_moved_from_closed_year",
        ENROLMENTS,
        ("UPDATE",),
        closed(HOME.format(row="OLD"), "OLD.year"),
        _("the year is closed"),
        lock=year_lock("OLD.year"),
    ),
    Rule(
        "enrolment_deleted_of_closed_year",
        ENROLMENTS,
        ("DELETE",),
        closed(HOME.format(row="OLD"), "OLD.year"),
        _("the year is closed"),
        lock=year_lock("OLD.year"),
    ),
)

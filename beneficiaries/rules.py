"""What the database itself keeps of incomes. The actions refuse the same, so that these rules can be done without."""

from django.utils.translation import gettext_noop as _

from alleviation.audit.rules import YEAR_IS_CLOSED, closed, closed_years_stay, year_lock
from alleviation.audit.triggers import Rule, changed

INCOMES, ENROLMENTS = "beneficiaries_incomerecord", "beneficiaries_enrolment"
HOUSEHOLDS = "beneficiaries_household"
SAME_INCOME = (
    "o.household_id = NEW.household_id AND o.year = NEW.year AND o.superseded_at IS NULL AND NEW.superseded_at IS NULL"
)
SAME_PART = (
    "o.household_id = NEW.household_id AND o.project_id = NEW.project_id AND o.role = NEW.role AND o.year = NEW.year"
)
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
    "status",
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
    *closed_years_stay("income", INCOMES, PLACE),
    Rule(
        "income_is_kept",
        INCOMES,
        ("DELETE",),
        # The example comes and goes.
        f"NOT EXISTS (SELECT 1 FROM {HOUSEHOLDS} h WHERE h.id = OLD.household_id AND h.is_made_up)",
        _("a recorded income is never deleted"),
    ),
    Rule(
        "income_is_not_written_over",
        INCOMES,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {INCOMES} o WHERE o.id = NEW.id OR ({SAME_INCOME}))",
        _("this income is recorded already"),
        only="sqlite",
    ),
    Rule(
        "enrolment_is_not_written_over",
        ENROLMENTS,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {ENROLMENTS} o WHERE o.id = NEW.id OR ({SAME_PART}))",
        _("this part in a project is recorded already"),
        only="sqlite",
    ),
    Rule(
        "enrolment_is_not_written_over_by_change",
        ENROLMENTS,
        ("UPDATE",),
        f"NEW.id <> OLD.id OR EXISTS (SELECT 1 FROM {ENROLMENTS} o WHERE o.id <> NEW.id AND {SAME_PART})",
        _("this part in a project is recorded already"),
        only="sqlite",
    ),
    # A household that moved would take its parts in projects out of the years that are closed.
    Rule(
        "household_stays_in_closed_years",
        HOUSEHOLDS,
        ("UPDATE",),
        f"NEW.village_id <> OLD.village_id AND EXISTS (SELECT 1 FROM {ENROLMENTS} e "
        f"WHERE e.household_id = OLD.id AND {closed(PLACE.format(row='OLD'), 'e.year')})",
        _("the household has a part in a project in a closed year, and cannot move"),
    ),
    *closed_years_stay("enrolment", ENROLMENTS, HOME),
    # Nor moved to another year or household.
    Rule(
        "enrolment_moved_from_closed_year",
        ENROLMENTS,
        ("UPDATE",),
        closed(HOME.format(row="OLD"), "OLD.year"),
        YEAR_IS_CLOSED,
        lock=year_lock("OLD.year"),
    ),
)

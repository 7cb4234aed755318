"""What the database itself keeps of households and incomes; the actions refuse the same without it."""

from django.utils.translation import gettext_noop as _

from alleviation.audit.rules import YEAR_IS_CLOSED, closed, closed_years_stay, year_lock
from alleviation.audit.triggers import Rule, changed

INCOMES, ENROLMENTS = "beneficiaries_incomerecord", "beneficiaries_enrolment"
HOUSEHOLDS, PERSONS = "beneficiaries_household", "beneficiaries_person"
CHANGES, MOVES, LINKS = (f"beneficiaries_{name}" for name in ("statuschange", "householdmove", "householdlink"))
# What erasing takes away (Person.ERASED), as it stands in the table once it is gone.
ERASED = (
    "{row}.name = '' AND {row}.birth_year IS NULL AND {row}.born_on IS NULL AND {row}.id_tail = '' AND "
    "{row}.account_tail = '' AND {row}.schooling = '' AND {row}.in_school = '' AND {row}.health = '' AND "
    "{row}.labour = ''"
)
# Any number, the same for all; the second key of the lock is drawn from the person.
PERSON_LOCK = 20261123
# Says within a transaction that the persons it inserts have keys that were drawn just now: nobody else can write to
# them, and a lock for each of a file's would be more than PostgreSQL has room for.
NEW_KEYS = "alleviation.keys_are_new"
SAME_INCOME = (
    "o.household_id = NEW.household_id AND o.year = NEW.year AND o.superseded_at IS NULL AND NEW.superseded_at IS NULL"
)
SAME_PART = (
    "o.household_id = NEW.household_id AND o.project_id = NEW.project_id AND o.role = NEW.role AND o.year = NEW.year "
    "AND COALESCE(o.person_key, 0) = COALESCE(NEW.person_key, 0)"
)
PLACE = "(SELECT d.code FROM projects_division d WHERE d.id = {row}.village_id)"
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
    "concept",
    "income_year",
    "reason",
    "recorded_at",
    "recorded_by_id",
)
CHANGED = changed(CONTENT)
# The example comes and goes.
OF_NO_EXAMPLE = f"NOT EXISTS (SELECT 1 FROM {HOUSEHOLDS} h WHERE h.id = OLD.household_id AND h.is_made_up)"


def history_stays(name: str, table: str, once: str, *messages: str) -> tuple[Rule, ...]:
    """What happened to a household is never rewritten, deleted or written over; `messages` say so, in this order.

    `once` is the column of which a household has each value once.
    """
    rewritten, deleted, written_over = messages
    same = f"o.household_id = NEW.household_id AND o.{once} = NEW.{once}"
    return (
        Rule(f"{name}_is_not_rewritten", table, ("UPDATE",), "1 = 1", rewritten),
        Rule(f"{name}_is_kept", table, ("DELETE",), OF_NO_EXAMPLE, deleted),
        # SQLite deletes without a word what INSERT OR REPLACE writes over.
        Rule(
            f"{name}_is_not_written_over",
            table,
            ("INSERT",),
            f'EXISTS (SELECT 1 FROM "{table}" o WHERE o.id = NEW.id OR ({same}))',
            written_over,
            only="sqlite",
        ),
    )


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
        OF_NO_EXAMPLE,
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
    *closed_years_stay("enrolment", ENROLMENTS, PLACE),
    # Nor moved to another year or household.
    Rule(
        "enrolment_moved_from_closed_year",
        ENROLMENTS,
        ("UPDATE",),
        closed(PLACE.format(row="OLD"), "OLD.year"),
        YEAR_IS_CLOSED,
        lock=year_lock("OLD.year"),
    ),
    Rule(
        "erased_person_stays_erased",
        PERSONS,
        ("UPDATE",),
        "(OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL) "
        f"OR (NEW.erased_at IS NOT NULL AND NOT ({ERASED.format(row='NEW')}))",
        _("a person who was erased stays erased"),
    ),
    Rule(
        "erased_person_is_not_written_anew",
        PERSONS,
        ("INSERT",),
        f"NOT ({ERASED.format(row='NEW')}) AND EXISTS (SELECT 1 FROM {PERSONS} o WHERE o.key = NEW.key "
        "AND o.erased_at IS NOT NULL)",
        _("a person who was erased stays erased"),
    ),
    # From the day of joining up to, and without, the day of leaving.
    Rule(
        "person_belongs_to_one_household",
        PERSONS,
        ("INSERT", "UPDATE"),
        f"EXISTS (SELECT 1 FROM {PERSONS} o WHERE o.key = NEW.key AND o.id <> NEW.id "
        "AND (o.joined_on IS NULL OR NEW.left_on IS NULL OR o.joined_on < NEW.left_on) "
        "AND (NEW.joined_on IS NULL OR o.left_on IS NULL OR NEW.joined_on < o.left_on))",
        _("a person belongs to one household at a time"),
        lock=f"IF COALESCE(current_setting('{NEW_KEYS}', true), '') <> 'yes' THEN "
        f"PERFORM pg_advisory_xact_lock({PERSON_LOCK}, (NEW.key % 2147483647)::integer); END IF;",
    ),
    *history_stays(
        "status_change",
        CHANGES,
        "happened_on",
        _("a change of status is never rewritten"),
        _("a change of status is never deleted"),
        _("this change of status is recorded already"),
    ),
    *history_stays(
        "move",
        MOVES,
        "moved_on",
        _("the move of a household is never rewritten"),
        _("the move of a household is never deleted"),
        _("this move of a household is recorded already"),
    ),
    *history_stays(
        "link",
        LINKS,
        "kind",
        _("the origin of a household is never rewritten"),
        _("the origin of a household is never deleted"),
        _("this origin of a household is recorded already"),
    ),
)

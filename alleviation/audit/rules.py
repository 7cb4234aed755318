"""What the database itself keeps of the trail and of closed years."""

from django.utils.translation import gettext_noop as _

from alleviation.accounts.rights import Role, roles_apart
from alleviation.audit.triggers import Rule, changed

TRAIL, FROZEN, CLOSINGS = "audit_auditevent", "audit_frozenreport", "audit_yearclosing"
HEAD = "audit_trailhead"


def appended_only(table: str, *messages: str, unique: str = "") -> tuple[Rule, ...]:
    """A table whose rows are never changed, deleted or written over; `messages` say so, in this order.

    `unique`: SQL that tells whether a row `o` stands in the way of a new one, besides its id.
    """
    kept, deleted, replaced = messages
    return (
        Rule(f"{table}_append", table, ("UPDATE",), "1 = 1", kept),
        Rule(f"{table}_delete", table, ("DELETE",), "1 = 1", deleted),
        # SQLite deletes without a word what INSERT OR REPLACE writes over.
        Rule(
            f"{table}_replace",
            table,
            ("INSERT",),
            f'EXISTS (SELECT 1 FROM "{table}" o WHERE o.id = NEW.id{f" OR ({unique})" if unique else ""})',
            replaced,
            only="sqlite",
        ),
    )


def year_lock(year: str, *, exclusive: bool = False) -> str:
    """PostgreSQL: writers of a year share its lock, whoever closes it holds it alone; both wait for each other."""
    shared = "" if exclusive else "_shared"
    return f"PERFORM pg_advisory_xact_lock{shared}({YEAR_LOCK}, {year});"


# What is known of a closing once it was decided.
DECIDED = ("proposed_at", "decided_at", "event_number")
# Any number, the same for all; the second key of the lock is the year.
YEAR_LOCK = 20261122


def closed(code: str, year: str) -> str:
    """SQL: the year of the place with this division code is closed, itself or with a place above it.

    A place that is not there yet is taken for closed: it could be put in later, where the year is.
    """
    return (
        f"({code} IS NULL OR EXISTS (SELECT 1 FROM {CLOSINGS} c WHERE c.year = {year} "
        f"AND c.state IN ('closed', 'reopening') AND substr({code}, 1, length(c.area)) = c.area))"
    )


YEAR_IS_CLOSED = _("the year is closed")


def closed_years_stay(name: str, table: str, place: str) -> tuple[Rule, ...]:
    """No row is put into a closed year, changed there or taken out; `place` is SQL for the division code of {row}."""
    new, old = (closed(place.format(row=row), f"{row}.year") for row in ("NEW", "OLD"))
    locks = {row: year_lock(f"{row}.year") for row in ("NEW", "OLD")}
    return (
        Rule(f"{name}_of_closed_year", table, ("INSERT", "UPDATE"), new, YEAR_IS_CLOSED, lock=locks["NEW"]),
        Rule(f"{name}_deleted_of_closed_year", table, ("DELETE",), old, YEAR_IS_CLOSED, lock=locks["OLD"]),
    )


USERS = "accounts_user"
# Another number than that of years: accounts are compared with each other, one after the other.
ACCOUNT_LOCK = 20261123
# What makes two accounts those of one person whose roles do not go together.
COMPARED = ("email", "staff_number", "role", "area", "is_active")


def two_roles() -> str:
    """SQL: the person of this account has another one that is active, with a role that does not go with this one's."""
    pairs = ", ".join(f"'{one.value}>{other.value}'" for one, other in roles_apart())
    return (
        f"NEW.is_active AND EXISTS (SELECT 1 FROM {USERS} o WHERE o.id <> NEW.id AND o.is_active "
        "AND ((NEW.email <> '' AND lower(o.email) = lower(NEW.email)) "
        "OR (NEW.staff_number <> '' AND o.staff_number = NEW.staff_number)) "
        f"AND (NEW.role || '>' || o.role) IN ({pairs}) "
        "AND (substr(NEW.area, 1, length(o.area)) = o.area OR substr(o.area, 1, length(NEW.area)) = NEW.area "
        f"OR '{Role.ADMINISTRATOR.value}' IN (NEW.role, o.role)))"
    )


def roles_stay_apart() -> tuple[Rule, ...]:
    """Nobody has two roles that do not go together; a name or a sign-in compares nothing."""
    message = _("one person may not have both roles")
    differs, is_somebody = changed(COMPARED), "NEW.email <> '' OR NEW.staff_number <> ''"
    # Who only signs in waits for nobody.
    waits = "IF {} THEN PERFORM pg_advisory_xact_lock(" + str(ACCOUNT_LOCK) + "); END IF;"
    new, anew = two_roles(), f"({differs}) AND {two_roles()}"
    return (
        Rule("user_roles_apart", USERS, ("INSERT",), new, message, lock=waits.format(is_somebody)),
        Rule("user_roles_stay_apart", USERS, ("UPDATE",), anew, message, lock=waits.format(differs)),
    )


RULES = (
    *roles_stay_apart(),
    *appended_only(
        TRAIL, _("the trail is never changed"), _("the trail is never deleted"), _("the trail is never replaced")
    ),
    *appended_only(
        FROZEN,
        _("a frozen report is never changed"),
        _("a frozen report is never deleted"),
        _("a frozen report is never replaced"),
        unique="o.closing_id = NEW.closing_id AND o.slug = NEW.slug AND o.language = NEW.language",
    ),
    Rule("head_stays", HEAD, ("DELETE",), "1 = 1", _("the head of the trail stays")),
    Rule("head_goes_on", HEAD, ("UPDATE",), "NEW.number < OLD.number", _("the head of the trail goes on, not back")),
    Rule("closing_delete", CLOSINGS, ("DELETE",), "1 = 1", _("a closing is never deleted")),
    Rule(
        "closing_replace",
        CLOSINGS,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {CLOSINGS} c WHERE c.id = NEW.id "
        "OR (c.area = NEW.area AND c.year = NEW.year AND c.state IN ('proposed', 'closed', 'reopening') "
        "AND NEW.state IN ('proposed', 'closed', 'reopening')))",
        _("a closing is never replaced"),
        only="sqlite",
    ),
    Rule(
        "closing_keeps_its_year",
        CLOSINGS,
        ("UPDATE",),
        "NEW.id <> OLD.id OR NEW.area <> OLD.area OR NEW.year <> OLD.year OR OLD.state IN ('reopened', 'declined') "
        "OR (OLD.decided_by <> '' AND NEW.decided_by <> OLD.decided_by) OR NEW.proposed_by <> OLD.proposed_by "
        f"OR (OLD.state <> 'proposed' AND ({changed(DECIDED)}))",
        _("a closing keeps its area, its year and who decided it"),
    ),
    Rule(
        "closing_is_born_proposed",
        CLOSINGS,
        ("INSERT",),
        "NEW.state <> 'proposed'",
        _("a closing begins as a proposal"),
    ),
    Rule(
        "closing_goes_step_by_step",
        CLOSINGS,
        ("UPDATE",),
        "NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN "
        "('proposed>closed', 'proposed>declined', 'closed>reopening', 'reopening>closed', 'reopening>reopened')",
        _("a closing goes step by step"),
    ),
    # Whoever asked is in the database before somebody else decides, and stays there.
    Rule(
        "closing_reopened_as_asked",
        CLOSINGS,
        ("UPDATE",),
        "NEW.state = 'reopened' AND (NEW.reopening_asked_by <> OLD.reopening_asked_by OR NEW.reason <> OLD.reason)",
        _("a year is reopened as it was asked for"),
    ),
    # Waits for those who are writing to the year, and they for this: what is closed holds all of it or none.
    Rule(
        "closing_waits",
        CLOSINGS,
        ("INSERT", "UPDATE"),
        "NEW.state = 'closed' AND NEW.decided_by = ''",
        _("a year is closed by two"),
        lock=year_lock("NEW.year", exclusive=True),
    ),
)

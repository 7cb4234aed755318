"""What must be true of the trail, of the tables it tells of, and of what the database keeps; and where it is not."""

from django.utils.translation import gettext_lazy as _

from alleviation.audit.verification.bulk import batches_that_are_not_what_came
from alleviation.audit.verification.chain import chain_faults
from alleviation.audit.verification.constraints import rows_that_break_a_constraint
from alleviation.audit.verification.rules import frozen_reports_that_are_others, rules_that_are_not_in_force
from alleviation.audit.verification.tables import tables_that_the_trail_does_not_tell
from alleviation.common.checks import Check

CHECKS = (
    Check(_("Each event of the trail is bound to the one before, and to the key"), chain_faults),
    Check(_("Each table holds what the trail says"), tables_that_the_trail_does_not_tell),
    Check(_("Rows that came together are those that came"), batches_that_are_not_what_came),
    Check(_("The database keeps its own rules"), rules_that_are_not_in_force),
    Check(_("Each frozen report has the SHA-256 that was noted"), frozen_reports_that_are_others),
    Check(_("Each record keeps every constraint"), rows_that_break_a_constraint, is_slow=True),
)

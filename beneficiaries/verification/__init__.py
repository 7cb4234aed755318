"""What must be true of households and incomes, and where it is not. Faults name record numbers, never persons."""

from django.utils.translation import gettext_lazy as _

from alleviation.common.checks import Check
from beneficiaries.verification import privacy
from beneficiaries.verification.cells import cells_that_are_not_their_incomes
from beneficiaries.verification.lives import (
    changes_that_do_not_follow,
    homes_other_than_their_moves,
    incomes_after_the_end,
    incomes_recorded_after_closing,
    links_to_nowhere,
    members_of_ended_households,
    memberships_that_overlap,
    moves_that_do_not_follow,
    statuses_other_than_their_history,
)
from beneficiaries.verification.numbers import numbers_without_their_person, persons_whose_tail_has_no_number
from beneficiaries.verification.sums import incomes_that_do_not_add_up

CHECKS = (
    Check(_("Each sum of incomes is what its records add up to"), incomes_that_do_not_add_up, is_slow=True),
    Check(_("Each kept sum of incomes is what its records add up to"), cells_that_are_not_their_incomes, is_slow=True),
    Check(_("No income was recorded in a year after it was closed"), incomes_recorded_after_closing),
    Check(_("Each reserved number belongs to a person of its household"), numbers_without_their_person),
    Check(_("Each recorded number of a person is reserved for them"), persons_whose_tail_has_no_number),
    *privacy.CHECKS,
    Check(_("Nobody is a member of two households on one day"), memberships_that_overlap),
    Check(_("The status of each household is that of its last change"), statuses_other_than_their_history),
    Check(_("Each change of status begins where the one before it led"), changes_that_do_not_follow),
    Check(_("Each household is where its last move led"), homes_other_than_their_moves),
    Check(_("Each move begins where the one before it led"), moves_that_do_not_follow),
    Check(_("Nobody is a member of a household after it ended"), members_of_ended_households),
    Check(_("No income is of a year after its household ended"), incomes_after_the_end),
    Check(_("Each link between households leads to one that is there"), links_to_nowhere),
)

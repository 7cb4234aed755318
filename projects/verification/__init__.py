"""What must be true of projects, money and claims, and where it is not."""

from django.utils.translation import gettext_lazy as _

from alleviation.common.checks import Check
from projects.actions.cells import faults as cells_that_are_not_their_entries
from projects.verification.documents import spans_outside_their_text, texts_that_are_not_theirs
from projects.verification.ledger import (
    entries_checked_by_their_maker,
    entries_of_another_year,
    entries_of_nothing,
    entries_posted_after_closing,
)
from projects.verification.links import drawn_beyond, links_that_lead_nowhere, reversals_that_do_not_fit
from projects.verification.overlap import adoptions_that_do_not_fit, relations_that_do_not_fit
from projects.verification.pledges import pledges_that_do_not_add_up
from projects.verification.sums import funding_that_does_not_add_up
from projects.verification.vouchers import vouchers_that_do_not_fit

CHECKS = (
    Check(_("Each ledger entry belongs to the year of its date"), entries_of_another_year),
    Check(_("No ledger entry is of zero yuan"), entries_of_nothing),
    Check(_("Nobody checked an entry that they made"), entries_checked_by_their_maker),
    Check(_("No entry was posted in a year after it was closed"), entries_posted_after_closing),
    Check(_("The vouchers of each area and year run from 1 without a gap"), vouchers_that_do_not_fit),
    Check(_("Each reversal takes back one posted entry, whole"), reversals_that_do_not_fit),
    Check(_("Each entry names posted entries as where its money comes from"), links_that_lead_nowhere),
    Check(_("No more is paid or handed down out of an entry than it has"), drawn_beyond),
    Check(_("Each sum of money is what its entries add up to"), funding_that_does_not_add_up, is_slow=True),
    Check(_("Each kept sum of money is what its entries add up to"), cells_that_are_not_their_entries, is_slow=True),
    Check(_("Each promised sum is what its pledges add up to"), pledges_that_do_not_add_up, is_slow=True),
    Check(_("Each claim's characters lie inside its document"), spans_outside_their_text),
    Check(_("Claims are related that can overlap, and no relation contradicts another"), relations_that_do_not_fit),
    Check(_("Of claims about the same fact at most one is adopted, and only over a rival"), adoptions_that_do_not_fit),
    Check(_("Each document's text has the SHA-256 and length that are recorded"), texts_that_are_not_theirs),
)

"""Every write of the first floor ends here, with its audit event in the same transaction."""

from projects.actions.claims import make_claim
from projects.actions.corrections import Correction, correct_entry, reversal_day
from projects.actions.documents import add_version, attach_text
from projects.actions.entering import enter
from projects.actions.ledger import (
    book_made_up,
    draft_entry,
    post_entries,
    post_entry,
    return_entry,
    submit_entry,
    take_back_entry,
    withdraw_entry,
)
from projects.actions.overlap import adopt_claim, change_relation, relate_claims, withdraw_adoption
from projects.actions.places import ListedPlace, Loaded, PlaceList, changed_by_people, enter_reference, load_places
from projects.actions.pledges import enter_pledge, revise_pledge
from projects.actions.vouchers import next_vouchers

__all__ = [
    "Correction",
    "ListedPlace",
    "Loaded",
    "PlaceList",
    "add_version",
    "adopt_claim",
    "attach_text",
    "book_made_up",
    "change_relation",
    "changed_by_people",
    "correct_entry",
    "draft_entry",
    "enter",
    "enter_pledge",
    "enter_reference",
    "load_places",
    "make_claim",
    "next_vouchers",
    "post_entries",
    "post_entry",
    "relate_claims",
    "return_entry",
    "reversal_day",
    "revise_pledge",
    "submit_entry",
    "take_back_entry",
    "withdraw_adoption",
    "withdraw_entry",
]

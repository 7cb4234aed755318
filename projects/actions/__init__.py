"""Every write of the first floor ends here, with its audit event in the same transaction."""

from alleviation.audit.entry import enter
from projects.actions.claims import attach_text, make_claim
from projects.actions.money import book_entries, book_entry, next_vouchers
from projects.actions.places import ListedPlace, Loaded, PlaceList, changed_by_people, enter_reference, load_places

__all__ = [
    "ListedPlace",
    "Loaded",
    "PlaceList",
    "attach_text",
    "book_entries",
    "book_entry",
    "changed_by_people",
    "enter",
    "enter_reference",
    "load_places",
    "make_claim",
    "next_vouchers",
]

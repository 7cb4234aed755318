"""What our records hold of what a claim tells of, on its page."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common import words
from alleviation.common.areas import covers
from alleviation.common.query import Query
from alleviation.common.tables import explain_url
from alleviation.dashboards.records.parts import Fact, Link, fact
from alleviation.scrutiny.holdings import Recorded
from alleviation.scrutiny.reconciliation import Reconciled, reconcile_claim
from beneficiaries.rollups import on_register_each
from projects.choices import Basis
from projects.models import Claim
from projects.rollups import area_query
from projects.rollups.claims import village_total


def recorded_facts(claim: Claim, user: User) -> list[Fact]:
    """The state of a claim that states a figure, what it is held against, and what stands beside that."""
    one = reconcile_claim(Query(user=user), claim.code) if claim.figure else None
    if one is None:
        return []
    held = [_held_fact(found) for found in (one.recorded, one.beside) if found is not None]
    return [_state_fact(one), *held, *_difference_facts(one), *_village_facts(claim, user)]


def _state_fact(one: Reconciled) -> Fact:
    told = {"state": one.support.label, "why": one.why}
    return fact(_("State"), gettext("%(state)s: %(why)s") % told if one.why else one.support.label)


def _held_fact(held: Recorded) -> Fact:
    if held.figure is None:
        return fact(held.label, gettext("nothing recorded (%(where)s)") % {"where": held.where or words.NOTHING})
    url = explain_url(held.explain, held.asked) if held.explain else ""
    links = (Link(held.figure.words(held.unit), url, held.is_made_up), *((Link(held.where),) if held.where else ()))
    return Fact(held.label, links)


def _difference_facts(one: Reconciled) -> list[Fact]:
    if one.difference is None:
        return []
    url = explain_url("claim-difference", {"of": one.claim.code})
    return [fact(_("Claimed less recorded"), one.difference.words(one.claim.unit), url)]


def _village_facts(claim: Claim, user: User) -> list[Fact]:
    """What so much for each person comes to for the place: only once its persons are known."""
    place = claim.division
    if claim.basis != Basis.PER_PERSON_PER_YEAR or place is None or not covers(user.area, place.code):
        return []
    label = _("For the whole place")
    persons = on_register_each([area_query(Query(user=user), place)])[0].persons
    total = village_total(claim, persons)
    if total is None or claim.figure is None:
        return [fact(label, gettext("not known while the persons of the place are not on the register"))]
    told = {"each": claim.figure.words(claim.unit), "persons": words.count(persons), "total": total.words(claim.unit)}
    return [fact(label, gettext("%(each)s × %(persons)s persons on the register = %(total)s a year") % told)]

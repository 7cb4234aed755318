"""What must be true of how claims are related and of which are adopted."""

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext

from projects.choices import Overlap
from projects.models import Claim, ClaimRelation
from projects.rollups.rivals import rivals_by_claim


def relations_that_do_not_fit() -> Iterator[str]:
    """Relations of claims that cannot overlap, such as one whose measure was changed since, and contradictory ones:
    claims that are the same, directly or by way of others, are not disjoint.
    """
    groups = rivals_by_claim()
    for one in ClaimRelation.objects.select_related("one", "other").order_by("pk"):
        told = {"one": one.one.code, "other": one.other.code}
        both = {one.one.measure, one.other.measure}
        if len(both) > 1 or not both <= Claim.COUNTED:
            yield gettext("%(one)s and %(other)s: claims of other measures cannot overlap") % told
        elif not (one.one.figure and one.other.figure):
            yield gettext("%(one)s and %(other)s: one of them states no figure") % told
        elif one.kind == Overlap.DISJOINT and one.other_id in groups.get(one.one_id, ()):
            yield gettext("%(one)s and %(other)s: disjoint, and by other relations the same") % told


def adoptions_that_do_not_fit() -> Iterator[str]:
    """Adopted claims that have no rival, and groups of rivals of which several are adopted."""
    groups = rivals_by_claim()
    adopted = dict(Claim.objects.exclude(adopted_by="").order_by("code").values_list("pk", "code"))
    for number, code in adopted.items():
        if number not in groups:
            yield gettext("claim %(code)s: adopted, and it has no rival") % {"code": code}
    for group, count in Counter(groups[number] for number in adopted if number in groups).items():
        if count > 1:
            codes = ", ".join(code for number, code in adopted.items() if number in group)
            yield gettext("claims %(codes)s: about the same fact, and all adopted") % {"codes": codes}

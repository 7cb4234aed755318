"""Claims about the same fact: which are rivals, and which of them the office goes by."""

from collections.abc import Iterable

from projects.choices import Overlap
from projects.models import ClaimRelation

Groups = dict[int, frozenset[int]]


def rivals_by_claim() -> Groups:
    """For each claim that is related as the same as another: the ids of all that tell of the same fact, its own too.

    What is the same as the same is the same. In: relations of the kind "same", whoever decided them; claims without
    any such relation have no rival and are left out. Unit: claims.
    """
    same = ClaimRelation.objects.filter(kind=Overlap.SAME).order_by()
    return joined(same.values_list("one_id", "other_id"))


def joined(pairs: Iterable[tuple[int, int]]) -> Groups:
    """The groups that pairs make, by each of their members."""
    groups: Groups = {}
    for one, other in pairs:
        group = groups.get(one, frozenset({one})) | groups.get(other, frozenset({other}))
        groups |= dict.fromkeys(group, group)
    return groups

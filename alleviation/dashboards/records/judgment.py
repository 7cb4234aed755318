"""What is judged of one claim, and by which forms: its relations, its rivals, its adoption."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common.tables import Table
from alleviation.dashboards.records.claim_forms import JudgmentForm, forms_for, forms_of_relations, offered
from alleviation.dashboards.records.claim_tables import other_of, overlap_words, relations_table, rivals_table
from projects.models import Claim, ClaimRelation
from projects.rollups.rivals import rivals_by_claim


@dataclass(frozen=True)
class Judgment:
    """The tables of a claim's relations and rivals, and for who may judge the forms."""

    tables: list[Table] = field(default_factory=list)
    forms: list[JudgmentForm] = field(default_factory=list)
    relations: list[tuple[str, JudgmentForm]] = field(default_factory=list)
    offered: Iterable[Claim] = ()

    @classmethod
    def of(cls, claim: Claim, user: User, refused: JudgmentForm | None = None) -> Self:
        """What can be seen and judged of a claim that counts something; nothing of another one."""
        if claim.measure not in Claim.COUNTED or not claim.figure:
            return cls()
        relations = _relations(claim, user)
        numbers = rivals_by_claim().get(claim.pk, frozenset())
        rivals = list(_without_texts(Claim.objects.visible_to(user), "document").filter(pk__in=numbers))
        tables = [rivals_table(claim, rivals)] if rivals else []
        tables.append(relations_table(claim, relations))
        if not user.may(Right.JUDGE_CLAIMS):
            return cls(tables)
        forms = forms_of_relations(claim, relations, refused)
        return cls(
            tables,
            forms_for(claim, rivals, refused),
            [(_heading(one, claim), forms[one.pk]) for one in relations],
            offered(claim, (other_of(one, claim).pk for one in relations)),
        )


def _heading(relation: ClaimRelation, claim: Claim) -> str:
    told = {"overlap": overlap_words(relation, claim), "code": other_of(relation, claim).code}
    return gettext("This claim %(overlap)s %(code)s") % told


def _relations(claim: Claim, user: User) -> list[ClaimRelation]:
    found = ClaimRelation.objects.visible_to(user).about(claim).order_by("pk")
    return list(_without_texts(found, "one__document", "other__document"))


def _without_texts(found: Any, *documents: str) -> Any:
    """With these documents, but not their texts."""
    return found.select_related(*documents).defer(*(f"{one}__text" for one in documents))

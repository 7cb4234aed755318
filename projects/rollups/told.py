"""Names in the reader's language as the database tells them: the same words as the properties of the models."""

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Length, Right, Substr
from django.db.models.lookups import Exact

from alleviation.common.words import is_chinese
from projects.models.places import COMMITTEES

HERE = "\0"


def place_name(way: str = "") -> Combinable:
    """`Division.local_name`; `way` leads to the place, as in "village__"."""
    name = F(f"{way}name")
    endings = [
        When(
            Exact(Right(name, len(ending)), Value(ending)),
            then=Concat(Substr(name, 1, Length(name) - len(ending)), Value(kept)),
        )
        for ending, kept in COMMITTEES
    ]
    foreign = [] if is_chinese() else [When(~Q(**{f"{way}name_en": ""}), then=F(f"{way}name_en"))]
    return Case(*foreign, *endings, default=name, output_field=CharField())


def own_name(way: str = "") -> Combinable:
    """`local_name` of a project or a source; `way` leads to it, as in "source__"."""
    if not is_chinese():
        return F(f"{way}name")
    return Case(When(~Q(**{f"{way}name_zh": ""}), then=F(f"{way}name_zh")), default=F(f"{way}name"))


def sentence(words: str, **told: Combinable) -> Combinable:
    """Words with one thing in them that differs from row to row: "Reverses %(voucher)s", of its `voucher`."""
    (name, expression), *_none = told.items()
    before, _here, after = (words % {name: HERE}).partition(HERE)
    return Concat(Value(before), expression, Value(after), output_field=CharField())

"""The page of a claim for whoever judges it: relations, rivals side by side, and the one that is adopted."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from alleviation.accounts.models import User
from projects import actions
from projects.actions.overlap import version_of_rivals
from projects.choices import Measure
from projects.models import Claim, ClaimRelation
from tests.conftest import signed_in
from tests.factories import ClaimFactory, ClaimRelationFactory


def people(code: str, number: int = 100, **values: Any) -> Claim:
    bounds = {"qualifier": "exact", "low": Decimal(number), "high": Decimal(number)}
    return ClaimFactory(code=code, **({"measure": Measure.PEOPLE, "unit": "person"} | bounds | values))


@pytest.fixture
def pair(db: None) -> tuple[Claim, Claim]:
    return people("C1"), people("C2", 300)


def sent(user: User, code: str, **data: Any) -> Any:
    return signed_in(user).post(f"/claims/{code}/", data)


def errors(response: Any) -> dict[str, list[str]]:
    """What the refused form says, by field."""
    judgment = response.context["judgment"]
    forms = [*judgment.forms, *(form for _words, form in judgment.relations)]
    return next(dict(form.errors) for form in forms if form.errors)


def relation_of(code: str, user: User) -> dict[str, Any]:
    """The only row of the table of relations on the page of a claim."""
    (row,) = signed_in(user).get(f"/claims/{code}/").context["tables"]["relations"].table.rows
    return row


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("kind", "stored", "here", "there"),
    [
        ("same", ("C1", "same", "C2"), "is the same as", "is the same as"),
        ("part_of", ("C1", "part_of", "C2"), "is a part of", "has as a part"),
        ("whole_of", ("C2", "part_of", "C1"), "has as a part", "is a part of"),
        ("disjoint", ("C1", "disjoint", "C2"), "shares nothing with", "shares nothing with"),
        ("unknown", ("C1", "unknown", "C2"), "overlaps in an unknown way with", "overlaps in an unknown way with"),
    ],
)
def test_a_relation_is_shown_on_both_claims_in_its_direction(
    reviewer: User, manager: User, pair: tuple[Claim, Claim], kind: str, stored: tuple[str, ...], here: str, there: str
) -> None:
    response = sent(reviewer, "C1", step="relate", other="C2", kind=kind, reason="the text says so")

    relation = ClaimRelation.objects.get()
    assert response["Location"] == "/claims/C1/"
    assert (relation.one.code, relation.kind, relation.other.code) == stored
    own, other = relation_of("C1", manager), relation_of("C2", manager)
    assert (own["overlap"], own["code"]) == (here, "C2")
    assert (other["overlap"], other["code"]) == (there, "C1")
    assert (own["decided_by"], own["decided_at"], own["reason"]) == (
        "reviewer-of-heishui",
        relation.decided_at,
        "the text says so",
    )


def test_what_cannot_be_related_is_refused_at_its_field(reviewer: User, pair: tuple[Claim, Claim]) -> None:
    people("H1", measure=Measure.HOUSEHOLDS, unit="household")
    ClaimFactory(code="Q1", measure=Measure.PEOPLE)

    def refusal(other: str, kind: str = "whole_of", reason: str = "so") -> dict[str, list[str]]:
        return errors(sent(reviewer, "C1", step="relate", other=other, kind=kind, reason=reason))

    assert refusal("H1") == {
        "other": ["H1 is a claim of another measure: households. Name one of: people."],
    }
    assert refusal("Q1") == {"other": ["Q1 states no figure, so nothing of it can overlap."]}
    assert refusal("nothing") == {"other": ["There is no claim of this number."]}
    assert refusal("C2", reason=" ") == {"reason": ["Say why the two claims overlap so."]}
    assert list(refusal("C2", kind="nonsense")) == ["kind"]
    ClaimRelationFactory(one=pair[1], other=pair[0])
    assert refusal("C2") == {"other": ["C1 and C2 are related already: change that relation."]}
    assert ClaimRelation.objects.count() == 1


@pytest.mark.parametrize("role", ["clerk", "manager", "auditor"])
def test_who_may_not_judge_sees_the_relations_and_no_form(
    request: pytest.FixtureRequest, pair: tuple[Claim, Claim], role: str
) -> None:
    user = request.getfixturevalue(role)
    ClaimRelationFactory(one=pair[0], other=pair[1], kind="same")

    page = signed_in(user).get("/claims/C1/")
    answer = sent(user, "C1", step="adopt", reason="so")

    assert page.context["judgment"].forms == []
    assert 'method="post"' not in page.content.decode().split("<main", 1)[1]
    assert (answer.status_code, Claim.objects.exclude(adopted_by="").count()) == (403, 0)


def test_a_relation_of_other_claims_is_not_changed_from_here(reviewer: User, pair: tuple[Claim, Claim]) -> None:
    foreign = ClaimRelationFactory(one=people("C8"), other=people("C9"))

    answer = sent(reviewer, "C1", step="change", relation=foreign.pk, kind="same", reason="so", seen_version=0)

    assert answer.status_code == 404
    assert ClaimRelation.objects.get().kind == "unknown"


def test_the_second_of_two_who_decide_anew_is_told_and_may_send_it_again(
    reviewer: User, pair: tuple[Claim, Claim]
) -> None:
    relation = actions.relate_claims(*pair, kind="unknown", reason="first", by="somebody")
    (_words, form) = signed_in(reviewer).get("/claims/C2/").context["judgment"].relations[0]
    data = {"step": "change", "relation": relation.pk, "kind": "whole_of", "reason": "third"}
    data["seen_version"] = form["seen_version"].value()
    actions.change_relation(relation, one=pair[0], kind="same", reason="second", by="somebody")

    told = sent(reviewer, "C2", **data)
    kept = ClaimRelation.objects.get().reason
    (_words, form) = told.context["judgment"].relations[0]
    again = sent(reviewer, "C2", **{**data, "seen_version": form["seen_version"].value()})

    assert "somebody changed this on" in form.non_field_errors()[0]
    assert (kept, form["reason"].value(), again.status_code) == ("second", "third", 302)
    stored = ClaimRelation.objects.get()
    assert (stored.one.code, stored.kind, stored.other.code) == ("C1", "part_of", "C2")


def test_rivals_stand_side_by_side_and_tell_which_is_adopted(
    reviewer: User, manager: User, pair: tuple[Claim, Claim]
) -> None:
    ClaimRelationFactory(one=pair[0], other=pair[1], kind="same")
    form = signed_in(reviewer).get("/claims/C2/").context["judgment"].forms[0]

    answer = sent(reviewer, "C2", step="adopt", reason="counted anew", seen_version=form["seen_version"].value())

    rows = signed_in(manager).get("/claims/C1/").context["tables"]["rivals"].table.rows
    assert answer["Location"] == "/claims/C2/"
    assert [(row["code"], row["figure"].low) for row in rows] == [("C1 (this one)", 100), ("C2", 300)]
    assert rows[0]["adopted"] == ""
    assert rows[1]["adopted"].startswith("reviewer-of-heishui, ")
    assert rows[1]["adopted"].endswith(": counted anew")
    listed = signed_in(manager).get("/claims/").context["tables"]["claims"].table.rows
    assert [(row["code"], row["adopted"]) for row in listed] == [("C1", ""), ("C2", "reviewer-of-heishui")]


def test_the_second_of_two_who_adopt_is_told(reviewer: User, pair: tuple[Claim, Claim]) -> None:
    ClaimRelationFactory(one=pair[0], other=pair[1], kind="same")
    seen = version_of_rivals(one.pk for one in pair)
    actions.adopt_claim(pair[0], reason="so", by="somebody")

    told = sent(reviewer, "C2", step="adopt", reason="no, so", seen_version=seen)

    assert "somebody changed this on" in errors(told)["__all__"][0]
    assert list(Claim.objects.exclude(adopted_by="").values_list("code", flat=True)) == ["C1"]


def test_an_adoption_is_withdrawn_with_a_reason(reviewer: User, pair: tuple[Claim, Claim]) -> None:
    ClaimRelationFactory(one=pair[0], other=pair[1], kind="same")
    actions.adopt_claim(pair[0], reason="so", by="somebody")
    seen = version_of_rivals(one.pk for one in pair)

    silent = sent(reviewer, "C1", step="withdraw", reason="", seen_version=seen)
    sent(reviewer, "C1", step="withdraw", reason="misread", seen_version=seen)

    assert errors(silent) == {"reason": ["Say why it is adopted no longer."]}
    assert Claim.objects.exclude(adopted_by="").count() == 0


def test_a_claim_of_capacity_has_nothing_to_judge(reviewer: User) -> None:
    people("C1", measure=Measure.CAPACITY, unit="MW")

    judgment = signed_in(reviewer).get("/claims/C1/").context["judgment"]

    assert (judgment.tables, judgment.forms) == ([], [])


def test_hostile_words_of_a_reason_are_escaped(reviewer: User, pair: tuple[Claim, Claim]) -> None:
    sent(reviewer, "C1", step="relate", other="C2", kind="same", reason="<script>alert(1)</script>")
    refused = sent(reviewer, "C1", step="relate", other="<b>x</b>", kind="same", reason="<i>y</i>")

    content = refused.content.decode()
    assert ClaimRelation.objects.count() == 1
    assert [word for word in ("<script>alert", "<b>x", "<i>y") if word in content] == []


def test_a_reason_that_is_too_long_is_refused(reviewer: User, pair: tuple[Claim, Claim]) -> None:
    told = sent(reviewer, "C1", step="relate", other="C2", kind="same", reason="x" * 501)

    assert list(errors(told)) == ["reason"]
    with pytest.raises(ValidationError):
        actions.relate_claims(*pair, kind="same", reason="x" * 501, by=reviewer)


@pytest.mark.parametrize("number", [1, 3, 30])
@pytest.mark.slow
def test_the_page_costs_the_same_for_any_number_of_relations(
    reviewer: User, number: int, django_assert_num_queries: Any
) -> None:
    claim = people("C1")
    for count in range(number):
        ClaimRelationFactory(one=claim, other=people(f"D{count}"), kind="same")
    client = signed_in(reviewer)

    # session, user, the claim with its document, its relations, all that are the same, its rivals; for who judges:
    # versions of the relations, versions of the rivals, the claims on offer; whether the example is loaded; the claim
    # to be held against records
    with django_assert_num_queries(11):
        client.get("/claims/C1/")

"""How claims overlap and which is adopted: decided by who may, with a reason, never unseen."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent
from alleviation.audit.versions import ChangedMeanwhile, version_of
from projects import actions
from projects.actions.overlap import version_of_rivals
from projects.choices import Measure, Overlap
from projects.models import Claim, ClaimRelation
from projects.rollups.rivals import rivals_by_claim
from projects.verification.overlap import adoptions_that_do_not_fit, relations_that_do_not_fit
from tests.admin_pages import errors, page, submit
from tests.conftest import signed_in
from tests.factories import ClaimFactory, ClaimRelationFactory, UserFactory
from tests.security.test_races import AT_ONCE, at_once, two_connections


def people(code: str, number: int = 100, **values: Any) -> Claim:
    bounds = {"qualifier": "exact", "low": Decimal(number), "high": Decimal(number)}
    return ClaimFactory(code=code, **({"measure": Measure.PEOPLE, "unit": "person"} | bounds | values))


@pytest.fixture
def three(db: None) -> list[Claim]:
    """Three claims about one fact, the second related to both others."""
    one, two, three = people("C1", 100), people("C2", 110), people("C3", 120)
    ClaimRelationFactory(one=one, other=two, kind=Overlap.SAME)
    ClaimRelationFactory(one=two, other=three, kind=Overlap.SAME)
    return [one, two, three]


def adopted() -> list[str]:
    return list(Claim.objects.exclude(adopted_by="").order_by("code").values_list("code", flat=True))


def told(model: str) -> list[tuple[str, str, str, str]]:
    events = AuditEvent.objects.filter(subject_type=model).order_by("id")
    return [(event.verb, event.actor, event.subject, event.reason) for event in events]


def refused(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return error.value.message_dict if hasattr(error.value, "error_dict") else {"": error.value.messages}


def test_a_relation_says_who_decided_it_and_why(reviewer: User) -> None:
    part, whole = people("C1"), people("C2")

    relation = actions.relate_claims(part, whole, kind=Overlap.PART_OF, reason=" the text says so ", by=reviewer)

    stored = ClaimRelation.objects.get()
    assert (stored.one, stored.kind, stored.other) == (part, Overlap.PART_OF, whole)
    assert (stored.decided_by, stored.reason) == ("reviewer-of-heishui", "the text says so")
    assert stored.decided_at == relation.decided_at
    assert told("projects.claimrelation") == [
        ("created", "reviewer-of-heishui", "C1 part of C2", "the text says so"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {"measure": Measure.HOUSEHOLDS, "unit": "household"}, {"other": ["C2 is a claim of another measure: "
            "households. Name one of: people."]}),
        ({}, {"qualifier": "", "low": None, "high": None}, {"other": ["C2 states no figure, so nothing of it can "
            "overlap."]}),
        ({"qualifier": "", "low": None, "high": None}, {}, {"": ["This claim states no figure, so nothing of it can "
            "overlap."]}),
        ({"measure": Measure.CAPACITY, "unit": "MW"}, {"measure": Measure.CAPACITY, "unit": "MW"}, {"": ["Only claims "
            "of people, of households or of money can overlap."]}),
    ],
)  # fmt: skip
def test_claims_that_cannot_overlap_are_refused_at_the_field(
    reviewer: User, one: dict[str, Any], other: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    with pytest.raises(ValidationError) as error:
        actions.relate_claims(people("C1", **one), people("C2", **other), kind="same", reason="so", by=reviewer)

    assert refused(error) == expected
    assert ClaimRelation.objects.count() == 0


def test_a_claim_itself_and_a_doubled_pair_are_refused(reviewer: User) -> None:
    one, other = people("C1"), people("C2")
    actions.relate_claims(one, other, kind="disjoint", reason="so", by=reviewer)

    with pytest.raises(ValidationError) as itself:
        actions.relate_claims(one, one, kind="same", reason="so", by=reviewer)
    with pytest.raises(ValidationError) as doubled:
        actions.relate_claims(other, one, kind="same", reason="so", by=reviewer)

    assert refused(itself) == {"other": ["A claim is not related to itself."]}
    assert refused(doubled) == {"other": ["C2 and C1 are related already: change that relation."]}
    assert list(ClaimRelation.objects.values_list("kind", flat=True)) == ["disjoint"]


@pytest.mark.parametrize("role", ["clerk", "manager", "auditor", "administrator"])
def test_who_may_not_judge_neither_relates_nor_adopts(
    request: pytest.FixtureRequest, three: list[Claim], role: str
) -> None:
    user = request.getfixturevalue(role)

    with pytest.raises(PermissionDenied):
        actions.relate_claims(three[0], three[2], kind="same", reason="so", by=user)
    with pytest.raises(PermissionDenied):
        actions.adopt_claim(three[0], reason="so", by=user)

    assert ClaimRelation.objects.count() == 2
    assert adopted() == []


def test_a_relation_changes_with_a_reason_of_its_own_and_may_turn_round(reviewer: User) -> None:
    one, other = people("C1"), people("C2")
    relation = actions.relate_claims(one, other, kind="part_of", reason="first", by=reviewer)

    for reason in ("", "first"):
        with pytest.raises(ValidationError) as error:
            actions.change_relation(relation, one=other, kind="part_of", reason=reason, by=reviewer)
        assert list(refused(error)) == ["reason"]
    actions.change_relation(relation, one=other, kind="part_of", reason="other way round", by=reviewer)

    stored = ClaimRelation.objects.get()
    assert (stored.one, stored.other, stored.reason) == (other, one, "other way round")
    (_created, changed) = AuditEvent.objects.filter(subject_type="projects.claimrelation").order_by("id")
    assert (changed.reason, changed.before["reason"]) == ("other way round", "first")
    assert (changed.before["one_id"], changed.after["one_id"]) == (one.pk, other.pk)


def test_the_second_of_two_who_change_a_relation_is_told(reviewer: User) -> None:
    relation = actions.relate_claims(people("C1"), people("C2"), kind="unknown", reason="first", by=reviewer)
    seen = version_of(relation)
    actions.change_relation(relation, one=relation.one, kind="same", reason="second", by="somebody")
    late = ClaimRelation.objects.get()
    late.seen_version = seen  # type: ignore[attr-defined]

    with pytest.raises(ChangedMeanwhile, match="somebody changed this"):
        actions.change_relation(late, one=late.one, kind="disjoint", reason="third", by=reviewer)

    assert ClaimRelation.objects.get().kind == "same"


def test_what_is_the_same_as_the_same_is_a_rival(three: list[Claim]) -> None:
    other = people("C4")
    ClaimRelationFactory(one=three[0], other=other, kind=Overlap.PART_OF)

    group = frozenset(one.pk for one in three)

    assert rivals_by_claim() == {one.pk: group for one in three}


def test_adopting_a_rival_withdraws_the_one_before_and_the_trail_tells_both(
    reviewer: User, three: list[Claim]
) -> None:
    first = actions.adopt_claim(three[0], reason="the county confirmed it", by=reviewer)
    assert (first.adopted_by, first.adoption_reason) == ("reviewer-of-heishui", "the county confirmed it")
    assert first.adopted_at is not None

    actions.adopt_claim(three[2], reason="counted anew", by=reviewer)

    assert adopted() == ["C3"]
    assert told("projects.claim") == [
        ("changed", "reviewer-of-heishui", "C1 A village", "the county confirmed it"),
        ("changed", "reviewer-of-heishui", "C1 A village", "C3 is adopted in its place: counted anew"),
        ("changed", "reviewer-of-heishui", "C3 A village", "counted anew"),
    ]


def test_an_adoption_is_withdrawn_with_a_reason(reviewer: User, three: list[Claim]) -> None:
    actions.adopt_claim(three[0], reason="so", by=reviewer)

    with pytest.raises(ValidationError) as error:
        actions.withdraw_adoption(three[0], reason=" ", by=reviewer)
    actions.withdraw_adoption(three[0], reason="it was misread", by=reviewer)

    assert refused(error) == {"reason": ["Say why it is adopted no longer."]}
    assert adopted() == []
    assert told("projects.claim")[-1][-1] == "it was misread"


def test_adoption_needs_a_rival_a_reason_and_something_to_withdraw(reviewer: User, three: list[Claim]) -> None:
    alone = people("C9")
    actions.adopt_claim(three[0], reason="so", by=reviewer)

    def told(action: Any, claim: Claim, reason: str) -> dict[str, list[str]]:
        with pytest.raises(ValidationError) as error:
            action(claim, reason=reason, by=reviewer)
        return refused(error)

    assert told(actions.adopt_claim, alone, "so") == {
        "": ["It has no rival: relate it to another claim as the same first."]
    }
    assert told(actions.adopt_claim, three[0], "so") == {"": ["It is adopted already."]}
    assert told(actions.adopt_claim, three[1], "") == {"reason": ["Say why it is adopted."]}
    assert told(actions.withdraw_adoption, three[1], "so") == {"": ["It is not adopted."]}
    assert adopted() == ["C1"]


def test_the_second_of_two_who_adopt_rivals_is_told(reviewer: User, three: list[Claim]) -> None:
    seen = version_of_rivals(one.pk for one in three)
    actions.adopt_claim(three[0], reason="so", by="somebody", seen_version=seen)

    with pytest.raises(ChangedMeanwhile, match="somebody changed this"):
        actions.adopt_claim(three[2], reason="no, so", by=reviewer, seen_version=seen)

    assert adopted() == ["C1"]


def test_no_relation_makes_two_adopted_claims_one_fact(reviewer: User, three: list[Claim]) -> None:
    four, five = people("C4"), people("C5")
    ClaimRelationFactory(one=four, other=five, kind=Overlap.SAME)
    actions.adopt_claim(three[0], reason="so", by=reviewer)
    actions.adopt_claim(four, reason="so", by=reviewer)

    with pytest.raises(ValidationError) as error:
        actions.relate_claims(three[2], five, kind="same", reason="so", by=reviewer)

    assert refused(error) == {
        "kind": ["Both C1, C4 are adopted; of one fact only one can be. Withdraw one adoption first."]
    }
    assert ClaimRelation.objects.count() == 3


def test_no_change_takes_the_last_rival_from_an_adopted_claim(reviewer: User) -> None:
    one, other = people("C1"), people("C2")
    relation = actions.relate_claims(one, other, kind="same", reason="so", by=reviewer)
    actions.adopt_claim(one, reason="so", by=reviewer)

    with pytest.raises(ValidationError) as error:
        actions.change_relation(relation, one=one, kind="disjoint", reason="not so", by=reviewer)

    assert refused(error) == {"kind": ["C1 is adopted over the other one. Withdraw the adoption first."]}
    assert ClaimRelation.objects.get().kind == "same"


@pytest.mark.parametrize(
    ("field", "value"),
    [("low", "90"), ("end", "9"), ("attribute", "has two roads"), ("status", "reached"), ("first_year", "2019")],
)
@pytest.mark.slow
def test_what_is_signed_stays_as_it_was_signed(
    reviewer: User, county_clerk: User, three: list[Claim], field: str, value: str
) -> None:
    address, browser = page("projects_claim", "change", three[0].pk), signed_in(county_clerk)
    typed = {field: value} | ({"high": value} if field == "low" else {})
    actions.adopt_claim(three[0], reason="so", by=reviewer)

    response = submit(browser, address, **typed)

    assert errors(response)["__all__"] == [
        "An adopted claim stays as it was signed; a reviewer withdraws the adoption first"
    ]
    actions.withdraw_adoption(three[0], reason="it was misread", by=reviewer)
    assert submit(browser, address, **typed).status_code == 302
    assert str(getattr(Claim.objects.get(pk=three[0].pk), field)).startswith(value)


@pytest.mark.parametrize("typed", [{"measure": "H", "unit": "household"}, {"qualifier": "", "low": "", "high": ""}])
def test_a_claim_that_is_related_keeps_its_measure_and_a_figure(
    county_clerk: User, three: list[Claim], typed: dict[str, str]
) -> None:
    response = submit(signed_in(county_clerk), page("projects_claim", "change", three[2].pk), **typed)

    assert errors(response)["__all__"] == ["A claim that is related to another keeps its measure, and a figure"]
    assert Claim.objects.get(pk=three[2].pk).figure == three[2].figure


def test_verification_finds_nothing_in_what_the_actions_wrote(reviewer: User, three: list[Claim]) -> None:
    actions.adopt_claim(three[0], reason="so", by=reviewer)

    assert [*relations_that_do_not_fit(), *adoptions_that_do_not_fit()] == []


def test_verification_names_relations_and_adoptions_that_do_not_fit(three: list[Claim]) -> None:
    alone, money = people("C4"), people("C5", measure=Measure.FUND, unit="CNY")
    silent = people("C6", qualifier="", low=None, high=None)
    ClaimRelationFactory(one=alone, other=money)
    ClaimRelationFactory(one=alone, other=silent)
    ClaimRelationFactory(one=three[0], other=three[2], kind=Overlap.DISJOINT)
    signed = {"adopted_by": "x", "adoption_reason": "so", "adopted_at": "2024-01-01T00:00:00Z"}
    Claim.objects.filter(code__in=["C1", "C3", "C4"]).update(**signed)

    assert list(relations_that_do_not_fit()) == [
        "C4 and C5: claims of other measures cannot overlap",
        "C4 and C6: one of them states no figure",
        "C1 and C3: disjoint, and by other relations the same",
    ]
    assert list(adoptions_that_do_not_fit()) == [
        "claim C4: adopted, and it has no rival",
        "claims C1, C3: about the same fact, and all adopted",
    ]


@two_connections
@pytest.mark.django_db(transaction=True)
def test_of_rivals_adopted_at_once_one_stays_adopted() -> None:
    first, *others = [people(f"C{number}") for number in range(AT_ONCE)]
    for other in others:
        ClaimRelationFactory(one=first, other=other, kind=Overlap.SAME)
    judge = UserFactory(role="reviewer", area="513228")

    found = at_once(lambda number: actions.adopt_claim([first, *others][number], reason="so", by=judge))

    assert [type(one) for one in found] == [Claim] * AT_ONCE
    assert len(adopted()) == 1
    assert list(adoptions_that_do_not_fit()) == []


@two_connections
@pytest.mark.django_db(transaction=True)
def test_a_pair_related_at_once_is_related_once() -> None:
    pair = people("C1"), people("C2")
    judge = UserFactory(role="reviewer", area="513228")

    def relate(number: int) -> object:
        one, other = pair if number % 2 else reversed(pair)
        return actions.relate_claims(one, other, kind=Overlap.SAME, reason="so", by=judge)

    found = at_once(relate)

    assert sorted(type(one).__name__ for one in found) == ["ClaimRelation", *["ValidationError"] * (AT_ONCE - 1)]
    assert ClaimRelation.objects.count() == 1

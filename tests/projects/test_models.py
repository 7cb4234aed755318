"""What the tables themselves keep true, and what records are called."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import translation

from alleviation.common.figures import Figure
from projects.models import (
    Alliance,
    AllianceParty,
    Award,
    Claim,
    Document,
    FundingSource,
    Organisation,
    PartyBranch,
    Post,
    Project,
    ProjectSite,
)
from projects.models.places import short_name
from tests.factories import (
    AllianceFactory,
    ClaimFactory,
    DocumentFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    OfficialFactory,
    OrganisationFactory,
    PartyBranchFactory,
    ProjectFactory,
)


def refused(make) -> None:
    """The database itself refuses the row."""
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


# --- rules of the tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"capacity": D("40.0000")},
        {"capacity_unit": "MW"},
        {"started_on": date(2019, 1, 2), "finished_on": date(2019, 1, 1)},
    ],
)
def test_a_project_that_contradicts_itself_is_refused(ruoduo, facts):
    refused(lambda: ProjectFactory(division=ruoduo, **facts))

    assert Project.objects.count() == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"capacity": D("40.0000"), "capacity_unit": "MW"},
        {"started_on": date(2019, 1, 1), "finished_on": date(2019, 1, 1)},
        {"started_on": date(2019, 1, 1)},
        {"finished_on": date(2019, 1, 1)},
    ],
)
def test_a_project_may_be_known_in_part(ruoduo, facts):
    ProjectFactory(division=ruoduo, **facts)

    assert Project.objects.count() == 1


@pytest.mark.parametrize("code", ["", "a b", "-a", "路", "a/b", "../x"])
def test_a_project_code_is_fit_for_an_address(ruoduo, code):
    with pytest.raises(ValidationError) as found:
        Project(code=code, name="x", kind="road", division=ruoduo).full_clean()

    assert list(found.value.error_dict) == ["code"]


def test_a_project_code_is_given_once(ruoduo):
    ProjectFactory(code="P", division=ruoduo)

    refused(lambda: ProjectFactory(code="P", division=ruoduo))


def test_projects_of_a_kind(ruoduo):
    ProjectFactory(division=ruoduo, kind="road")
    ProjectFactory(division=ruoduo, kind="water")

    assert [Project.objects.of_kind(kind).count() for kind in ("road", "", "planting")] == [1, 2, 0]


@pytest.mark.parametrize("homes", [(True, True), (False, False)])
def test_a_branch_has_one_home(ruoduo, homes):
    in_organisation, in_village = homes

    refused(
        lambda: PartyBranch.objects.create(
            name="Branch",
            organisation=OrganisationFactory() if in_organisation else None,
            village=ruoduo if in_village else None,
        )
    )


def test_a_branch_of_a_village(ruoduo):
    assert PartyBranch.objects.create(name="Branch", village=ruoduo).organisation is None


@pytest.mark.parametrize("winners", [(True, True), (False, False)])
def test_an_award_has_one_winner(db, winners):
    person, organisation = winners

    refused(
        lambda: Award.objects.create(
            title="Model",
            official=OfficialFactory() if person else None,
            organisation=OrganisationFactory() if organisation else None,
        )
    )


def test_a_term_cannot_end_before_it_begins(ruoduo):
    refused(lambda: AllianceFactory(division=ruoduo, term_from=date(2020, 1, 1), term_to=date(2019, 1, 1)))

    assert AllianceFactory(division=ruoduo, term_from=date(2020, 1, 1)).term_to is None
    assert Alliance.objects.count() == 1


def test_a_branch_is_party_to_an_alliance_once(ruoduo):
    alliance, branch = AllianceFactory(division=ruoduo), PartyBranchFactory()
    AllianceParty.objects.create(alliance=alliance, branch=branch)

    refused(lambda: AllianceParty.objects.create(alliance=alliance, branch=branch))


def test_a_place_is_a_site_of_a_project_once(ruoduo):
    project = ProjectFactory(division=ruoduo)
    ProjectSite.objects.create(project=project, division=ruoduo)

    refused(lambda: ProjectSite.objects.create(project=project, division=ruoduo))


def test_a_post_is_recorded_once_and_ends_after_it_begins(db):
    facts = {"official": OfficialFactory(), "organisation": OrganisationFactory(), "title": "Secretary"}
    Post.objects.create(**facts)

    refused(lambda: Post.objects.create(**facts))
    refused(
        lambda: Post.objects.create(
            **{**facts, "title": "Director"}, held_from=date(2020, 1, 1), held_to=date(2019, 1, 1)
        )
    )


def test_two_documents_do_not_hold_the_same_text(db):
    DocumentFactory(sha256="a" * 64)
    DocumentFactory()
    DocumentFactory()

    refused(lambda: DocumentFactory(sha256="a" * 64))
    assert Document.objects.filter(sha256="").count() == 2


@pytest.mark.parametrize("digest", ["A" * 64, "a" * 63, "g" * 64])
def test_a_hash_is_64_hexadecimal_digits_in_lower_case(db, digest):
    with pytest.raises(ValidationError) as found:
        Document(title="x", sha256=digest).full_clean()

    assert list(found.value.error_dict) == ["sha256"]


@pytest.mark.parametrize("facts", [{"start": 5, "end": 5}, {"low": D("5.0000")}, {"high": D("5.0000")}])
def test_a_claim_that_says_nothing_checkable_is_refused(db, facts):
    refused(lambda: ClaimFactory(**facts))

    assert Claim.objects.count() == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: LedgerEntryFactory().source,
        lambda: LedgerEntryFactory().division,
        lambda: LedgerEntryFactory(project=ProjectFactory()).project,
        lambda: ProjectFactory(operator=OrganisationFactory()).operator,
        lambda: PartyBranchFactory().organisation,
    ],
)
def test_what_others_build_upon_cannot_be_deleted(db, make):
    with pytest.raises(ProtectedError):
        make().delete()


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "short"),
    [
        ("若多村民委员会", "若多村"),
        ("正街社区居民委员会", "正街社区"),
        ("某某居民委员会", "某某"),
        ("扎窝乡", "扎窝乡"),
        ("", ""),
    ],
)
def test_a_village_is_named_without_its_committee(listed, short):
    assert short_name(listed) == short


@pytest.mark.parametrize(("language", "name"), [("en", "Ruoduo Village"), ("zh-hans", "若多村")])
def test_a_place_is_named_in_the_readers_language(ruoduo, language, name):
    with translation.override(language):
        assert ruoduo.local_name == name
        assert str(ruoduo) == f"{name} 513228212205 (2019)"


@pytest.mark.parametrize(("language", "name"), [("en", "Road"), ("zh-hans", "公路")])
def test_a_project_and_a_source_are_too(ruoduo, language, name):
    with translation.override(language):
        assert Project(name="Road", name_zh="公路").local_name == name
        assert FundingSource(name="Road", name_zh="公路").local_name == name


def test_without_a_chinese_name_the_other_one_stands(db):
    with translation.override("zh-hans"):
        assert ProjectFactory.build(name="Road").local_name == "Road"
        assert FundingSourceFactory.build(name="County budget").local_name == "County budget"


def test_a_project_is_called_by_its_code_and_name():
    with translation.override("en"):
        assert str(Project(code="P-1", name="Road")) == "P-1 Road"


def test_an_entry_is_called_by_its_voucher_and_kind(ruoduo):
    with translation.override("en"):
        assert str(LedgerEntryFactory(division=ruoduo, voucher="V-1", kind="refund")) == "V-1 refund"


def test_records_have_pages(ruoduo):
    project, document, claim = ProjectFactory(code="P-1", division=ruoduo), DocumentFactory(), ClaimFactory(code="F-1")

    assert project.get_absolute_url() == reverse("dashboards:project", args=["P-1"]) == "/projects/P-1/"
    assert ruoduo.get_absolute_url() == "/areas/513228212205/"
    assert document.get_absolute_url() == f"/documents/{document.pk}/"
    assert claim.get_absolute_url() == "/claims/F-1/"


# --- small facts ------------------------------------------------------------------------------------------------


def test_a_claims_quote_is_read_from_the_text(db):
    claim = ClaimFactory(document=DocumentFactory(text="修路 3.5 公里"), start=0, end=2)

    assert claim.quote == "修路"
    assert ClaimFactory().quote == ""


def test_a_claims_figure(db):
    assert ClaimFactory(qualifier="range", low=D("1"), high=D("2")).figure == Figure.between("1", "2")
    assert ClaimFactory().figure is None


@pytest.mark.parametrize(
    ("published", "event", "expected"),
    [
        (date(2018, 5, 2), date(2018, 5, 1), date(2018, 5, 2)),
        (None, date(2018, 5, 1), date(2018, 5, 1)),
        (None, None, None),
    ],
)
def test_a_document_speaks_from_its_publication_or_its_event(published, event, expected):
    assert Document(published_on=published, event_on=event).event_or_publication_on == expected


def test_a_capacity_keeps_four_decimals(ruoduo):
    ProjectFactory(division=ruoduo, capacity=D("0.0600"), capacity_unit="MW")

    assert str(Project.objects.get().capacity) == "0.0600"


def test_organisations_are_told_apart_by_name(db):
    OrganisationFactory(name="Company")

    refused(lambda: OrganisationFactory(name="Company"))
    assert Organisation.objects.count() == 1

"""The story of a record in one screen: its figures, people, evidence, days and gaps; and the lists of records."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from alleviation.accounts.models import User
from alleviation.dashboards.records.parts import place_names
from alleviation.dashboards.records.story import Happening, life
from projects.choices import EntryKind, ProjectStatus
from projects.models import Alliance, AllianceActivity, AlliancePledge, Division, Milestone, Official, Post
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    AwardFactory,
    ClaimFactory,
    DocumentFactory,
    EvidenceFactory,
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    OfficialFactory,
    OrganisationFactory,
    PersonFactory,
    PovertyLineFactory,
    ProjectFactory,
    VisitFactory,
)


def story_of(user: User, path: str) -> Any:
    return signed_in(user).get(path).context["story"]


def told(happenings: Any) -> list[tuple[str, str, str]]:
    return [(one.days, one.name, one.what) for one in happenings]


def table(user: User, path: str, slug: str, **asked: str) -> Any:
    return signed_in(user).get(path, asked).context["tables"][slug].table


@pytest.fixture
def officer(db: None) -> Post:
    """Wang Wei runs the firm."""
    firm = OrganisationFactory(name="Firm", name_zh="公司")
    return Post.objects.create(official=OfficialFactory(name="Wang Wei"), organisation=firm, title="Manager")


def test_project_tells_its_money_its_people_and_its_proof(manager: User, ruoduo: Division, officer: Post) -> None:
    project = ProjectFactory(code="PV", division=ruoduo, operator=officer.organisation)
    entry = LedgerEntryFactory(project=project, division=ruoduo, kind=EntryKind.ALLOCATION, amount=Decimal("2000.10"))
    evidence = EvidenceFactory(subject_type="projects.ledgerentry", subject_id=entry.pk, title="A receipt")
    claim = ClaimFactory(code="A01", project=project, document=DocumentFactory(title="The news", text="x" * 90))

    story = story_of(manager, "/projects/PV/")

    assert [(stat.label, stat.value, stat.note, stat.opens) for stat in story.stats[:2]] == [
        ("Pledged", "—", "nothing promised", ""),
        ("Allocated", "RMB 2,000.10", "", "/explain/allocated/?project=PV"),
    ]
    assert [(str(one.label), one.links[0].text) for one in story.people] == [
        ("Run by", "Firm (公司)"),
        ("Manager", "Wang Wei"),
    ]
    assert [(one.text, one.url) for one in story.proof.files] == [
        ("A receipt", f"/records/projects.ledgerentry/{entry.pk}/")
    ]
    assert [(one.text, one.url) for one in story.proof.quotes] == [(claim.quote, "/claims/A01/")]
    assert [one.text for one in story.proof.documents] == ["The news"]
    assert evidence.withdrawn_at is None


def test_project_tells_its_days_in_order_and_what_is_late(manager: User, ruoduo: Division) -> None:
    project = ProjectFactory(code="PV", division=ruoduo, started_on=date(2018, 3, 1))
    for title, due, reached in (
        ("Extended", date(2019, 1, 1), None),
        ("Connected", date(2018, 6, 1), date(2018, 7, 2)),
        ("Painted", None, None),
    ):
        Milestone.objects.create(project=project, title=title, due_on=due, reached_on=reached)

    found = story_of(manager, "/projects/PV/").life

    assert told(found.happenings) == [
        ("2018-03-01", "Started", ""),
        ("2018-07-02", "Connected", "reached"),
        ("2019-01-01", "Extended", "late: not reached on its day"),
        ("day not stated", "Painted", "open"),
    ]


def test_a_life_shows_its_latest_days_and_folds_the_rest() -> None:
    found = life([*(Happening(str(n), date(2020, 1, n)) for n in range(12, 0, -1)), Happening("some day", None)])

    assert [one.name for one in found.earlier] == ["1", "2", "3", "4"]
    assert [one.name for one in found.shown] == ["5", "6", "7", "8", "9", "10", "11", "12"]
    assert ([one.name for one in found.undated], found.has_few_undated) == (["some day"], False)


def test_alliance_tells_pledged_against_done_and_leaves_its_term_open(clerk: User, ruoduo: Division) -> None:
    alliance = AllianceFactory(
        division=ruoduo, title="Joined", title_zh="联建", agreement="", signed_on=date(2018, 1, 2)
    )
    AlliancePledge.objects.create(alliance=alliance, undertaking="Build", done_on=date(2018, 5, 1))
    AlliancePledge.objects.create(alliance=alliance, undertaking="Teach", due_on=date(2018, 6, 1))
    AllianceActivity.objects.create(alliance=alliance, kind="visit", title="Came")

    response = signed_in(clerk).get(alliance.get_absolute_url())

    story, of = response.context["story"], f"alliance%3A{alliance.pk}"
    assert [(stat.label, stat.value, stat.opens) for stat in story.stats[:2]] == [
        ("Undertakings done", "1", f"/explain/undertakings-done/?of={of}"),
        ("Undertakings open", "1", f"/explain/undertakings-open/?of={of}"),
    ]
    assert told(story.life.happenings) == [
        ("2018-01-02", "Agreement signed", ""),
        ("2018-05-01", "Build", "undertaking, done"),
        ("2018-06-01", "Teach", "undertaking, late"),
        ("not stated", "Term", ""),
        ("day not stated", "Came", "visit"),
    ]
    assert [gap.text for gap in story.gaps] == [
        "The agreement is not named.",
        "When the term begins is not stated.",
        "When the term ends is not stated.",
        "No party is recorded.",
        "Activities have no stated day.",
    ]
    assert {gap.url for gap in story.gaps} == {f"/admin/projects/alliance/{alliance.pk}/change/"}
    assert [one.drawing.slug for one in response.context["drawings"]] == ["undertakings-done", "life"]


def test_person_tells_posts_held_and_awards_in_order_of_days(manager: User, officer: Post) -> None:
    Post.objects.filter(pk=officer.pk).update(held_from=date(2017, 3, 1))
    old = Post.objects.create(
        official=officer.official, organisation=officer.organisation, title="Clerk", is_former=True
    )
    award = AwardFactory(
        official=officer.official, title="Prize", conferred_on=date(2016, 1, 1), conferred_by="County"
    )

    story = story_of(manager, officer.official.get_absolute_url())

    assert [clause.link.text + clause.after for clause in story.sentence] == ["Manager of Firm (公司)."]
    assert [(stat.label, stat.value) for stat in story.stats] == [("Posts", "2"), ("Awards", "1"), ("Claims", "0")]
    assert [(one.days, one.name) for one in story.life.happenings] == [
        ("2016-01-01", award.title),
        ("2017-03-01 to not stated", "Manager"),
        ("day not stated", old.title),
    ]


def test_source_tells_where_its_money_goes(manager: User, ruoduo: Division) -> None:
    source = FundingSourceFactory(code="firm")
    LedgerEntryFactory(source=source, division=ruoduo, project=ProjectFactory(division=ruoduo, kind="road"))

    context = signed_in(manager).get("/sources/firm/").context

    assert context["go_url"] == "/funding/?source_code=firm"
    assert [row["kind"] for row in context["tables"]["funding_by_kind"].table.rows] == ["road"]
    assert [row["_url"] for row in context["tables"]["funding_by_area"].table.rows] == ["/areas/513228000000/"]


def test_household_tells_its_income_against_the_line_and_no_name(clerk: User, ruoduo: Division) -> None:
    household = HouseholdFactory(village=ruoduo, number="001")
    PersonFactory(household=household, name="王大明", relation="head")
    income = IncomeRecordFactory(household=household, year=2019, persons=2, wage_income=Decimal("9000.00"))
    PovertyLineFactory(year=2019, amount=Decimal("3747"))
    VisitFactory(household=household, visited_on=date(2019, 5, 1), purpose="To see the house")

    response = signed_in(clerk).get(f"/households/{household.pk}/")

    story = response.context["story"]
    value, line = story.stats[0], story.stats[1]
    assert (value.note, value.url) == (
        "not below the poverty line",
        f"/records/beneficiaries.incomerecord/{income.pk}/",
    )
    assert (line.value, line.opens.partition("?")[0]) == ("RMB 3,747", "/explain/poverty-line/")
    assert ("2019-05-01", "To see the house", "visit") in told(story.life.happenings)
    assert response.context["chart"].startswith("<svg")
    assert "王大明" not in response.content.decode()


@pytest.mark.parametrize(
    ("language", "names"), [("en", "Ruoduo Village (若多村)"), ("zh-hans", "若多村 (Ruoduo Village)")]
)
def test_a_place_is_told_by_both_names_the_readers_first(ruoduo: Division, language: str, names: str) -> None:
    with override(language):
        assert place_names(ruoduo) == names


def test_projects_are_narrowed_by_status_without_a_total_that_nothing_explains(
    manager: User, ruoduo: Division
) -> None:
    for code, status in (("A", ProjectStatus.CLOSED), ("B", ProjectStatus.PLANNED)):
        project = ProjectFactory(code=code, division=ruoduo, status=status)
        LedgerEntryFactory(project=project, division=ruoduo, amount=Decimal("1.00"))
    client = signed_in(manager)

    everything, closed = (client.get("/projects/", asked).context for asked in ({}, {"standing": "closed"}))

    assert [(stat.label, stat.value) for stat in everything["stats"]][:2] == [
        ("Projects", "2"),
        ("Allocated", "RMB 2"),
    ]
    found = closed["tables"]["projects"].table
    assert ([row["code"] for row in found.rows], found.total, closed["stats"]) == (["A"], None, [])


@pytest.mark.parametrize(("asked", "titles"), [("open", ["Open"]), ("done", ["Done"]), ("none", ["None"])])
def test_alliances_are_narrowed_by_what_is_undertaken(
    manager: User, ruoduo: Division, asked: str, titles: list[str]
) -> None:
    for title, days in (("Open", (None, date(2018, 1, 1))), ("Done", (date(2018, 1, 1),)), ("None", ())):
        alliance: Alliance = AllianceFactory(title=title, division=ruoduo)
        for day in days:
            AlliancePledge.objects.create(alliance=alliance, undertaking="Build", done_on=day)

    assert [row["title"] for row in table(manager, "/alliances/", "alliances", undertaken=asked).rows] == titles


def test_people_are_narrowed_by_kind_of_organisation(manager: User, officer: Post) -> None:
    office = OrganisationFactory(name="Office", kind="government")
    other: Official = OfficialFactory(name="Li Na")
    Post.objects.create(official=other, organisation=office, title="Head")

    found = [
        [row["name"] for row in table(manager, "/people/", slug, organisation_kind="government").rows]
        for slug in ("people", "organisations")
    ]

    assert found == [["Li Na"], ["Office"]]


def test_documents_are_narrowed_by_year_and_text(manager: User) -> None:
    DocumentFactory(title="New", published_on=date(2020, 1, 1), text="Words")
    DocumentFactory(title="Old", published_on=date(2018, 1, 1))

    def titles(**asked: str) -> list[str]:
        return [row["title"] for row in table(manager, "/documents/", "documents", **asked).rows]

    assert (titles(year="2018"), titles(text="present"), titles(text="missing", year="2020")) == (["Old"], ["New"], [])


def test_a_long_list_shows_its_first_rows_and_the_way_to_all(manager: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alleviation.dashboards.records.projects.LONG", 2)
    ProjectFactory.create_batch(3, division=None)
    client = signed_in(manager)

    first, whole = (client.get("/projects/", asked) for asked in ({}, {"whole": "projects"}))

    assert [len(list(one.context["tables"]["projects"].table.rows)) for one in (first, whole)] == [2, 3]
    assert "whole=projects" in first.content.decode()

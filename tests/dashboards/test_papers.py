"""Forms of the office: what stands on them, that their sums are those of the dashboards, and who took which."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent
from alleviation.dashboards.papers import ledgers
from projects.choices import EntryKind, Unit
from projects.models import Alliance, AllianceParty, AlliancePledge, Division, PartyBranch, Project
from tests.acceptance.reading import page
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, LedgerEntryFactory, PersonFactory, ProjectFactory
from tests.golden import golden_money

SUMS = ("Allocated (yuan)", "Disbursed (yuan)", "Spent (yuan)", "Refunded (yuan)")
PUBLISHED = SUMS[:3]
HEISHUI = "513228000000"


@pytest.fixture
def money(heishui: Division, ruoduo: Division, erniunai: Division) -> None:
    golden_money(heishui, ruoduo, erniunai)


@pytest.fixture
def client(manager: User) -> Client:
    return signed_in(manager)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


def taken() -> list[tuple[str, str, dict[str, str]]]:
    """The downloads that the trail tells of: by whom, of what, asked how."""
    return list(AuditEvent.objects.filter(verb="downloaded").values_list("actor", "subject", "after"))


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("paper", "dashboard"),
    [
        ("project-ledger/PV/", "/projects/PV/"),
        (f"area-ledger/{HEISHUI}/", f"/areas/{HEISHUI}/"),
        (f"area-ledger/{HEISHUI}/?year=2019", f"/areas/{HEISHUI}/?year=2019"),
        ("year-ledger/2018/", "/funding/?year=2018"),
    ],
)
def test_a_ledger_adds_up_to_what_the_dashboard_says(money, client, paper, dashboard):
    told = page(client, dashboard)["annual-funding"].total

    ledger = page(client, f"/papers/{paper}")
    entries, by_source = ledger["funding-ledger"], ledger["funding-by-source"]

    assert [entries.total[name] for name in SUMS] == [told[name] for name in SUMS]
    assert [by_source.total[name] for name in SUMS] == [told[name] for name in SUMS]
    for name in SUMS:
        added = sum(Decimal(cell.replace(",", "")) for cell in entries.column(name) if cell != "—")
        assert f"{added:,.2f}" == told[name]


def test_a_ledger_has_its_entries_by_day_with_who_made_and_who_checked_them(ruoduo, client):
    project = ProjectFactory(code="PV", division=ruoduo)
    for day in ("2018-05-02", "2018-03-01", "2018-04-01"):
        LedgerEntryFactory(
            project=project, division=ruoduo, booked_on=day, year=2018, drafted_by="li", checked_by="an"
        )

    entries = page(client, "/papers/project-ledger/PV/")["funding-ledger"]

    assert entries.column("Date") == ["2018-03-01", "2018-04-01", "2018-05-02"]
    assert entries.column("Entered by") == ["li"] * 3
    assert entries.column("Checked by") == ["an"] * 3
    assert "Project" not in entries.head


def test_more_entries_than_anybody_reads_stay_off_the_paper_and_the_total_stays(money, client, monkeypatch):
    monkeypatch.setattr(ledgers, "MOST", 3)

    entries = page(client, "/papers/year-ledger/2018/")["funding-ledger"]

    assert entries.rows == []
    assert entries.total["Allocated (yuan)"] == "1,500.30"
    assert "More than 3 entries do not go on paper" in text(client, "/papers/year-ledger/2018/")


def test_a_notice_of_a_project_tells_what_the_rules_ask_and_leaves_lines_for_the_rest(money, client, settings):
    settings.OFFICE_CONTACT = "Room 3, telephone 0837-1"
    Project.objects.filter(code="PV").update(
        name_zh="光伏电站", capacity=30, capacity_unit=Unit.MW, started_on="2018-01-02", summary="Panels on a slope"
    )

    told = text(client, "/papers/project-notice/PV/")
    money_told = page(client, "/papers/project-notice/PV/")["funding-by-source"]

    for words in ("Power station (光伏电站)", "30 MW", "Panels on a slope", "2018-01-02", "Ruoduo Village"):
        assert words in told, words
    assert "<code>12317</code>" in told
    assert "Room 3, telephone 0837-1" in told
    assert told.count('class="to-fill"') == 7
    assert [money_told.total[name] for name in PUBLISHED] == ["1,500.30", "400.00", "300.00"]
    assert not {"Refunded (yuan)", "Execution rate (%)"} & set(money_told.head)


def test_a_notice_of_a_place_has_each_project_with_its_money_and_adds_up_to_the_place(money, xili, client):
    ProjectFactory(code="EMPTY", name="Without money", division=xili)
    told = page(client, f"/areas/{HEISHUI}/?year=2019")["annual-funding"].total

    projects = page(client, f"/papers/area-notice/{HEISHUI}/?year=2019")["projects"]

    assert [projects.total[name] for name in PUBLISHED] == [told[name] for name in PUBLISHED]
    assert {row["Project"]: row["Allocated (yuan)"] for row in projects.rows} == {
        "Road": "200.00",
        "Not tied to a project": "99.70",
        "Without money": "—",
        "Power station": "—",
    }
    assert {row["Project"]: row["Source of the money"] for row in projects.rows}["Road"] == "County budget"


@pytest.mark.parametrize("paper", ["area-notice/510000000000/", "register-notice/513228000000/"])
def test_a_notice_of_too_large_a_place_is_not_there(heishui, county_clerk, paper):
    assert signed_in(county_clerk).get(f"/papers/{paper}").status_code == 404


def test_a_notice_of_the_register_masks_names_and_says_nothing_of_how_a_household_fares(ruoduo, xili, clerk):
    household = HouseholdFactory(village=ruoduo, number="R-1", category="dibao", main_cause="illness")
    for relation in ("head", "spouse"):
        PersonFactory(household=household, name="王小明", relation=relation, health="disabled")
    HouseholdFactory(village=xili, number="X-1")
    HouseholdFactory(village=ruoduo, number="R-2", ended_on="2019-01-01", ended_as="merged")
    reader = signed_in(clerk)

    register = page(reader, f"/papers/register-notice/{ruoduo.code}/")["register"]
    told = text(reader, f"/papers/register-notice/{ruoduo.code}/").partition("<main")[2]

    assert [list(row.values()) for row in register.rows] == [["R-1", "王**", "2"]]
    assert register.total["Persons"] == "2"
    for word in ("小明", "dibao", "subsistence", "illness", "disab", "R-2", "X-1"):
        assert word not in told, word


def test_what_is_printed_of_households_is_told_in_the_trail_and_kept_by_no_browser(ruoduo, clerk):
    household = HouseholdFactory(village=ruoduo, number="R-1")
    reader, addresses = signed_in(clerk), (f"register-notice/{ruoduo.code}", f"household-handbook/{household.pk}")

    for address in addresses:
        assert reader.get(f"/papers/{address}/").headers["Cache-Control"] == "no-store"
        reader.head(f"/papers/{address}/")

    assert taken() == [
        ("clerk-of-zhawo", "household-handbook", {"of": "R-1", "form": "paper"}),
        ("clerk-of-zhawo", "register-notice", {"of": ruoduo.code, "form": "paper"}),
    ]


def test_a_ledger_on_paper_leaves_no_event(money, client):
    text(client, "/papers/project-ledger/PV/")

    assert taken() == []


def test_the_record_of_an_alliance_has_its_parties_its_term_and_a_line_for_each_to_sign(ruoduo, client):
    alliance = Alliance.objects.create(title="Two branches", division=ruoduo, agreement="Agreement", note="Said so")
    for name in ("First branch", "Second branch"):
        AllianceParty.objects.create(alliance=alliance, branch=PartyBranch.objects.create(name=name, village=ruoduo))
    AlliancePledge.objects.create(alliance=alliance, undertaking="Mend the road", done_on="2019-04-05")

    told = text(client, f"/papers/alliance-record/{alliance.pk}/")
    tables = page(client, f"/papers/alliance-record/{alliance.pk}/")

    assert tables["undertakings"].rows[0]["Done on"] == "2019-04-05"
    assert tables["parties"].column("Party branch") == ["First branch", "Second branch"]
    assert "<p>First branch</p><p>Second branch</p><p>Date and seal</p>" in told.replace("> <", "><")


@pytest.mark.slow
def test_each_record_leads_to_its_papers_with_what_is_asked(money, ruoduo, client, clerk):
    household = HouseholdFactory(village=ruoduo)
    reader = signed_in(clerk)

    assert 'href="/papers/project-ledger/PV/?as_of=2020-01-01"' in text(client, "/projects/PV/?as_of=2020-01-01")
    assert f'href="/papers/area-notice/{HEISHUI}/?year=2019"' in text(client, f"/areas/{HEISHUI}/?year=2019")
    assert 'href="/papers/year-ledger/2018/"' in text(client, "/funding/?year=2018")
    assert "/papers/register-notice/" not in text(client, f"/areas/{ruoduo.code}/")
    assert f'href="/papers/register-notice/{ruoduo.code}/"' in text(reader, f"/areas/{ruoduo.code}/")
    assert f'href="/papers/household-handbook/{household.pk}/"' in text(reader, f"/households/{household.pk}/")


def test_paper_says_what_was_asked_and_of_which_moment_by_which_role(money, client):
    told = text(client, f"/funding/?year=2019&area={HEISHUI}&kind=road")
    nothing, wrong = text(client, "/funding/"), text(client, "/funding/?year=abc")

    asked = f"Year: 2019 · Area: Heishui County {HEISHUI} · Kind of project: road"
    assert f'<span class="paper-asked">{asked}</span>' in told
    assert f"Funding · {asked}" in told.partition("<head>")[0]
    assert "printed by: manager" in told.partition("<head>")[0]
    assert '<span class="paper-asked">all years</span>' in nothing
    assert '<span class="paper-asked">wrong: no figure is shown</span>' in wrong


def villages_with_projects(ruoduo: Division, number: int) -> None:
    for one in range(number):
        project = ProjectFactory(code=f"N{number}-{one}", division=ruoduo)
        LedgerEntryFactory(project=project, division=ruoduo, kind=EntryKind.ALLOCATION)


@pytest.mark.parametrize("paper", ["area-ledger", "area-notice", "register-notice"])
@pytest.mark.slow
def test_a_paper_asks_the_database_as_often_for_thirty_rows_as_for_one(
    ruoduo: Division, clerk: User, paper: str
) -> None:
    reader, counts = signed_in(clerk), []
    # The first event of a trail is written otherwise.
    text(reader, f"/papers/{paper}/{ruoduo.code}/")
    for number in (1, 3, 30):
        villages_with_projects(ruoduo, number)
        HouseholdFactory.create_batch(number, village=ruoduo)
        with CaptureQueriesContext(connection) as asked:
            text(reader, f"/papers/{paper}/{ruoduo.code}/")
        counts.append(len(asked))

    assert len(set(counts)) == 1, counts

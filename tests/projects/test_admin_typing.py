"""Records found while typing, by script or without; amounts in yuan and in 万元."""

import json
from decimal import Decimal

import pytest
from django.db import connection

from alleviation.audit.models import AuditEvent
from alleviation.audit.verification.tables import tables_that_the_trail_does_not_tell
from projects import actions
from projects.filters import placed
from projects.models import Division, LedgerEntry, Organisation, Project
from tests.admin_pages import errors, page, submit
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    FundingSourceFactory,
    OfficialFactory,
    OrganisationFactory,
    PartyBranchFactory,
    ProjectFactory,
    place,
)

ENTRY = {"kind": "allocation", "booked_on": "2024-05-06", "amount": "1"}


def found(user, model: str, field: str, term: str) -> list[str]:
    query = {"app_label": "projects", "model_name": model, "field_name": field, "term": term}
    answer = json.loads(signed_in(user).get("/admin/autocomplete/", query).content)
    return [row["text"] for row in answer["results"]]


@pytest.mark.parametrize("term", ["513228212205", "若多", "rdc", "RDC", "ruoduo", "Ruoduo V"])
def test_village_is_found_by_code_chinese_name_initials_and_english_name(county_clerk, ruoduo, erniunai, term):
    assert found(county_clerk, "ledgerentry", "division", term) == [str(ruoduo)]


@pytest.mark.parametrize(
    ("model", "field", "make", "terms"),
    [
        ("ledgerentry", "project", lambda **names: ProjectFactory(code="GF-1", **names), ["gf-", "HRDL", "华润"]),
        (
            "ledgerentry",
            "source",
            lambda **names: FundingSourceFactory(code="hr", **names),
            ["hr", "hrdl", "china res"],
        ),
        ("project", "operator", OrganisationFactory, ["hrdl", "华润", "China", "china resources"]),
        ("allianceparty", "branch", PartyBranchFactory, ["hrdl", "华润电", "china"]),
        ("post", "official", OfficialFactory, ["hrd", "华润", "China"]),
        ("claim", "alliance", None, ["hrdl", "华润", "china"]),
    ],
)
@pytest.mark.slow
def test_records_are_found_by_how_they_begin(county_clerk, ruoduo, model, field, make, terms):
    names = {"name": "China Resources Power", "name_zh": "华润电力"}
    if make is None:
        AllianceFactory(title=names["name"], title_zh=names["name_zh"], division=ruoduo)
    else:
        make(**names)

    assert [len(found(county_clerk, model, field, term)) for term in terms] == [1] * len(terms)
    assert found(county_clerk, model, field, "Resources") == []


@pytest.mark.slow
def test_organisation_is_told_by_both_names(county_clerk):
    OrganisationFactory(name="China Resources Power", name_zh="华润电力")

    assert found(county_clerk, "project", "operator", "hrdl") == ["China Resources Power (华润电力)"]


def test_initials_follow_every_write_and_stand_in_no_event(administrator, county_clerk, ruoduo):
    office = Organisation(name="Office", name_zh="扶贫办", kind="government")
    actions.enter(office, by=county_clerk)
    office.name_zh = "乡村振兴局"
    actions.enter(office, by=county_clerk)

    event = AuditEvent.objects.order_by("id").last()
    assert Organisation.objects.get().initials == "xczxj"
    assert event.after == {"name_zh": "乡村振兴局"}
    assert not [fault for fault in tables_that_the_trail_does_not_tell() if "organisation" in fault]


@pytest.mark.slow
def test_initials_that_somebody_spoilt_are_no_fault_of_the_trail(county_clerk):
    office = Organisation(name="Office", name_zh="扶贫办", kind="government")
    actions.enter(office, by=county_clerk)

    Organisation.objects.filter(pk=office.pk).update(initials="x")

    assert not [fault for fault in tables_that_the_trail_does_not_tell() if "organisation" in fault]


# --- without a script ---------------------------------------------------------------------------------------------


def test_records_typed_without_a_script_are_taken(county_clerk, ruoduo):
    source = FundingSourceFactory(code="county", name="County budget")
    project = ProjectFactory(code="R-1", division=ruoduo)

    typed = {"source-typed": "County budget", "division-typed": "rdc", "project-typed": "R-1"}
    submit(signed_in(county_clerk), page("projects_ledgerentry", "add"), **ENTRY, **typed)

    entry = LedgerEntry.objects.get()
    assert (entry.source, entry.division, entry.project) == (source, ruoduo, project)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nowhere", "Nothing that you may choose begins so."),
        # The township above the own area.
        ("Zhawo", "Nothing that you may choose begins so."),
        ("51322821220", "Several begin so: "),
    ],
)
@pytest.mark.slow
def test_what_is_typed_without_a_script_must_mean_one_record_of_the_own_area(clerk, ruoduo, typed, said):
    place("513228212206", "若拉村民委员会", name_en="Ruola Village")
    clerk.area = "5132282122"
    clerk.save_base()

    refused = submit(signed_in(clerk), page("projects_ledgerentry", "add"), **ENTRY, **{"division-typed": typed})

    assert errors(refused)["division"][0].startswith(said)
    assert f'name="division-typed" value="{typed}"' in refused.content.decode()


@pytest.mark.slow
def test_a_county_typed_by_six_digits_is_the_county_of_the_latest_list(county_clerk, ruoduo):
    source = FundingSourceFactory()
    place("513228000000", "黑水县", vintage=2023)

    typed = {"source": source.pk, "division-typed": "513228"}
    submit(signed_in(county_clerk), page("projects_ledgerentry", "add"), **ENTRY, **typed)

    assert LedgerEntry.objects.get().division == Division.objects.get(code="513228000000", vintage=2023)


@pytest.mark.slow
def test_page_opens_with_empty_rows_for_who_cannot_add_them(county_clerk, ruoduo):
    client, address = signed_in(county_clerk), page("projects_project", "add")

    assert 'href="?rows=3"' in client.get(address).content.decode()
    opened = client.get(address, {"rows": "3"}).context["inline_admin_formsets"]
    assert [inline.formset.total_form_count() for inline in opened] == [3, 3]
    assert client.get(address, {"rows": "9" * 18}).context["inline_admin_formsets"][0].formset.extra == 10


# --- amounts ------------------------------------------------------------------------------------------------------


def amount_entered(user, ruoduo, **typed) -> list[Decimal]:
    fields = {**ENTRY, "source": FundingSourceFactory().pk, "division": ruoduo.pk, **typed}
    refused = submit(signed_in(user), page("projects_ledgerentry", "add"), **fields)
    told = errors(refused)["amount"] if refused.status_code == 200 else []
    return [*LedgerEntry.objects.values_list("amount", flat=True), *told]


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("amount", "box", "expected"),
    [
        ("12.5", "on", [Decimal("125000.00")]),
        ("12.5", "", [Decimal("12.50")]),
        pytest.param("0.000001", "on", [Decimal("0.01")], marks=pytest.mark.slow),
        pytest.param("999999.999999", "on", [Decimal("9999999999.99")], marks=pytest.mark.slow),
        (
            "0.0000001",
            "on",
            ["At most 6 decimals in 万元: the last is one fen. Type the amount in yuan, and untick 万元."],
        ),
    ],
)
def test_amount_in_ten_thousands_is_stored_in_yuan(county_clerk, ruoduo, amount, box, expected):
    assert amount_entered(county_clerk, ruoduo, amount=amount, **{"amount-wan": box}) == expected


@pytest.mark.parametrize("amount", ["1000000", "1" * 90, "-1" + "0" * 80])
@pytest.mark.slow
def test_amount_in_ten_thousands_beyond_the_largest_is_refused(county_clerk, ruoduo, amount):
    (told, *_others) = amount_entered(county_clerk, ruoduo, amount=amount, **{"amount-wan": "on"})

    assert str(told).startswith("Ensure this value is")


@pytest.mark.slow
def test_refused_amount_stays_in_ten_thousands(county_clerk, ruoduo):
    typed = {**ENTRY, "amount": "12.5", "amount-wan": "on"}

    refused = submit(signed_in(county_clerk), page("projects_ledgerentry", "add"), **typed).content.decode()

    assert 'name="amount" value="12.5"' in refused
    assert 'name="amount-wan" id="id_amount-wan" checked' in refused


@pytest.mark.slow
def test_amount_that_stands_is_told_in_words(county_clerk, ruoduo):
    entry = LedgerEntry.objects.get(pk=draft(county_clerk, ruoduo))

    opened = signed_in(county_clerk).get(page("projects_ledgerentry", "change", entry.pk))

    assert "<output>RMB 3,000,000 (3.00 million) = 叁佰万元整</output>" in opened.content.decode()


def draft(user, ruoduo) -> int:
    amount_entered(user, ruoduo, amount="3000000")
    return LedgerEntry.objects.get().pk


def test_projects_of_the_own_area_alone_are_found_by_initials(clerk, ruoduo, erniunai):
    ProjectFactory(code="A-1", name_zh="光伏电站", division=erniunai)
    own = ProjectFactory(code="A-2", name_zh="光伏电站", division=ruoduo)

    assert found(clerk, "ledgerentry", "project", "gfdz") == [str(own)]
    assert Project.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a table of three rows without an index")
def test_places_are_found_by_their_indexes(ruoduo):
    plan = Division.objects.filter(placed(["rdc"])).order_by().explain()

    assert [name for name in ("division_name", "division_name_en", "division_initials") if name not in plan] == []
    assert "SCAN" not in plan

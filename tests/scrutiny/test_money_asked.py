"""What an address may ask of a figure of money, and how it is told: in words, refused, or as what is not there."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import Http404

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.scrutiny.asked import asked_words
from alleviation.scrutiny.asking import ExplainForm
from alleviation.scrutiny.catalogue import BY_SLUG
from projects.models import Division, Succession
from tests.factories import (
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
    place,
)
from tests.opening import question

RUODUO, ZHAWO, HEISHUI = "513228212205", "513228212000", "513228000000"


def form(user: User, slug: str = "spent", **asked: Any) -> ExplainForm:
    return ExplainForm({key: str(value) for key, value in asked.items()}, user=user, fields=BY_SLUG[slug].filters)


def asked_of(user: User, slug: str = "spent", **asked: Any) -> Query:
    found = form(user, slug, **asked).query()
    assert found is not None, asked
    return found


# --- there and back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, {}),
        ({"year": "2019"}, {"year": "2019"}),
        ({"first": "2019", "last": "2019"}, {"year": "2019"}),
        ({"first": "2019"}, {"first": "2019", "last": "2100"}),
        ({"last": "2019"}, {"first": "1949", "last": "2019"}),
        ({"first": "1949", "last": "2100"}, {}),
        ({"plan": "13"}, {"first": "2016", "last": "2020"}),
        ({"plan": "13", "year": "2017"}, {"year": "2017"}),
        ({"outside_plans": "1", "above": "4"}, {"outside_plans": "1", "above": "4"}),
        ({"project_id": "0", "tied": ""}, {"project_id": "0"}),
        ({"as_of": "2020-02-29"}, {"as_of": "2020-02-29"}),
        ({"kind": "road", "source": "county"}, {"kind": "road", "source": "county"}),
        # What no figure reads is no part of the question, nor of the link to it.
        ({"no-such-field": "1", "measure": "people", "page": "2"}, {}),
    ],
)
def test_a_question_has_one_address_and_the_address_the_same_question(asked, told, manager: User) -> None:
    query = asked_of(manager, **asked)

    assert query.asked() == told
    assert asked_of(manager, **query.asked()) == query


def test_places_projects_and_sources_are_kept_in_the_address(manager: User, ruoduo: Division) -> None:
    project = ProjectFactory(code="PV", division=ruoduo)
    FundingSourceFactory(code="firm")
    asked = {
        **{"area": HEISHUI, "inside": ZHAWO, "at": RUODUO, "source_code": "firm", "of": "x"},
        **{"project": "PV", "project_id": str(project.pk), "tied": "1"},
    }

    query = asked_of(manager, **asked)

    assert query.asked() == asked
    assert (query.prefixes, query.inside) == (("513228",), ("513228212",))


def test_a_place_is_asked_with_what_became_it(manager: User, ruoduo: Division, xili: Division) -> None:
    former, split = place("513228212203", "former"), place("513228212204", "split")
    Succession.objects.create(predecessor=former, successor=ruoduo, kind="merged", source="a list")
    for heir in (ruoduo, xili):
        Succession.objects.create(predecessor=split, successor=heir, kind="merged", source="a list")

    query = asked_of(manager, area=RUODUO, inside=RUODUO, at=former.code)

    assert set(query.prefixes or ()) == set(query.inside) == {RUODUO, former.code}
    assert asked_of(manager, inside=split.code).inside == (split.code,)
    # Its rows are gathered under the place of today.
    with pytest.raises(Http404):
        form(manager, inside=former.code).query()


# --- in words -----------------------------------------------------------------------------------------------------


TOLD: list[tuple[dict[str, str], str, str]] = [
    ({"first": "2019"}, "Years", "2019 to 2100"),
    ({"last": "2003"}, "Years", "1949 to 2003"),
    ({"first": "2016", "last": "2020"}, "Five-year plan", "13th Five-Year Plan (2016-2020)"),
    ({"first": "2019", "last": "2019"}, "Year", "2019"),
    ({"outside_plans": "1"}, "Five-year plan", "none: the years outside all of them"),
    ({"above": "1"}, "Not tied to a smaller place", "what is booked above the level: province"),
    ({"above": "5"}, "Not tied to a smaller place", "what is booked above the level: village"),
    ({"at": HEISHUI}, "This very place, without those below", "Heishui County 513228000000"),
    ({"inside": ZHAWO}, "Counted under", "Zhawo Countryside 513228212000"),
    ({"area": RUODUO}, "Area", "Ruoduo Village 513228212205"),
    ({"kind": "water"}, "Kind of project", "water"),
    ({"source": "central"}, "Sources of the level", "central government"),
    ({"source_code": "firm"}, "Funding source", "Firm"),
    ({"project_id": "0"}, "Project", "Not tied to a project"),
    ({"tied": "1"}, "Project", "any that you may see"),
    ({"project": "PV"}, "Project", "PV Station"),
]


def test_each_filter_alone_is_told_in_words(manager: User, ruoduo: Division) -> None:
    ProjectFactory(code="PV", name="Station", division=ruoduo)
    FundingSourceFactory(code="firm", name="Firm")

    for asked, label, value in TOLD:
        told = asked_words(asked_of(manager, **asked))

        assert [(str(one), words) for one, words in told] == [(label, value)], asked


def test_a_reader_of_one_area_is_told_of_it_though_the_address_is_bare(clerk: User, zhawo: Division) -> None:
    bare, named = form(clerk), form(clerk, area=ZHAWO)

    assert [(str(label), value) for label, value in asked_words(bare.query() or Query(user=clerk))] == [
        ("Area", "Zhawo Countryside 513228212000")
    ]
    assert bare.query() == named.query()
    assert (bare.is_narrowed, named.is_narrowed) == (True, False)


# --- refused ------------------------------------------------------------------------------------------------------


WRONG: list[tuple[dict[str, str], str]] = [
    ({"year": "1948"}, "year"),
    ({"year": "2101"}, "year"),
    ({"year": "2019.5"}, "year"),
    ({"first": "1948"}, "first"),
    ({"last": "twenty"}, "last"),
    ({"first": "2020", "last": "2019"}, "last"),
    ({"first": "2019", "year": "2019"}, "first"),
    ({"last": "2019", "plan": "13"}, "first"),
    ({"plan": "13", "year": "2021"}, "year"),
    ({"plan": "11"}, "plan"),
    ({"at": "51322821220"}, "at"),
    ({"at": "513228212205\n5"}, "at"),
    ({"inside": "٥١٣٢٢٨٢١٢٢٠٥"}, "inside"),
    ({"above": "0"}, "above"),
    ({"above": "6"}, "above"),
    ({"project_id": "1e3"}, "project_id"),
    ({"project": "P V; DROP"}, "project"),
    ({"source_code": "<b>"}, "source_code"),
    ({"tied": "0"}, "tied"),
    ({"of": "x" * 121}, "of"),
    ({"as_of": "2020-02-30"}, "as_of"),
    ({"as_of": "1948-12-31"}, "as_of"),
    ({"source": "moon"}, "source"),
]


def test_what_is_wrong_is_told_at_its_field_and_no_question_is_made(manager: User) -> None:
    for asked, field in WRONG:
        found = form(manager, **asked)

        assert found.query() is None, asked
        assert list(found.errors) == [field], asked


UNREAD: list[tuple[str, dict[str, str]]] = [
    ("entry", {"first": "2018"}),
    ("entry", {"project_id": "0"}),
    ("pledge", {"outside_plans": "1"}),
    ("pledge", {"source_code": "county"}),
    ("per-capita-income", {"project": "PV"}),
    ("persons", {"tied": "1"}),
    ("register", {"last": "2018"}),
    ("without-evidence", {"source_code": "county"}),
    ("posts", {"at": RUODUO}),
    ("documents", {"inside": RUODUO}),
    ("documents", {"above": "4"}),
]


def test_what_a_figure_is_not_narrowed_by_is_no_question_of_it(manager: User, ruoduo: Division) -> None:
    """Else the page would say that it was asked for, beside a figure of everything."""
    ProjectFactory(code="PV", division=ruoduo)
    FundingSourceFactory(code="county")

    for slug, asked in UNREAD:
        with pytest.raises(Http404):
            form(manager, slug, **asked).query()


def test_what_narrows_a_figure_narrows_it_still(manager: User, ruoduo: Division) -> None:
    """Incomes have years and places: their explanation is narrowed by the finer ones of these."""
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), year=2018, persons=3)

    asked = (
        {"first": 2018, "last": 2019},
        {"first": 2019, "last": 2020},
        {"at": RUODUO},
        {"at": HEISHUI},
        {"above": 5},
    )
    values = [BY_SLUG["persons"].value(asked_of(manager, "persons", **one)) for one in asked]

    assert values == [3, None, 3, None, None]


@pytest.mark.parametrize(
    "asked",
    [
        {"at": HEISHUI},
        {"inside": HEISHUI},
        {"area": HEISHUI},
        {"project": "FAR"},
        {"source_code": "NONE"},
        {"at": "513228212299"},
        {"inside": "513228212299"},
    ],
)
def test_what_lies_above_or_beside_a_readers_area_is_not_there(asked, clerk: User, zhawo, hezhou: Division) -> None:
    ProjectFactory(code="FAR", division=hezhou)

    with pytest.raises(Http404):
        form(clerk, **asked).query()


def test_a_foreign_project_is_there_by_number_where_the_reader_has_its_money(clerk, stranger, ruoduo, hezhou) -> None:
    """Booked here, handed on from here, or promised here; what only waits here opens nothing."""
    booked, promised, waiting, none = (ProjectFactory(division=hezhou) for _n in range(4))
    LedgerEntryFactory(division=ruoduo, project=booked)
    PledgeFactory(division=ruoduo, project=promised, first_year=2018)
    LedgerEntryFactory(division=ruoduo, project=waiting, state="draft")

    def is_there(user: User, project: Any) -> bool:
        try:
            return bool(question(f"/explain/spent/?{urlencode({'project_id': project.pk})}", user))
        except Http404:
            return False

    assert [is_there(clerk, one) for one in (booked, promised, waiting, none)] == [True, True, False, False]
    assert [is_there(stranger, one) for one in (booked, none)] == [True, True]

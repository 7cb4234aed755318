"""The households of the golden county, one by one, on their pages and in the registers; and whom projects reach."""

from typing import Any

import pytest
from django.test import Client

from alleviation.accounts.models import User
from beneficiaries.models import Household
from projects.models import Division
from tests.acceptance.reading import Shown, page, taken
from tests.acceptance.test_golden_pages import RECORDED, TOWNSHIP, opened, told
from tests.conftest import signed_in
from tests.golden_households import VILLAGES, golden_households

pytestmark = pytest.mark.slow

SHEET = ("Year", "Persons", "Wages", "Net income", "Per capita", "Against the line")
HEADS = ["Year", "Persons", "Wages", "Business", "Property", "Transfers", "Expenses"]


@pytest.fixture
def readers(county_clerk: User, zhawo: Division, auditor: User, reviewer: User, clerk: User) -> list[Client]:
    """Three who see the whole township, each in a browser."""
    golden_households(county_clerk)
    return [signed_in(user) for user in (auditor, reviewer, clerk)]


def book(client: Client, number: str) -> dict[str, Shown]:
    """The tables of a household's page."""
    return page(client, f"/households/{Household.objects.get(number=number).pk}/")


def rows(shown: Shown) -> list[list[str]]:
    return [list(row.values()) for row in shown.rows]


def test_corrected_income_is_struck_and_stands_beside_what_replaced_it(readers: list[Client]) -> None:
    for client in readers:
        sheet = book(client, "H7")["incomes"]

        # 10,000 ÷ 4 and 14,000 ÷ 4 below 3,500 and about 4,000; 20,000 ÷ 4 is above 4,500.
        assert told(sheet, "Village", *SHEET) == [
            ("C村村", "2019", "4", "4,000.00", "10,000.00", "2,500.00", "below"),
            ("C村村", "2020", "4", "5,000.00", "12,000.00", "3,000.00", "below"),
            ("C村村", "2020", "4", "7,000.00", "14,000.00", "3,500.00", "below"),
            ("C村村", "2021", "4", "8,000.00", "16,000.00", "4,000.00", "no line is recorded"),
            ("B村村", "2022", "4", "11,000.00", "20,000.00", "5,000.00", "not below"),
        ]
        remarks = sheet.column("Remark")
        assert [remark.partition(" on ")[0] for remark in remarks] == ["—", "Corrected", "—", "—", "—"]
        assert remarks[1].endswith("Reason: A wage had been left out.")
        html = client.get(f"/households/{Household.objects.get(number='H7').pk}/").content.decode()
        struck = [one.partition("</tr>")[0] for one in html.split('<tr class="struck">')[1:]]
        assert [("12,000.00" in one, "14,000.00" in one) for one in struck] == [(True, False)]


def test_moves_tell_where_a_household_came_from_and_in_which_village_its_years_count(readers: list[Client]) -> None:
    moved, merged = book(readers[0], "H2"), book(readers[0], "H8")

    assert rows(moved["origin"]) == [
        ["2020-06-15", "moved", "A村村 513228212201, number H2", "B村村 513228212202, number H2", "—"]
    ]
    # 9,000 ÷ 3 of 3,500, 12,000 ÷ 3 of about 4,000.
    assert told(moved["incomes"], "Village", *SHEET)[:2] == [
        ("A村村", "2019", "3", "4,000.00", "9,000.00", "3,000.00", "below"),
        ("B村村", "2020", "3", "6,000.00", "12,000.00", "4,000.00", "not below"),
    ]
    assert rows(merged["origin"]) == [
        [
            "2022-01-01", "its village was merged into another",
            "C村村 513228212203, number H8", "B村村 513228212202, number H8", "—",
        ]
    ]  # fmt: skip
    assert told(merged["incomes"], "Village", "Year") == [("C村村", "2019"), ("C村村", "2021"), ("B村村", "2022")]


def test_split_stands_on_both_pages_with_who_left_and_who_came(readers: list[Client]) -> None:
    stayed, made = book(readers[1], "H3"), book(readers[1], "H9")

    since = "2021-03-01 (the household was divided)"
    assert told(stayed["former-members"], "Name", "Relation to the head", "Member until") == [
        ("H****", "child", since),
        ("H****", "parent", since),
    ]
    assert told(stayed["members"], "Relation to the head", "Member from") == [
        ("head", "from the start"),
        ("spouse", "from the start"),
    ]
    assert told(made["members"], "Relation to the head", "Member from") == [("child", since), ("parent", since)]
    assert rows(stayed["origin"]) == [["2021-03-01", "another household split off", "H3", "A村村 H9", "—"]]
    assert rows(made["origin"]) == [["2021-03-01", "split from another household", "A村村 H3", "H9", "—"]]
    assert told(stayed["incomes"], "Year", "Persons", "Net income") == [
        ("2019", "4", "16,000.00"),
        ("2020", "4", "20,000.00"),
        ("2021", "2", "12,000.00"),
        ("2022", "2", "14,000.00"),
    ]
    assert told(made["incomes"], "Year", "Persons", "Net income") == [
        ("2021", "2", "8,000.00"),
        ("2022", "2", "9,000.00"),
    ]


def test_merger_stands_on_both_pages_and_what_ended_keeps_its_years(readers: list[Client]) -> None:
    gone, heir = book(readers[0], "H4"), book(readers[0], "H5")

    assert rows(gone["members"]) == []
    assert told(gone["former-members"], "Member until") == [("2021-07-01 (the households merged)",)] * 2
    assert rows(gone["origin"]) == [["2021-07-01", "merged into another household", "H4", "B村村 H5", "—"]]
    assert rows(heir["origin"]) == [["2021-07-01", "another household merged into it", "B村村 H4", "H5", "—"]]
    assert [cell for (cell,) in told(heir["members"], "Member from")].count("2021-07-01 (the households merged)") == 2
    assert told(gone["incomes"], *SHEET) == [
        ("2019", "2", "2,000.00", "6,000.00", "3,000.00", "below"),
        ("2020", "2", "2,500.00", "7,000.00", "3,500.00", "below"),
    ]
    # 25,000 ÷ 5: the two of H4 live on it too.
    assert told(heir["incomes"], *SHEET)[2] == (
        "2021", "5", "15,000.00", "25,000.00", "5,000.00", "no line is recorded",
    )  # fmt: skip


def test_status_tells_the_five_steps_of_an_exit_and_the_return(readers: list[Client]) -> None:
    steps = (
        "Appraised by the village", "Verified by the committees and the work team", "Consented to by the household",
        "Publicised in the village", "Announced",
    )  # fmt: skip
    columns = ("Date", "Status before", "Status", "Decided by", *steps)

    back, out = (told(book(readers[2], number)["status"], *columns) for number in ("H6", "H1"))

    first = ("2014-05-01", "not on the register", "registered as poor", "as registered", *("—",) * 5)
    office = "the county's office"
    assert out == [
        first,
        (
            "2021-12-15", "registered as poor", "exited from poverty", office,
            "2021-12-02", "2021-12-03", "2021-12-04", "2021-12-05", "2021-12-06",
        ),
    ]  # fmt: skip
    assert back == [
        first,
        (
            "2020-12-31", "registered as poor", "exited from poverty", office,
            "2020-12-02", "2020-12-03", "2020-12-04", "2020-12-05", "2020-12-06",
        ),
        ("2022-05-01", "exited from poverty", "registered as poor", office, *("—",) * 5),
    ]  # fmt: skip


def test_register_has_all_nine_on_the_page_and_in_the_file_and_counts_each_person_once(readers: list[Client]) -> None:
    for client in readers:
        listed = page(client, "/households/")["households"]
        file = taken(client, "/reports/household-register.csv")

        assert told(listed, "Household number", "Village", "Status", "Status since", "Persons", "Per capita") == [
            ("H1", "A村村", "exited from poverty", "2021-12-15", "2", "7,000.00"),
            ("H3", "A村村", "registered as poor", "2014-05-01", "2", "7,000.00"),
            ("H9", "A村村", "registered as poor", "2021-03-01", "2", "4,500.00"),
            ("H2", "B村村", "registered as poor", "2014-05-01", "3", "6,000.00"),
            ("H4", "B村村", "merged into another household", "2021-07-01", "0", "3,500.00"),
            ("H5", "B村村", "registered as poor", "2014-05-01", "5", "6,000.00"),
            ("H6", "B村村", "registered as poor", "2022-05-01", "1", "3,200.00"),
            ("H7", "B村村", "registered as poor", "2014-05-01", "4", "5,000.00"),
            ("H8", "B村村", "registered as poor", "2014-05-01", "2", "4,500.00"),
        ]
        # 2 + 2 + 2 + 3 + 0 + 5 + 1 + 4 + 2: the 21 who were there at first.
        assert [row[0] for row in told(file, "Persons")] == ["2", "2", "2", "3", "0", "5", "1", "4", "2", "21"]
        assert (file.total or {})["Persons"] == str(sum([2, 3, 4, 2, 3, 1, 4, 2]))


def test_file_of_incomes_has_each_record_that_holds_in_the_village_of_its_year(readers: list[Client]) -> None:
    columns = ("Division code", "Household number", "Year", "Persons", "Net income", "Per capita")

    file = told(taken(readers[1], "/reports/incomes.csv"), *columns)

    a, b, c = (VILLAGES[name] for name in "ABC")
    assert len(file) == 31 + 1
    assert [row for row in file if row[1] == "H7"] == [
        (b, "H7", "2022", "4", "20000.00", "5000.00"),
        (c, "H7", "2019", "4", "10000.00", "2500.00"),
        (c, "H7", "2020", "4", "14000.00", "3500.00"),
        (c, "H7", "2021", "4", "16000.00", "4000.00"),
    ]
    assert [row[0] for row in file if row[1] == "H2"] == [a, b, b, b]
    assert file[-1][3:] == ("82", "362200.00", "4417.07")


def test_sharp_fall_of_income_warns_of_the_household_that_came_back(readers: list[Client]) -> None:
    columns = ("Household number", "Warning", "Year of the income", "Per capita", "A year before", "Fell by")

    shown = page(readers[0], "/households/warnings/")["early-warnings"]

    # (5,500 − 3,200) ÷ 5,500
    assert told(shown, *columns) == [("H6", "income fell sharply", "2022", "3,200.00", "5,500.00", "41.8")]


# --- whom projects reach --------------------------------------------------------------------------------------


def test_reach_of_projects_counts_each_once_on_pages_and_in_the_file(readers: list[Client]) -> None:
    by_year = ("Year", "Households", "Persons", "Enrolments", "Received", "Amount not known")

    for client in readers:
        plant, road = (page(client, f"/projects/{code}/")["reach-by-year"] for code in ("PLANT", "ROAD"))
        file = taken(client, "/reports/reach-by-project.csv")

        # 2021: the two who left H3 for H9 are of both, but are two persons. In all: the four of H3, the five of H5,
        # two of whom are those of H4.
        assert told(plant, *by_year) == [
            ("2020", "2", "6", "2", "600.00", "0"),
            ("2021", "2", "4", "2", "500.00", "0"),
            ("2022", "1", "5", "1", "—", "1"),
            ("Total", "4", "9", "5", "1,100.00", "1"),
        ]
        assert told(road, *by_year)[0] == ("2021", "1", "1", "1", "3,000.00", "0")
        # Who is in both projects is one of nine: 9 and not 9 + 1.
        assert told(file, "Project code", *by_year[1:]) == [
            ("PLANT", "4", "9", "5", "1100.00", "1"),
            ("ROAD", "1", "1", "1", "3000.00", "0"),
            ("Total", "4", "9", "6", "4100.00", "1"),
        ]


def test_reach_asked_for_in_any_way_counts_distinct_persons(readers: list[Client]) -> None:
    by_hand: list[tuple[dict[str, Any], str, str]] = [
        ({}, "4", "9"),
        ({"year": 2020}, "2", "6"),  # H3 with 4, H4 with 2
        ({"year": 2021, "area": VILLAGES["A"]}, "2", "4"),  # H3 and H9
        ({"year": 2021, "area": VILLAGES["B"]}, "1", "1"),  # one member of H5, by the road
        ({"area": VILLAGES["B"], **RECORDED}, "2", "5"),  # H4, and H5 with the two of H4
        ({"area": VILLAGES["C"]}, "0", "0"),
        ({"project": "ROAD"}, "1", "1"),
        ({"of": "role:dividend"}, "4", "9"),
    ]
    slugs = ("enrolled-households", "enrolled-persons")

    for client in readers:
        found = [(asked, *(opened(client, slug, **asked)[0] for slug in slugs)) for asked, *_numbers in by_hand]
        assert found == by_hand


def test_benefits_stand_beside_the_ledger_that_has_nothing(readers: list[Client]) -> None:
    columns = (
        "Project code",
        "Year",
        "Received by households",
        "Disbursed",
        "Disbursed less received",
        "How they compare",
    )

    file = taken(readers[0], "/reports/benefits-by-project.csv")

    assert told(file, *columns) == [
        ("PLANT", "2020", "600.00", "", "-600.00", "nothing disbursed"),  # 400 + 200
        ("PLANT", "2021", "500.00", "", "-500.00", "nothing disbursed"),  # 250 + 250
        ("PLANT", "2022", "", "", "", "not comparable: amounts are not known"),
        ("ROAD", "2021", "3000.00", "", "-3000.00", "nothing disbursed"),
        ("Total", "", "4100.00", "", "", ""),
    ]
    assert told(page(readers[0], f"/areas/{TOWNSHIP}/")["projects"], "Place") == [("A村村",), ("B村村",)]

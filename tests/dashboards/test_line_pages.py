"""The lines on the income page, and what became of each."""

from decimal import Decimal

from alleviation.accounts.models import User
from beneficiaries import actions
from beneficiaries.models import PovertyLine
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import PovertyLineFactory


def test_lines_stand_with_their_kind_area_concept_and_prices(manager: User, heishui: Division) -> None:
    PovertyLineFactory(year=2021, kind="monitoring", division=heishui.ancestors[0], price_base="prices of 2021")
    PovertyLineFactory(year=2018, amount=Decimal("2995.00"), qualifier="about")

    table = signed_in(manager).get("/income/").context["tables"]["poverty_lines"].table

    assert [
        (row["year"], row["kind"], row["area"], row["amount"].words("CNY"), row["concept"], row["price_base"])
        for row in table.rows
    ] == [
        (2021, "monitoring line", "Sichuan Province", "RMB 3,000", "disposable income", "prices of 2021"),
        (2018, "poverty line", "Nation", "about RMB 2,995", "disposable income", ""),
    ]


def test_trail_of_a_line_tells_who_changed_what(manager: User, administrator: User) -> None:
    line = PovertyLine(year=2018, amount=Decimal("2995.00"), concept="disposable", source="a bulletin")
    actions.set_line(line, by=administrator)
    line.amount = Decimal("3000.00")
    actions.set_line(line, by=administrator)

    table = signed_in(manager).get("/income/").context["tables"]["poverty_lines"].table
    (row,) = table.rows
    page = signed_in(manager).get(row["_urls"]["kind"])

    assert page.context["title"] == "poverty line, Nation, 2018"
    latest = page.context["happenings"][0]
    assert (latest.actor, [(told.before, told.after) for told in latest.changes]) == (
        "administrator",
        [("2,995.00", "3,000.00")],
    )
    assert "administrators, as reference data" in page.content.decode()


def test_line_is_proved_by_its_source_and_by_no_file(clerk: User, administrator: User) -> None:
    line = PovertyLineFactory()

    page = signed_in(clerk).get(f"/records/beneficiaries.povertyline/{line.pk}/")
    attached = signed_in(clerk).post(f"/evidence/attach/beneficiaries.povertyline/{line.pk}/")

    assert 'id="evidence"' not in page.content.decode()
    assert attached.status_code == 404
    assert signed_in(clerk).get("/records/beneficiaries.povertyline/0/").status_code == 404

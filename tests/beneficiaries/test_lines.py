"""The national poverty lines that come with the project; other years and provinces are the user's to enter."""

from decimal import Decimal

import pytest

from alleviation.audit.models import AuditEvent
from beneficiaries.actions import set_line
from beneficiaries.imports.reference import load_lines
from beneficiaries.models import PovertyLine
from beneficiaries.rollups import poverty_lines
from tests.factories import place

BY = "manage.py test"

pytestmark = pytest.mark.django_db


def of(year: int) -> PovertyLine:
    return PovertyLine.objects.national().get(year=year)


def test_lines_are_loaded_with_their_concept_and_qualifier():
    number = load_lines(by=BY)

    lines = PovertyLine.objects.order_by("year").values_list("year", "amount", "qualifier", "concept")
    assert number == 8
    assert list(lines) == [
        (2010, Decimal("2300.00"), "exact", "net"),
        (2011, Decimal("2536.00"), "exact", "net"),
        (2012, Decimal("2625.00"), "exact", "net"),
        (2013, Decimal("2736.00"), "exact", "net"),
        (2014, Decimal("2800.00"), "exact", "disposable"),
        (2015, Decimal("2855.00"), "exact", "disposable"),
        (2016, Decimal("2952.00"), "exact", "disposable"),
        (2020, Decimal("4000.00"), "about", "disposable"),
    ]


def test_every_line_states_its_source_and_prices():
    load_lines(by=BY)

    assert not PovertyLine.objects.filter(source="").exists()
    assert not PovertyLine.objects.filter(price_base="").exists()
    assert of(2010).price_base == "2010 constant prices"


def test_loading_again_changes_nothing():
    load_lines(by=BY)
    before = list(PovertyLine.objects.values_list())

    load_lines(by=BY)

    assert list(PovertyLine.objects.values_list()) == before
    assert AuditEvent.objects.count() == 8


def test_line_that_a_person_corrected_stays(administrator):
    load_lines(by=BY)
    line = of(2016)
    line.amount = Decimal("3000.00")
    set_line(line, by=administrator)

    load_lines(by=BY)

    assert of(2016).amount == Decimal("3000.00")


def test_line_that_a_person_entered_first_stays(administrator):
    theirs = PovertyLine(year=2014, amount=Decimal("2801.00"), concept="disposable", source="a circular")
    set_line(theirs, by=administrator)

    load_lines(by=BY)

    assert (of(2014).amount, of(2014).source) == (Decimal("2801.00"), "a circular")


def test_provincial_line_stands_beside_the_national_one(administrator, everything):
    sichuan = place("51", "四川省")
    theirs = PovertyLine(
        year=2016, division=sichuan, amount=Decimal("3100.00"), concept="disposable", source="a circular"
    )
    set_line(theirs, by=administrator)

    load_lines(by=BY)

    assert of(2016).amount == Decimal("2952.00")
    assert poverty_lines(everything)[2016].amount == Decimal("2952.00")


def test_year_without_a_line_gets_none(everything):
    load_lines(by=BY)

    assert sorted(poverty_lines(everything)) == [2010, 2011, 2012, 2013, 2014, 2015, 2016, 2020]

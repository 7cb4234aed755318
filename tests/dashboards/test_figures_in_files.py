"""What a published figure brings along into a file: its bounds, qualifier, unit, basis and status."""

import pytest

from alleviation.accounts.models import User
from alleviation.common.csv_out import csv_rows
from alleviation.common.query import Query
from alleviation.common.tables import Kind
from alleviation.reports.catalogue import BY_SLUG
from tests.conftest import signed_in
from tests.factories import ClaimFactory, ClaimRelationFactory


@pytest.fixture
def rent(db: None) -> None:
    facts = {"measure": "Y", "basis": "per person per year", "status": "expected", "attribute": "land-rent income"}
    rent = ClaimFactory(code="A19", qualifier="about", low=2640, high=2640, unit="CNY", **facts)
    rival = ClaimFactory(code="Z99", qualifier="over", low=2600, unit="CNY", **facts)
    ClaimRelationFactory(one=rent, other=rival, kind="same")


def test_claims_report_tells_all_of_a_figure(rent: None, everything: Query) -> None:
    report = BY_SLUG["claims"]

    head, line, _rival = csv_rows(report.columns, report.rows(everything))

    told = dict(zip(head, line, strict=True))
    names = ("Figure: qualifier", "Figure: low", "Figure: high", "Unit", "Basis", "Status")
    assert [told[name] for name in names] == ["about", "2640.00", "2640.00", "yuan", "per person per year", "expected"]


@pytest.mark.parametrize("address", ["/claims/", "/claims/A19/", "/funding/"])
def test_tables_of_claims_tell_unit_basis_and_status_in_their_files(rent: None, manager: User, address: str) -> None:
    panels = signed_in(manager).get(address).context["tables"].values()
    with_units = [one.table for one in panels if any(c.kind is Kind.FIGURE and c.unit_key for c in one.table.columns)]
    # What is derived from claims has no status: no document says so.
    of_claims = [one for one in with_units if one.slug != "derived"]

    heads = [next(csv_rows(one.columns, one.rows)) for one in of_claims]

    assert heads != []
    assert [{"Unit", "Basis", "Status"} - set(head) for head in heads] == [set()] * len(heads)

"""Each way in which a form, a search or a file may name a record of another area: it is as if there were none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import RequestFactory

from alleviation.accounts.asking import asked_by
from alleviation.accounts.models import User
from alleviation.accounts.scope import ScopedQuerySet
from beneficiaries.models import Household
from projects.imports.ledger import LedgerImport
from projects.imports.projects import ProjectImport
from projects.models import Milestone
from tests.admin_pages import errors, page, submit
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory
from tests.imports.sheets import sheet_of
from tests.security.conftest import World, body

MISSING = 10**9
NOT_FREE = "This is not free. Choose another."
LEDGER = {
    "kind": "allocation", "year": "2019", "date": "2019-05-31", "amount": "100.00",
    "source_code": "PUBLIC-source", "village_code": "513228212205", "voucher_no": "A-1",
}  # fmt: skip
ROAD = {"name": "A road", "kind": "road", "status": "planned"}


@pytest.fixture
def asked(rf: RequestFactory, clerk: User) -> HttpRequest:
    """A request of the clerk's, on its way to a form."""
    request = rf.get("/")
    request.user = clerk
    return request


def fields_that_name_records(request: HttpRequest) -> Iterator[tuple[str, forms.ModelChoiceField]]:
    """Each field of a form of the admin, inlines included, by which a record of an area is named."""
    for model, a_page in admin.site._registry.items():
        pages: list[Any] = (
            [a_page, *a_page.get_inline_instances(request)] if a_page.has_add_permission(request) else []
        )
        for one in pages:
            form = one.get_formset(request).form if hasattr(one, "formset") else one.get_form(request)
            for name, field in form.base_fields.items():
                if isinstance(field, forms.ModelChoiceField) and isinstance(field.queryset, ScopedQuerySet):
                    yield f"{model._meta.model_name}/{one.model._meta.model_name}.{name}", field


def told(field: forms.ModelChoiceField, number: int) -> list[str]:
    """What a field says to a record's number; nothing where it takes it."""
    try:
        field.clean(number)
    except ValidationError as error:
        return error.messages
    return []


def test_a_foreign_key_in_a_form_is_answered_like_a_missing_one(world: World, clerk: User, asked: HttpRequest):
    own_of, theirs = world.own.records, world.foreign.records
    records = {type(one): (own_of[name], one) for name, one in theirs.items()}
    judged = []

    with asked_by(clerk):
        for where, field in fields_that_name_records(asked):
            own, foreign = records[field.queryset.model]
            assert (where, told(field, foreign.pk)) == (where, told(field, MISSING))
            assert (where, told(field, own.pk), told(field, foreign.pk)) == (where, [], [NONE])
            judged.append(where)

    assert {
        "ledgerentry/ledgerentry.project", "pledge/pledge.project", "pledge/pledge.revises", "claim/claim.alliance",
        "alliance/allianceactivity.project", "household/enrolment.project",
    } <= set(judged)  # fmt: skip


NONE = "There is no such record in your area."


def test_a_place_outside_the_area_is_answered_like_a_missing_one(world: World, clerk: User):
    client, address = signed_in(clerk), page("projects_project", "add")
    foreign, missing = (
        errors(submit(client, address, **ROAD, code="NEW", division=number))["division"]
        for number in (world.foreign.village.pk, MISSING)
    )

    assert foreign == missing == [NONE]


def test_no_autocomplete_finds_a_foreign_record(world: World, clerk: User, asked: HttpRequest):
    client, found = signed_in(clerk), {}
    for model, a_page in admin.site._registry.items():
        for one in [a_page, *a_page.get_inline_instances(asked)]:
            for name in one.autocomplete_fields:
                asks = {"app_label": one.model._meta.app_label, "model_name": one.model._meta.model_name}
                for term in ("FOREIGN", "OWN"):
                    query = {**asks, "field_name": name, "term": term, "to_field": "name", "forward": "{}"}
                    found[model, one.model, name, term] = client.get("/admin/autocomplete/", query)

    said = " ".join(body(response) for response in found.values())
    assert {response.status_code for response in found.values()} <= {200, 403}
    # Names of places are public.
    assert "FOREIGN" not in said.replace("FOREIGN-village", "")
    assert "OWN-project" in said


def test_a_row_of_another_record_is_not_changed_in_an_inline_form(world: World, clerk: User):
    foreign = world.foreign.records["milestone"]
    address = page("projects_project", "change", world.own.records["project"].pk)

    response = submit(signed_in(clerk), address, **{"milestones-0-id": foreign.pk, "milestones-0-title": "Taken over"})

    assert response.status_code == 200
    assert "FOREIGN" not in body(response)
    assert Milestone.objects.get(pk=foreign.pk).title == "FOREIGN-milestone"


def test_a_list_action_leaves_out_foreign_rows(world: World, clerk: User):
    theirs = LedgerEntryFactory(division=world.foreign.village, state="draft", note="FOREIGN-draft")
    data = {"action": "submit", "_selected_action": [theirs.pk], "index": "0"}

    said = body(signed_in(clerk).post(page("projects_ledgerentry") + "?state=all", data, follow=True))

    theirs.refresh_from_db()
    assert theirs.state == "draft"
    assert "FOREIGN-draft" not in said


@pytest.mark.parametrize("code", ["OWN-P", "FOREIGN-P"])
def test_a_code_that_is_taken_is_told_in_the_same_words_wherever(world: World, clerk: User, zhawo, code: str):
    response = submit(
        signed_in(clerk), page("projects_project", "add"), **ROAD, code=code, division=world.own.village.pk
    )

    assert errors(response) == {"code": [NOT_FREE]}


def faults(an_import: Any, folder: Path, by: User, **cells: str) -> list[tuple[str | None, str, str]]:
    """(column, code, words) of what is wrong with a file of one row."""
    path = folder / f"{cells['project_code']}.csv"
    path.write_text(",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    with asked_by(by), sheet_of(an_import, path, by) as sheet:
        an_import.check(sheet)
        return [(one.column, one.code, one.message) for one in sheet.ordered_faults()]


def test_a_foreign_code_in_a_file_is_answered_like_a_missing_one(world: World, clerk: User, tmp_path: Path):
    foreign, missing, own = (
        faults(LedgerImport(), tmp_path, clerk, **LEDGER, project_code=code)
        for code in ("FOREIGN-P", "MISSING-P", "OWN-P")
    )

    assert foreign == missing
    assert [code for _column, code, _words in missing] == ["no_such_project"]
    assert own == []


def test_a_file_is_told_no_more_of_a_code_than_that_it_is_taken(world: World, clerk: User, tmp_path: Path):
    road = {"name": "A road", "kind": "road", "status": "planned", "village_code": "513228212205"}

    found = faults(ProjectImport(), tmp_path, clerk, project_code="FOREIGN-P", **road)

    assert found == [("project_code", "taken", NOT_FREE)]


def test_a_search_by_letters_does_not_tell_of_foreign_households(world: World, clerk: User):
    """Whether letters are taken for a number or for initials is asked of one's own households alone."""
    with_theirs = body(signed_in(clerk).get("/admin/beneficiaries/household/?q=FOREIGN"))
    Household.objects.filter(pk=world.foreign.records["household"].pk).update(number="9")
    without = body(signed_in(clerk).get("/admin/beneficiaries/household/?q=FOREIGN"))

    assert ("FOREIGN-household" in with_theirs, lines(with_theirs)) == (False, lines(without))


def lines(said: str) -> list[str]:
    return [one for one in said.splitlines() if "csrf" not in one and "stamp" not in one and "nonce" not in one]

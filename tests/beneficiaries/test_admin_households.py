"""Households in the admin: names and numbers go in, and nothing but a masked name and last digits comes out."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from alleviation.audit.models import AuditEvent
from alleviation.audit.values import is_sealed
from beneficiaries import actions
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, PersonNumber, PovertyLine
from tests.admin_pages import errors, listed, page, shown, submit, typed
from tests.closings import closed
from tests.conftest import signed_in
from tests.factories import (
    HouseholdFactory,
    IncomeRecordFactory,
    OfficialFactory,
    PersonFactory,
    ProjectFactory,
    StatusChangeFactory,
    UserFactory,
    VisitFactory,
)

# Made-up numbers with a right check digit.
ONE = "11010519491231002X"
OTHER = "440524188001010014"
MEMBER = {"persons-TOTAL_FORMS": 1, "persons-0-new_name": "王小明", "persons-0-relation": "head"}
INCOME = {
    "incomes-TOTAL_FORMS": 1,
    "incomes-0-year": 2019,
    "incomes-0-persons": 4,
    "incomes-0-wage_income": "10000.50",
    "incomes-0-business_income": "0",
    "incomes-0-property_income": "0",
    "incomes-0-transfer_income": "300",
    "incomes-0-expenses": "100.50",
}


def test_household_is_entered_with_its_members_and_income(county_clerk, ruoduo):
    fields = {"village": ruoduo.pk, "number": "H1", **MEMBER, "persons-0-id_number": ONE, **INCOME}

    submit(signed_in(county_clerk), page("beneficiaries_household", "add"), **fields)

    household = Household.objects.get()
    person, income = Person.objects.get(), IncomeRecord.objects.get()
    assert (person.household, person.name, person.id_tail) == (household, "王小明", "002X")
    assert (income.village, income.net_income) == (ruoduo, Decimal("10200.00"))
    assert list(AuditEvent.objects.order_by("id").values_list("subject_type", "actor")) == [
        ("beneficiaries.household", "clerk-of-heishui"),
        ("beneficiaries.person", "clerk-of-heishui"),
        ("beneficiaries.incomerecord", "clerk-of-heishui"),
    ]


@pytest.mark.slow
def test_household_with_a_history_that_is_only_read_is_changed(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    StatusChangeFactory(household=household)
    address = page("beneficiaries_household", "change", household.pk)

    sent = submit(signed_in(county_clerk), address, **INCOME)

    assert (sent.status_code, IncomeRecord.objects.get().net_income) == (302, Decimal("10200.00"))


def test_identity_number_goes_in_and_never_comes_out(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", household.pk)

    submit(client, address, **MEMBER, **{"persons-0-id_number": ONE})

    html = client.get(address).content.decode()
    assert "****002X" in html
    assert ONE not in html
    assert ONE not in str(list(AuditEvent.objects.values())) + str(list(PersonNumber.objects.values()))


@pytest.mark.slow
def test_name_is_kept_out_of_the_trail(county_clerk, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), name="王小明")
    address = page("beneficiaries_household", "change", person.household_id)

    submit(signed_in(county_clerk), address, **{"persons-0-new_name": "李小红"})

    event = AuditEvent.objects.get(verb="changed")
    person.refresh_from_db()
    assert person.name == "李小红"
    assert (event.subject, list(event.before), list(event.after)) == (f"#{person.pk}", ["name"], ["name"])
    assert is_sealed(event.before["name"])


@pytest.mark.slow
def test_number_of_another_person_is_refused_at_its_field(county_clerk, ruoduo):
    client = signed_in(county_clerk)
    first, second = HouseholdFactory(village=ruoduo), HouseholdFactory(village=ruoduo)
    number = {"persons-0-id_number": ONE}
    submit(client, page("beneficiaries_household", "change", first.pk), **MEMBER, **number)

    response = submit(client, page("beneficiaries_household", "change", second.pk), **MEMBER, **number)

    (message,) = errors(response)["persons-0-id_number"]
    assert message.startswith("A person with this identity number is registered already, in household ")
    assert list(Person.objects.values_list("household", flat=True)) == [first.pk]


@pytest.mark.slow
def test_wrong_check_digit_is_refused_at_its_field(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    address = page("beneficiaries_household", "change", household.pk)

    response = submit(signed_in(county_clerk), address, **MEMBER, **{"persons-0-id_number": ONE[:-1] + "1"})

    assert errors(response) == {
        "persons-0-id_number": ["This is not a resident identity number: check its 18 digits."],
    }


@pytest.mark.slow
def test_second_income_of_a_year_is_refused(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=household, year=2019)
    again = {key.replace("-0-", "-1-"): value for key, value in INCOME.items()} | {"incomes-TOTAL_FORMS": 2}

    response = submit(signed_in(county_clerk), page("beneficiaries_household", "change", household.pk), **again)

    assert response.status_code == 200
    assert IncomeRecord.objects.count() == 1


@pytest.mark.slow
def test_village_outside_the_area_is_refused_at_the_village(clerk, zhawo, erniunai):
    response = submit(signed_in(clerk), page("beneficiaries_household", "add"), village=erniunai.pk, number="H1")

    assert list(errors(response)) == ["village"]
    assert not Household.objects.exists()


def test_list_shows_no_names(county_clerk, ruoduo):
    PersonFactory(household=HouseholdFactory(village=ruoduo, number="H77"), name="王小明")
    client = signed_in(county_clerk)

    text = shown(client.get(page("beneficiaries_household")))

    assert "H77" in text
    assert "王小明" not in text


def test_names_are_no_way_to_find_a_household(county_clerk, ruoduo):
    PersonFactory(household=HouseholdFactory(village=ruoduo, number="H77"), name="王小明")
    client = signed_in(county_clerk)

    assert listed(client, "beneficiaries_household", "?q=王小明") == []
    assert listed(client, "beneficiaries_household", "?q=H77") == ["H77"]
    assert client.get(page("beneficiaries_household") + "?persons__name__startswith=王").status_code == 400
    assert client.get(page("beneficiaries_household") + "?persons__id_tail=002X").status_code == 400


def test_households_of_the_own_area_only(clerk, stranger, ruoduo, erniunai):
    HouseholdFactory(village=ruoduo, number="H1")
    foreign = HouseholdFactory(village=erniunai, number="H2")

    assert listed(signed_in(clerk), "beneficiaries_household") == ["H1"]
    assert listed(signed_in(stranger), "beneficiaries_household") == []
    assert signed_in(clerk).get(page("beneficiaries_household", "change", foreign.pk)).status_code == 404


@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_households_are_closed_to_those_without_the_right(request, who, ruoduo):
    HouseholdFactory(village=ruoduo)

    response = signed_in(request.getfixturevalue(who)).get(page("beneficiaries_household"))

    assert response.status_code == 403


def test_auditor_reads_a_household_without_changing_it(auditor, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), name="王小明")
    client, address = signed_in(auditor), page("beneficiaries_household", "change", person.household_id)

    assert "王** head" in shown(client.get(address))
    assert client.post(address, {"number": "H9"}).status_code == 403


def test_line_is_set_by_an_administrator(administrator):
    fields = {"kind": "poverty", "year": 2021, "qualifier": "about", "amount": "4000", "concept": "disposable"}

    submit(signed_in(administrator), page("beneficiaries_povertyline", "add"), **fields, source="made up")

    assert PovertyLine.objects.get().figure.words("CNY") == "about RMB 4,000"
    assert AuditEvent.objects.get().actor == "administrator"


# Session, user, example banner, count, rows with their villages.
@pytest.mark.parametrize("rows", [1, 3, 30])
def test_list_of_households_asks_as_often_whatever_its_length(county_clerk, ruoduo, django_assert_num_queries, rows):
    HouseholdFactory.create_batch(rows, village=ruoduo)
    client = signed_in(county_clerk)

    with django_assert_num_queries(5):
        client.get(page("beneficiaries_household"))


@pytest.fixture
def earning(ruoduo) -> IncomeRecord:
    """A household's recorded income of 2019."""
    return IncomeRecordFactory(household=HouseholdFactory(village=ruoduo, number="H77"), year=2019)


def opened(client, household) -> dict[str, object]:
    """The page of a household as somebody has it before them."""
    data = typed(client.get(page("beneficiaries_household", "change", household.pk)))
    return {name: "" if value is None else value for name, value in data.items()}


@pytest.mark.parametrize("who", ["clerk", "reviewer", "auditor"])
@pytest.mark.slow
def test_a_page_reveals_nobody_and_so_leaves_no_event(request, who, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), name="王小明", born_on=date(1961, 4, 5))
    Person.objects.filter(pk=person.pk).update(id_tail="002X", account_tail="4321")
    address = page("beneficiaries_household", "change", person.household_id)

    html = signed_in(request.getfixturevalue(who)).get(address).content.decode()

    assert all(shown in html for shown in ("王**", "****002X", "****4321"))
    assert not any(hidden in html for hidden in ("王小明", "小明", "1961-04-05", "04/05"))
    assert not AuditEvent.objects.exists()


def test_who_is_refused_a_household_reveals_nothing(stranger, manager, clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    address = page("beneficiaries_household", "change", household.pk)

    statuses = [signed_in(user).get(address).status_code for user in (stranger, manager)]
    signed_in(clerk).get(page("beneficiaries_household", "add"))
    signed_in(clerk).get(page("beneficiaries_household"))

    assert statuses == [404, 403]
    assert not AuditEvent.objects.exists()


@pytest.mark.slow
def test_to_look_at_a_household_makes_nobodys_page_old(county_clerk, auditor, ruoduo):
    household = HouseholdFactory(village=ruoduo, number="H77")
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", household.pk)
    mine = opened(client, household)
    signed_in(auditor).get(address)

    response = client.post(address, mine | {"number": "H78", "category": "general"})

    assert (response.status_code, Household.objects.get().number) == (302, "H78")


@pytest.mark.slow
def test_a_recorded_income_is_corrected_by_a_record_of_its_own(county_clerk, earning):
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", earning.household_id)

    submit(client, address, **{"incomes-0-wage_income": "12000", "incomes-0-reason": "A digit was wrong"})

    old, new = IncomeRecord.objects.order_by("pk")
    rows = typed(client.get(address))
    assert (old.pk, old.wage_income, old.superseded_at is None) == (earning.pk, Decimal("10000.00"), False)
    assert (new.wage_income, new.superseded_at) == (Decimal("12000.00"), None)
    assert (rows["incomes-TOTAL_FORMS"], rows["incomes-0-id"]) == (1, new.pk)


@pytest.mark.slow
def test_a_correction_without_a_reason_is_asked_for_it_at_the_row(county_clerk, earning):
    address = page("beneficiaries_household", "change", earning.household_id)

    response = submit(signed_in(county_clerk), address, **{"incomes-0-wage_income": "12000"})

    assert errors(response) == {"incomes-0-reason": ["Say why the recorded income is corrected."]}
    assert IncomeRecord.objects.get().wage_income == Decimal("10000.00")


@pytest.mark.slow
def test_a_new_income_needs_no_reason(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)

    submit(signed_in(county_clerk), page("beneficiaries_household", "change", household.pk), **INCOME)

    assert IncomeRecord.objects.get().reason == ""


@pytest.mark.slow
def test_who_corrects_an_income_that_was_corrected_meanwhile_is_told_and_chooses(county_clerk, earning):
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", earning.household_id)
    mine = opened(client, earning.household) | {"incomes-0-wage_income": "12000", "incomes-0-reason": "The payslip"}
    colleague = UserFactory(username="colleague", role="clerk", area="513228")
    theirs = IncomeRecord.objects.get()
    theirs.wage_income, theirs.reason = Decimal("11000.00"), "A digit was wrong"
    actions.record_income(theirs, by=colleague)

    told = client.post(address, mine)
    kept = list(IncomeRecord.objects.standing().values_list("wage_income", flat=True))
    again = client.post(address, {name: "" if v is None else v for name, v in typed(told).items()})

    (message,) = errors(told)["incomes-0-__all__"]
    assert message.startswith("colleague changed this on ")
    assert "wage income: 11000.00" in message
    assert (kept, again.status_code) == ([Decimal("11000.00")], 302)
    assert list(IncomeRecord.objects.order_by("pk").values_list("wage_income", "reason")) == [
        (Decimal("10000.00"), ""),
        (Decimal("11000.00"), "A digit was wrong"),
        (Decimal("12000.00"), "The payslip"),
    ]


@pytest.mark.slow
def test_who_left_a_row_alone_does_not_undo_its_correction(county_clerk, earning):
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", earning.household_id)
    mine = opened(client, earning.household) | {"number": "H78"}
    theirs = IncomeRecord.objects.get()
    theirs.wage_income, theirs.reason = Decimal("11000.00"), "A digit was wrong"
    actions.record_income(theirs, by="colleague")

    client.post(address, mine)

    assert [income.wage_income for income in IncomeRecord.objects.standing()] == [Decimal("11000.00")]


@pytest.mark.slow
def test_two_who_rename_one_person_are_told_without_the_name(county_clerk, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), name="王小明")
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", person.household_id)
    mine = opened(client, person.household) | {"persons-0-new_name": "李小红"}
    person.name = "王大明"
    actions.register_person(person, by="colleague")

    response = client.post(address, mine)

    (message,) = errors(response)["persons-0-__all__"]
    assert "name: (not told)" in message
    assert Person.objects.get().name == "王大明"


@pytest.mark.slow
def test_a_closed_year_is_told_at_the_row(county_clerk, reviewer, earning):
    closed(reviewer, year=2019)
    fields = {"incomes-0-wage_income": "12000", "incomes-0-reason": "A digit was wrong"}

    response = submit(
        signed_in(county_clerk), page("beneficiaries_household", "change", earning.household_id), **fields
    )

    assert list(errors(response)) == ["incomes-0-year"]
    assert IncomeRecord.objects.get().wage_income == Decimal("10000.00")


@pytest.mark.slow
def test_what_changes_by_what_happens_is_read_only_on_a_household(county_clerk, ruoduo, xili):
    household = HouseholdFactory(village=ruoduo, number="H77")
    fields = {"village": xili.pk, "status": "exited", "status_since": "2020-01-01", "category": "subsistence"}

    submit(signed_in(county_clerk), page("beneficiaries_household", "change", household.pk), **fields)

    household.refresh_from_db()
    assert (household.village, household.status, household.status_since) == (ruoduo, "registered", None)
    assert household.category == "subsistence"


@pytest.mark.slow
def test_all_the_register_asks_of_a_household_is_entered(county_clerk, ruoduo):
    facts = {
        "category": "general", "main_cause": "illness", "second_cause": "land", "housing": "C", "housing_area": "80",
        "water": "safe", "road": "gravel", "farmland": "3.25",
    }  # fmt: skip

    submit(signed_in(county_clerk), page("beneficiaries_household", "add"), village=ruoduo.pk, number="H1", **facts)

    household = Household.objects.get()
    assert {name: str(getattr(household, name)) for name in facts} == facts


@pytest.mark.slow
def test_a_cause_named_twice_is_told_at_the_cause(county_clerk, ruoduo):
    fields = {"village": ruoduo.pk, "number": "H1", "main_cause": "illness", "second_cause": "illness"}

    response = submit(signed_in(county_clerk), page("beneficiaries_household", "add"), **fields)

    assert errors(response) == {"second_cause": ["The same cause is named twice."]}
    assert not Household.objects.exists()


@pytest.mark.slow
def test_a_name_typed_wrongly_is_asked_for_again_and_nothing_is_written(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    member = {**MEMBER, "persons-0-new_name": "", "persons-0-relation": "head"}

    response = submit(signed_in(county_clerk), page("beneficiaries_household", "change", household.pk), **member)

    assert errors(response) == {"persons-0-new_name": ["Enter the person's name."]}
    assert not Person.objects.exists()


@pytest.mark.slow
def test_a_member_keeps_the_name_that_nobody_types_anew(county_clerk, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), name="王小明", born_on=date(1961, 4, 5))
    address = page("beneficiaries_household", "change", person.household_id)

    submit(signed_in(county_clerk), address, **{"persons-0-health": "chronic"})

    person.refresh_from_db()
    assert (person.name, person.born_on, person.health) == ("王小明", date(1961, 4, 5), "chronic")


@pytest.mark.slow
def test_numbers_and_the_day_of_birth_are_typed_and_never_shown(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", household.pk)
    account, born = "622202020011", "1949-12-31"

    submit(
        client, address, **MEMBER,
        **{"persons-0-id_number": ONE, "persons-0-account_number": account, "persons-0-new_born_on": born},
    )  # fmt: skip

    person, html = Person.objects.get(), client.get(address).content.decode()
    assert (person.born_on, person.birth_year, person.id_tail) == (date(1949, 12, 31), 1949, "002X")
    assert person.account_tail == account[-4:]
    assert all(hidden not in html for hidden in ("王小明", ONE, account, born))


@pytest.mark.slow
def test_nothing_of_an_erased_person_is_typed_in_again(county_clerk, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo))
    Person.objects.filter(pk=person.pk).update(name="", erased_at=timezone.now())
    address = page("beneficiaries_household", "change", person.household_id)

    response = submit(signed_in(county_clerk), address, **{"persons-0-new_name": "王小明"})

    assert errors(response) == {"persons-0-new_name": ["This person was erased: this is not kept again."]}
    assert Person.objects.get().name == ""


@pytest.mark.slow
def test_a_part_in_a_project_is_that_of_a_member_chosen_by_a_masked_name(county_clerk, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), name="王小明")
    project = ProjectFactory(division=ruoduo)
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", person.household_id)
    part = {"project": project.pk, "role": "wage", "year": 2019, "amount": "800.00", "member": person.key}

    offered = client.get(address).content.decode()
    submit(client, address, **{"enrolments-TOTAL_FORMS": 1}, **{f"enrolments-0-{name}": v for name, v in part.items()})

    assert f'<option value="{person.key}">王** (head)</option>' in offered
    enrolment = Enrolment.objects.get()
    assert (enrolment.person_key, enrolment.amount) == (person.key, Decimal("800.00"))
    assert f'<option value="{person.key}" selected>' in client.get(address).content.decode()


@pytest.mark.slow
def test_who_looks_after_a_household_and_what_was_done_is_entered(county_clerk, ruoduo):
    household, official = HouseholdFactory(village=ruoduo), OfficialFactory()
    parts = {
        "responsibilities": {"official": official.pk, "from_on": "2019-01-01"},
        "visits": {"official": official.pk, "visited_on": "2019-05-01", "purpose": "harvest"},
        "measures": {"kind": "industry", "what": "seedlings", "begun_on": "2019-04-01", "cost": "300.00"},
        "expenses": {"kind": "medical", "spent_on": "2019-06-01", "amount": "9000.00", "covered": "4000.00"},
    }
    fields = {f"{part}-0-{name}": value for part, row in parts.items() for name, value in row.items()}
    totals = {f"{part}-TOTAL_FORMS": 1 for part in parts}

    submit(signed_in(county_clerk), page("beneficiaries_household", "change", household.pk), **fields, **totals)

    assert household.responsibilities.get().official == official
    assert household.visits.get().purpose == "harvest"
    assert household.measures.get().cost == Decimal("300.00")
    assert household.expenses.get().borne == Decimal("5000.00")


@pytest.mark.slow
def test_what_the_checker_said_stands_beside_the_income(county_clerk, reviewer, earning):
    actions.return_income(earning, note="The wages are twice those of 2018", by=reviewer)

    text = shown(signed_in(county_clerk).get(page("beneficiaries_household", "change", earning.household_id)))

    assert "returned with a note: The wages are twice those of 2018" in text


@pytest.mark.slow
def test_of_many_visits_the_newest_are_on_the_page_and_all_are_counted(county_clerk, ruoduo, monkeypatch):
    monkeypatch.setattr("beneficiaries.admin.care.VisitInline.newest", 2)
    household = HouseholdFactory(village=ruoduo)
    for month in (1, 2, 3):
        VisitFactory(household=household, visited_on=date(2019, month, 1))

    response = signed_in(county_clerk).get(page("beneficiaries_household", "change", household.pk))

    rows = typed(response)
    assert [rows[f"visits-{row}-visited_on"] for row in (0, 1)] == [date(2019, 3, 1), date(2019, 2, 1)]
    assert rows["visits-TOTAL_FORMS"] == 2
    assert "Visits (the newest 2 of 3)" in shown(response)

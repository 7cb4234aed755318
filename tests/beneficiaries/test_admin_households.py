"""Households in the admin: names on one household's page only, identity numbers nowhere."""

from decimal import Decimal

import pytest

from alleviation.audit.models import AuditEvent
from alleviation.audit.values import is_sealed
from beneficiaries import actions
from beneficiaries.models import Household, IncomeRecord, Person, PersonNumber, PovertyLine
from tests.admin_pages import errors, listed, page, shown, submit, typed
from tests.closings import closed
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory, PersonFactory, UserFactory

# Made-up numbers with a right check digit.
ONE = "11010519491231002X"
OTHER = "440524188001010014"
MEMBER = {"persons-TOTAL_FORMS": 1, "persons-0-name": "王小明", "persons-0-relation": "head"}
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


def test_identity_number_goes_in_and_never_comes_out(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", household.pk)

    submit(client, address, **MEMBER, **{"persons-0-id_number": ONE})

    html = client.get(address).content.decode()
    assert "****002X" in html
    assert ONE not in html
    assert ONE not in str(list(AuditEvent.objects.values())) + str(list(PersonNumber.objects.values()))


def test_name_is_kept_out_of_the_trail(county_clerk, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), name="王小明")
    address = page("beneficiaries_household", "change", person.household_id)

    submit(signed_in(county_clerk), address, **{"persons-0-name": "李小红"})

    event = AuditEvent.objects.get(verb="changed")
    person.refresh_from_db()
    assert person.name == "李小红"
    assert (event.subject, list(event.before), list(event.after)) == (f"#{person.pk}", ["name"], ["name"])
    assert is_sealed(event.before["name"])


def test_number_of_another_person_is_refused_at_its_field(county_clerk, ruoduo):
    client = signed_in(county_clerk)
    first, second = HouseholdFactory(village=ruoduo), HouseholdFactory(village=ruoduo)
    number = {"persons-0-id_number": ONE}
    submit(client, page("beneficiaries_household", "change", first.pk), **MEMBER, **number)

    response = submit(client, page("beneficiaries_household", "change", second.pk), **MEMBER, **number)

    assert errors(response) == {
        "persons-0-id_number": ["A person with this identity number is registered already."],
    }
    assert list(Person.objects.values_list("household", flat=True)) == [first.pk]


def test_wrong_check_digit_is_refused_at_its_field(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    address = page("beneficiaries_household", "change", household.pk)

    response = submit(signed_in(county_clerk), address, **MEMBER, **{"persons-0-id_number": ONE[:-1] + "1"})

    assert errors(response) == {
        "persons-0-id_number": ["This is not a resident identity number: check its 18 digits."],
    }


def test_second_income_of_a_year_is_refused(county_clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=household, year=2019)
    again = {key.replace("-0-", "-1-"): value for key, value in INCOME.items()} | {"incomes-TOTAL_FORMS": 2}

    response = submit(signed_in(county_clerk), page("beneficiaries_household", "change", household.pk), **again)

    assert response.status_code == 200
    assert IncomeRecord.objects.count() == 1


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

    assert "王小明" in shown(client.get(address))
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
def test_whoever_opens_the_names_of_a_household_is_in_the_trail(request, who, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo, number="H77"), name="王小明")
    user = request.getfixturevalue(who)

    signed_in(user).get(page("beneficiaries_household", "change", person.household_id))

    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.subject_type) == ("revealed", user.username, "beneficiaries.household")
    assert (event.subject, event.subject_id, event.before, event.after) == ("H77", person.household_id, {}, {})


def test_who_is_refused_a_household_reveals_nothing(stranger, manager, clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)
    address = page("beneficiaries_household", "change", household.pk)

    statuses = [signed_in(user).get(address).status_code for user in (stranger, manager)]
    signed_in(clerk).get(page("beneficiaries_household", "add"))
    signed_in(clerk).get(page("beneficiaries_household"))

    assert statuses == [404, 403]
    assert not AuditEvent.objects.exists()


def test_to_look_at_a_household_makes_nobodys_page_old(county_clerk, auditor, ruoduo):
    household = HouseholdFactory(village=ruoduo, number="H77")
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", household.pk)
    mine = opened(client, household)
    signed_in(auditor).get(address)

    response = client.post(address, mine | {"number": "H78"})

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


def test_a_correction_without_a_reason_is_asked_for_it_at_the_row(county_clerk, earning):
    address = page("beneficiaries_household", "change", earning.household_id)

    response = submit(signed_in(county_clerk), address, **{"incomes-0-wage_income": "12000"})

    assert errors(response) == {"incomes-0-reason": ["Say why the recorded income is corrected."]}
    assert IncomeRecord.objects.get().wage_income == Decimal("10000.00")


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


def test_two_who_rename_one_person_are_told_without_the_name(county_clerk, ruoduo):
    person = PersonFactory(household=HouseholdFactory(village=ruoduo), name="王小明")
    client, address = signed_in(county_clerk), page("beneficiaries_household", "change", person.household_id)
    mine = opened(client, person.household) | {"persons-0-name": "李小红"}
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

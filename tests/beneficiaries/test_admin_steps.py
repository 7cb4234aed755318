"""What happens to a household, each on a page of its own: right, wrong, foreign and forbidden."""

from datetime import date
from html import unescape

import pytest

from alleviation.audit.models import AuditEvent
from beneficiaries.models import Household, HouseholdMove, Person, StatusChange
from tests.admin_pages import page, said, shown, typed
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, MonitoringFactory, PersonFactory, StatusChangeFactory

FIVE = {
    "appraised_on": "2019-09-01",
    "verified_on": "2019-10-01",
    "consented_on": "2019-10-15",
    "publicised_on": "2019-11-01",
    "announced_on": "2019-12-01",
}


@pytest.fixture
def household(ruoduo) -> Household:
    """A registered household of three in Ruoduo."""
    made = HouseholdFactory(village=ruoduo, number="H77", status_since=date(2014, 1, 1))
    for name, relation in (("王小明", "head"), ("李小红", "spouse"), ("王大明", "child")):
        PersonFactory(household=made, name=name, relation=relation)
    return made


def address(household, step, query="") -> str:
    return page("beneficiaries_household", "step", household.pk, step) + query


def send(client, household, step, **fields):
    """Open the page of a step, fill it in, and send it."""
    version = client.get(address(household, step)).context["version"]
    return client.post(address(household, step), {"version": version, **fields}, follow=True)


def refused(response) -> dict[str, list[str]]:
    return {name: list(map(str, errors)) for name, errors in response.context["adminform"].form.errors.items()}


def test_a_household_moves_to_another_village(county_clerk, household, xili):
    fields = {"to": xili.pk, "on": "2020-05-01", "reason": "move", "number": "X1", "note": "to its fields"}

    response = send(signed_in(county_clerk), household, "move", **fields)

    household.refresh_from_db()
    assert said(response) == ["The household belongs to Xili Village now."]
    assert (household.village, household.number) == (xili, "X1")
    assert HouseholdMove.objects.get().from_number == "H77"


def test_a_taken_number_is_told_at_the_number_and_keeps_what_was_typed(county_clerk, household, xili):
    HouseholdFactory(village=xili, number="H77")
    fields = {"to": xili.pk, "on": "2020-05-01", "reason": "move", "note": "to its fields"}

    response = send(signed_in(county_clerk), household, "move", **fields)

    form = response.context["adminform"].form
    assert refused(response) == {"number": ["The village has a household of this number already."]}
    assert {name: form[name].value() for name in fields} == {**fields, "to": str(xili.pk)}
    assert not HouseholdMove.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.slow
def test_a_village_outside_the_area_is_no_village(clerk, household, erniunai):
    fields = {"to": erniunai.pk, "on": "2020-05-01", "reason": "move"}

    response = send(signed_in(clerk), household, "move", **fields)

    assert refused(response) == {"to": ["There is no such village in your area."]}
    assert not HouseholdMove.objects.exists()


@pytest.mark.slow
def test_an_exit_tells_its_five_steps(county_clerk, household):
    fields = {"status": "exited", "happened_on": "2019-12-31", "decided_by": "the county", **FIVE}

    send(signed_in(county_clerk), household, "status", **fields)

    household.refresh_from_db()
    assert (household.status, household.status_since) == ("exited", date(2019, 12, 31))
    assert StatusChange.objects.get(status="exited").announced_on == date(2019, 12, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"announced_on": ""}, "appraised_on"),
        ({"appraised_on": "2019-12-02"}, "appraised_on"),
        ({"status": "monitored"}, "appraised_on"),
        ({"happened_on": "2999-01-01"}, "happened_on"),
        ({"status": ""}, "status"),
    ],
)
def test_an_exit_without_its_steps_in_order_is_refused_at_a_field(county_clerk, household, wrong, place):
    fields = {"status": "exited", "happened_on": "2019-12-31", "decided_by": "the county", **FIVE, **wrong}

    response = send(signed_in(county_clerk), household, "status", **fields)

    assert place in refused(response)
    assert not StatusChange.objects.exists()


@pytest.mark.slow
def test_a_household_is_split_by_masked_names(county_clerk, household):
    client, child = signed_in(county_clerk), household.persons.get(relation="child")

    asked = unescape(client.get(address(household, "split")).content.decode())
    response = send(client, household, "split", number="H78", members=[child.pk], on="2020-03-01")

    made = Household.objects.get(number="H78")
    assert "王** (child)" in asked
    assert not any(name in asked for name in ("王小明", "李小红", "王大明"))
    assert said(response) == ["Household H78 was split from this one."]
    assert [one.key for one in made.persons.all()] == [child.key]


@pytest.mark.slow
def test_a_split_of_everybody_is_refused_at_the_members(county_clerk, household):
    everybody = list(household.persons.values_list("pk", flat=True))

    response = send(signed_in(county_clerk), household, "split", number="H78", members=everybody, on="2020-03-01")

    assert refused(response) == {"members": ["At least one member leaves, and at least one stays."]}
    assert Household.objects.count() == 1


@pytest.mark.slow
def test_a_member_of_another_household_is_none_to_choose(county_clerk, household, ruoduo):
    other = PersonFactory(household=HouseholdFactory(village=ruoduo))

    response = send(signed_in(county_clerk), household, "split", number="H78", members=[other.pk], on="2020-03-01")

    assert list(refused(response)) == ["members"]
    assert Household.objects.filter(number="H78").count() == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", ["9" * 26, "-1", "x"])
def test_what_is_no_number_of_a_member_is_refused_at_the_members(county_clerk, household, number):
    response = send(signed_in(county_clerk), household, "split", number="H78", members=[number], on="2020-03-01")

    assert response.status_code == 200
    assert list(refused(response)) == ["members"]
    assert Household.objects.count() == 1


@pytest.mark.slow
def test_a_household_is_merged_into_another_by_its_number(county_clerk, household, xili):
    other = HouseholdFactory(village=xili, number="H5", status_since=date(2014, 1, 1))

    response = send(
        signed_in(county_clerk), household, "merge", village=xili.pk, number="H5", on="2020-03-01", note="old age"
    )

    household.refresh_from_db()
    assert said(response) == ["The household was merged into H5."]
    assert (household.ended_on, household.ended_as) == (date(2020, 3, 1), "merged")
    assert other.persons.count() == 3
    assert "This household ended on 2020-03-01: merged into another household." in shown(response)


@pytest.mark.slow
@pytest.mark.parametrize("number", ["H404", "H77"])
def test_a_household_is_not_merged_into_one_that_is_not_there_or_itself(county_clerk, household, ruoduo, number):
    response = send(signed_in(county_clerk), household, "merge", village=ruoduo.pk, number=number, on="2020-03-01")

    assert list(refused(response)) == ["number"]
    assert not Household.objects.exclude(ended_on=None).exists()


@pytest.mark.slow
def test_a_member_leaves_on_a_day(county_clerk, household):
    spouse = household.persons.get(relation="spouse")
    client = signed_in(county_clerk)
    asked = client.get(address(household, "leave", f"?member={spouse.pk}"))

    send(client, household, "leave", member=spouse.pk, on="2020-03-01", how="death")

    spouse.refresh_from_db()
    assert f'<option value="{spouse.pk}" selected>李** (spouse)</option>' in asked.content.decode()
    assert (spouse.left_on, spouse.left_as) == (date(2020, 3, 1), "death")


@pytest.mark.slow
def test_who_has_left_is_nobody_to_leave_again(county_clerk, household):
    spouse = household.persons.get(relation="spouse")
    Person.objects.filter(pk=spouse.pk).update(left_on=date(2019, 1, 1), left_as="death")

    response = send(signed_in(county_clerk), household, "leave", member=spouse.pk, on="2020-03-01", how="move")

    assert list(refused(response)) == ["member"]


@pytest.mark.slow
def test_a_member_goes_over_to_another_household(county_clerk, household, xili):
    other, child = HouseholdFactory(village=xili, number="H5"), household.persons.get(relation="child")
    fields = {"member": child.pk, "village": xili.pk, "number": "H5", "how": "marriage", "relation": "spouse"}

    response = send(signed_in(county_clerk), household, "transfer", on="2020-03-01", **fields)

    there = other.persons.get()
    assert said(response) == ["The member belongs to household H5 now."]
    assert (there.key, there.relation, there.joined_as) == (child.key, "spouse", "marriage")


@pytest.mark.slow
def test_nobody_goes_over_to_a_household_outside_the_area(clerk, household, erniunai):
    HouseholdFactory(village=erniunai, number="H5")
    head = household.persons.get(relation="head")
    fields = {"member": head.pk, "village": erniunai.pk, "number": "H5", "how": "move", "relation": "other"}

    response = send(signed_in(clerk), household, "transfer", on="2020-03-01", **fields)

    assert refused(response) == {"village": ["There is no such village in your area."]}
    assert not Person.objects.exclude(left_on=None).exists()


@pytest.mark.slow
def test_a_household_is_watched_and_the_risk_is_cleared(county_clerk, household):
    StatusChangeFactory(household=household, status="exited", happened_on=date(2019, 12, 31), was="registered")
    Household.objects.filter(pk=household.pk).update(status="exited", status_since=date(2019, 12, 31))
    client = signed_in(county_clerk)
    watch = {"kind": "unstable", "risk": "illness", "identified_on": "2021-03-01", "identified_by": "the village"}

    send(client, household, "monitor", **watch)
    household.refresh_from_db()
    watched = household.status
    send(client, household, "clear", on="2022-03-01", reason="The debts are paid")

    household.refresh_from_db()
    assert (watched, household.status) == ("monitored", "exited")
    assert household.monitorings.get().cleared_reason == "The debts are paid"


@pytest.mark.slow
def test_the_same_risk_twice_is_told_at_the_other_risk(county_clerk, household):
    watch = {"kind": "sudden", "risk": "illness", "identified_on": "2021-03-01", "identified_by": "the village"}

    response = send(signed_in(county_clerk), household, "monitor", **watch, other_risk="illness")

    assert refused(response) == {"other_risk": ["The same risk is named twice."]}
    assert not household.monitorings.exists()


@pytest.mark.slow
def test_what_cannot_happen_any_more_leads_back_and_says_so(county_clerk, household):
    MonitoringFactory(household=household)
    client = signed_in(county_clerk)

    response = client.get(address(household, "monitor"), follow=True)

    assert response.redirect_chain == [(page("beneficiaries_household", "change", household.pk), 302)]
    assert said(response) == ["This cannot happen to the household any more."]


@pytest.mark.slow
def test_a_household_ends(county_clerk, household):
    send(signed_in(county_clerk), household, "end", on="2020-03-01", how="moved_away")

    household.refresh_from_db()
    assert (household.ended_on, household.ended_as) == (date(2020, 3, 1), "moved_away")


@pytest.mark.slow
def test_somebody_elses_change_is_told_before_a_household_moves(county_clerk, household, xili):
    client = signed_in(county_clerk)
    old = client.get(address(household, "move")).context["version"]
    send(client, household, "end", on="2020-03-01", how="")
    fields = {"to": xili.pk, "on": "2020-05-01", "reason": "move"}
    change = page("beneficiaries_household", "change", household.pk)
    opened = client.get(change)
    client.post(change, _typed(opened) | {"category": "general"})

    told = client.post(address(household, "move"), {"version": old, **fields})
    moved_at_once = HouseholdMove.objects.exists()
    client.post(address(household, "move"), {"version": told.context["version"], **fields})

    assert "clerk-of-heishui changed this on " in refused(told)["__all__"][0]
    assert not moved_at_once
    assert HouseholdMove.objects.get().to_village == xili


def _typed(opened) -> dict[str, object]:
    return {name: "" if value is None else value for name, value in typed(opened).items()}


@pytest.mark.parametrize("step", ["move", "transfer"])
def test_a_step_is_a_clerks_of_the_area(clerk, reviewer, stranger, manager, household, step):
    users = (clerk, reviewer, stranger, manager)

    assert [signed_in(user).get(address(household, step)).status_code for user in users] == [200, 403, 404, 403]


@pytest.mark.slow
def test_no_step_but_those_that_are_known(clerk, household):
    assert signed_in(clerk).get(address(household, "vanish")).status_code == 404


# --- several at once ------------------------------------------------------------------------------------------


@pytest.fixture
def two(ruoduo) -> list[Household]:
    """Two more households of Ruoduo."""
    return [HouseholdFactory(village=ruoduo, number=number) for number in ("H1", "H2")]


def choose(client, households):
    """Choose households in the list, and to move them."""
    data = {"action": "move_many", "_selected_action": [one.pk for one in households], "index": "0"}
    return client.post(page("beneficiaries_household"), data)


def move(client, asked, **fields):
    tokens = [row.token for row in asked.context["rows"]]
    return client.post(page("beneficiaries_household", "move"), {"household": tokens, **fields}, follow=True)


@pytest.mark.slow
def test_all_households_of_a_village_move_with_its_merger(county_clerk, two, xili):
    client = signed_in(county_clerk)

    response = move(client, choose(client, two), to=xili.pk, on="2020-06-30", reason="village_merger")

    assert said(response) == ["Households moved to Xili Village: 2."]
    assert list(Household.objects.values_list("village", flat=True)) == [xili.pk, xili.pk]
    assert list(HouseholdMove.objects.values_list("reason", flat=True)) == ["village_merger"] * 2


@pytest.mark.slow
def test_a_number_that_clashes_is_told_beside_its_household_and_nobody_moves(county_clerk, two, xili):
    HouseholdFactory(village=xili, number="H2")
    client = signed_in(county_clerk)
    fields = {"to": xili.pk, "on": "2020-06-30", "reason": "village_merger"}

    response = move(client, choose(client, two), **fields)
    kept = HouseholdMove.objects.count()
    done = move(client, response, **fields, **{f"number-{two[1].pk}": "H2-R"})

    refusals = {row.household.number: row.refusal for row in response.context["rows"]}
    assert refusals == {"H1": "", "H2": "The village has a household of this number already."}
    assert "Nothing was done: 1 household is refused." in shown(response)
    assert kept == 0
    assert said(done) == ["Households moved to Xili Village: 2."]
    assert sorted(Household.objects.filter(village=xili).values_list("number", flat=True)) == ["H1", "H2", "H2-R"]


@pytest.mark.slow
def test_a_move_of_many_without_its_day_keeps_the_rest(county_clerk, two, xili):
    client = signed_in(county_clerk)

    response = move(client, choose(client, two), to=xili.pk, reason="village_merger", note="2020/12")

    assert refused(response) == {"on": ["This field is required."]}
    assert response.context["adminform"].form["note"].value() == "2020/12"
    assert not HouseholdMove.objects.exists()


@pytest.mark.slow
def test_many_are_moved_by_clerks_and_inside_their_area_alone(clerk, reviewer, two, erniunai):
    foreign = HouseholdFactory(village=erniunai)
    move_page = page("beneficiaries_household", "move")
    named = {"household": f"{foreign.pk}:0"}

    assert signed_in(clerk).post(move_page, named).status_code == 404
    assert signed_in(clerk).post(move_page, {"household": "1:2:x"}).status_code == 404
    assert signed_in(reviewer).post(move_page, {"household": f"{two[0].pk}:0"}).status_code == 403
    assert signed_in(clerk).get(move_page).status_code == 405


@pytest.mark.parametrize("number", ["9" * 26, "x", "1\x00"])
def test_what_no_list_offers_to_choose_is_a_broken_request(county_clerk, two, number):
    sent = {"action": "move_many", "_selected_action": [number]}

    response = signed_in(county_clerk).post(page("beneficiaries_household", "changelist"), sent)

    assert response.status_code == 400
    assert HouseholdMove.objects.count() == 0

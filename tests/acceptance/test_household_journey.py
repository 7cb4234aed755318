"""A household from its registration to the erasure of a member, on the pages that clerk, reviewer and auditor use."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, Verb, YearClosing
from alleviation.audit.values import values_of
from beneficiaries.models import Household, IncomeRecord, Person
from projects.models import Division
from tests.acceptance.reading import page as tables_of
from tests.acceptance.test_golden_pages import told
from tests.admin_pages import errors, page, said, shown, submit
from tests.beneficiaries.numbers import card_number, id_number
from tests.closings import explain
from tests.conftest import signed_in

pytestmark = pytest.mark.slow

HOUSEHOLD, INCOME = "beneficiaries_household", "beneficiaries_incomerecord"
HEAD_NUMBER, HEAD_CARD = id_number(1), card_number(1)
SECRETS = ("王大明", HEAD_NUMBER, HEAD_CARD, "李小红", "王小明")
FAMILY = (("王大明", "head"), ("李小红", "spouse"), ("王小明", "child"))
FIVE = ("appraised_on", "verified_on", "consented_on", "publicised_on", "announced_on")
# The trail tells of those who work with it, too.
PEOPLE = ("clerk", "county_clerk", "reviewer", "auditor", "manager")


def income(year: int, wages: str, row: int = 0) -> dict[str, Any]:
    """A year's income on the household's page: wages alone, of three persons."""
    amounts = dict.fromkeys(("business_income", "property_income", "transfer_income", "expenses"), "0")
    facts = {"year": year, "persons": 3, "wage_income": wages, **amounts}
    return {"incomes-TOTAL_FORMS": row + 1, **{f"incomes-{row}-{name}": value for name, value in facts.items()}}


def members(*people: tuple[str, str]) -> dict[str, Any]:
    typed = {f"persons-{n}-new_name": name for n, (name, _relation) in enumerate(people)}
    relations = {f"persons-{n}-relation": relation for n, (_name, relation) in enumerate(people)}
    return {"persons-TOTAL_FORMS": len(people), **typed, **relations}


def register(client: Client, village: Division, number: str, *people: tuple[str, str], **more: Any) -> Household:
    """Enter a household on its page, as a clerk does."""
    facts = {"village": village.pk, "number": number, "status": "registered", "status_since": "2014-05-01"}
    response = submit(client, page(HOUSEHOLD, "add"), **facts, **members(*people), **more)
    assert response.status_code == 302, errors(response)
    return Household.objects.get(village=village, number=number)


def happen(client: Client, household: Household, step: str, **typed: Any) -> Any:
    """Open the page of something that happens to the household, fill it in, send it."""
    address = page(HOUSEHOLD, "step", household.pk, step)
    version = client.get(address).context["version"]
    return client.post(address, {"version": version, **typed}, follow=True)


def check(client: Client, step: str, record: IncomeRecord, **typed: Any) -> Any:
    """Press a button on the page of an income."""
    token = client.get(page(INCOME, "change", record.pk)).context["token"]
    return client.post(page(INCOME, "step"), {"step": step, "income": token, **typed}, follow=True)


def verify_all(client: Client) -> Any:
    """Choose all that waits in the list, and confirm it."""
    waiting = [one.pk for one in IncomeRecord.objects.waiting()]
    asked = client.post(page(INCOME), {"action": "verify", "_selected_action": waiting, "index": "0"})
    tokens = [row.token for row in asked.context["rows"]]
    return client.post(page(INCOME, "step"), {"step": "verify", "income": tokens, "confirmed": "1"}, follow=True)


def close(client: Client, closing: YearClosing) -> Any:
    """Open the page of a year and press the button that closes it."""
    address = f"/closings/{closing.pk}/"
    forms = {one.name: form for one, form in client.get(address).context["steps"]}
    version = forms["close"]["seen_version"].value()
    return client.post(address, {"step": "close", "seen_version": version}, follow=True)


def holds() -> str:
    """The last line of `manage.py verify`."""
    out = io.StringIO()
    call_command("verify", stdout=out, no_color=True)
    return out.getvalue().splitlines()[-1].partition(". ")[2]


@pytest.fixture
def browsers(request: pytest.FixtureRequest) -> dict[str, Client]:
    """Everybody who works here, each in a browser."""
    users = {name: request.getfixturevalue(name) for name in PEOPLE}
    for user in users.values():
        trail.record(verb=Verb.CREATED, subject=user, by="manage.py", after=values_of(user))
    return {name: signed_in(user) for name, user in users.items()}


@pytest.fixture
def household(browsers: dict[str, Client], ruoduo: Division) -> Household:
    """Registered by the county's clerk: three members, the head with both numbers, 9,000 yuan of wages in 2019."""
    numbers = {"persons-0-id_number": HEAD_NUMBER, "persons-0-account_number": HEAD_CARD}
    return register(browsers["county_clerk"], ruoduo, "H1", *FAMILY, **numbers, **income(2019, "9000"))


def test_an_income_goes_from_the_clerk_to_the_reviewer_and_back_until_it_is_right(
    browsers: dict[str, Client], household: Household, county_clerk: User, heishui: Division
) -> None:
    clerk, reviewer, auditor = (browsers[name] for name in ("county_clerk", "reviewer", "auditor"))
    first = IncomeRecord.objects.get()

    returned = check(reviewer, "return", first, note="The wages look too low")
    read_by_clerk = shown(clerk.get(page(HOUSEHOLD, "change", household.pk)))
    again = {"incomes-0-wage_income": "12000", "incomes-0-reason": "A wage had been left out"}
    submit(clerk, page(HOUSEHOLD, "change", household.pk), **again)
    second = IncomeRecord.objects.standing().get()
    verified = check(reviewer, "verify", second)

    assert said(returned) == ["Incomes returned: 1."]
    assert "returned with a note: The wages look too low" in read_by_clerk
    assert said(verified) == ["Incomes verified: 1."]
    # 9,000 ÷ 3 stays readable above 12,000 ÷ 3.
    sheet = tables_of(auditor, f"/households/{household.pk}/")["incomes"]
    assert told(sheet, "Year", "Wages", "Per capita") == [
        ("2019", "9,000.00", "3,000.00"),
        ("2019", "12,000.00", "4,000.00"),
    ]
    before, after = sheet.column("Verification")
    assert before.startswith("returned with a note, ")
    assert before.endswith("reviewer-of-heishui: The wages look too low")
    assert after.startswith("verified, ")
    assert told(tables_of(auditor, "/income/")["per-capita-income"], "Year", "Persons", "Net income")[0] == (
        "2019", "3", "12,000.00",
    )  # fmt: skip
    of_incomes = AuditEvent.objects.filter(subject_type="beneficiaries.incomerecord").order_by("id")
    assert [(one.actor, one.verb) for one in of_incomes][:2] == [
        ("clerk-of-heishui", "created"),
        ("reviewer-of-heishui", "changed"),
    ]
    assert of_incomes.last().actor == "reviewer-of-heishui"
    assert holds() == "Everything holds."


def test_nobody_checks_an_income_of_their_own_even_after_becoming_a_reviewer(
    browsers: dict[str, Client], household: Household, county_clerk: User, heishui: Division
) -> None:
    record = IncomeRecord.objects.get()
    User.objects.filter(pk=county_clerk.pk).update(role=Role.REVIEWER)
    former_clerk = signed_in(User.objects.get(pk=county_clerk.pk))

    opened = former_clerk.get(page(INCOME, "change", record.pk))
    tried = check(former_clerk, "verify", record)

    assert "You recorded this income; somebody else has to check it." in shown(opened)
    assert "You recorded this income; somebody else has to check it." in shown(tried)
    assert IncomeRecord.objects.get().state == "submitted"
    assert said(check(browsers["reviewer"], "verify", record)) == ["Incomes verified: 1."]


def test_a_household_moves_exits_is_watched_splits_and_merges(
    browsers: dict[str, Client], household: Household, xili: Division, ruoduo: Division
) -> None:
    clerk, auditor = browsers["county_clerk"], browsers["auditor"]
    steps = {name: f"2020-1{n // 3}-{10 + n}" for n, name in enumerate(FIVE)}
    watch = {"kind": "unstable", "risk": "illness", "identified_on": "2021-03-01", "identified_by": "the village"}

    happen(clerk, household, "move", to=xili.pk, on="2020-05-01", reason="move")
    exit_ = {"status": "exited", "happened_on": "2020-12-31", "decided_by": "the county", **steps}
    happen(clerk, household, "status", **exit_)
    happen(clerk, household, "monitor", **watch)
    happen(clerk, household, "clear", on="2022-03-01", reason="The debts are paid")
    child = household.persons.get(relation="child")
    happen(clerk, household, "split", number="H2", members=[child.pk], on="2022-05-01")
    made = Household.objects.get(number="H2")
    in_between = told(tables_of(auditor, "/households/")["households"], "Household number", "Village", "Persons")
    happen(clerk, made, "merge", village=xili.pk, number="H1", on="2023-05-01")

    book = tables_of(auditor, f"/households/{household.pk}/")
    village = told(tables_of(auditor, "/households/")["households"], "Village")[0][0]
    assert in_between == [("H1", village, "2"), ("H2", village, "1")]
    assert told(book["status"], "Date", "Status before", "Status") == [
        ("2014-05-01", "not on the register", "registered as poor"),
        ("2020-12-31", "registered as poor", "exited from poverty"),
        ("2021-03-01", "exited from poverty", "monitored"),
        ("2022-03-01", "monitored", "exited from poverty"),
    ]
    assert told(book["monitoring"], "Identified on", "Main risk", "Cleared on", "Why it is cleared") == [
        ("2021-03-01", "illness", "2022-03-01", "The debts are paid")
    ]
    assert [row[0] for row in told(book["origin"], "Date")] == ["2020-05-01", "2022-05-01", "2023-05-01"]
    assert told(book["incomes"], "Village", "Year") == [(ruoduo.local_name, "2019")]
    # The child left and came back, in three rows of one person.
    rows = Person.objects.filter(key=child.key).order_by("pk")
    assert [(one.household.number, one.left_on) for one in rows] == [
        ("H1", date(2022, 5, 1)),
        ("H2", date(2023, 5, 1)),
        ("H1", None),
    ]
    ended = told(tables_of(auditor, "/households/")["households"], "Household number", "Status", "Persons")
    assert ended == [("H1", "exited from poverty", "3"), ("H2", "merged into another household", "0")]
    assert holds() == "Everything holds."


def test_a_year_closes_when_its_incomes_are_verified_and_nothing_moves_into_it_after(
    browsers: dict[str, Client], household: Household, xili: Division, reviewer: User
) -> None:
    clerk, checker = browsers["county_clerk"], browsers["reviewer"]
    clerk.post("/closings/", {"area": "513228", "year": 2019, "note": ""})
    closing = YearClosing.objects.get()
    explain(reviewer, 2019)

    too_early = close(checker, closing)
    state_before = YearClosing.objects.get().state
    done = verify_all(checker)
    closed = close(checker, closing)
    late = happen(clerk, household, "move", to=xili.pk, on="2019-12-30", reason="move")
    correction = {"incomes-0-wage_income": "8000", "incomes-0-reason": "Too much"}
    changed = submit(clerk, page(HOUSEHOLD, "change", household.pk), **correction)
    in_time = happen(clerk, household, "move", to=xili.pk, on="2020-01-01", reason="move")

    assert "1 income of the year is not verified" in shown(too_early)
    assert state_before == "proposed"
    assert said(done) == ["Incomes verified: 1."]
    assert YearClosing.objects.get().state == "closed"
    assert closed.status_code == 200
    (message,) = late.context["adminform"].form.errors["on"]
    assert message.startswith("The year 2019 of 513228 is closed. ")
    assert "The year 2019 of 513228 is closed. " in str(errors(changed))
    assert IncomeRecord.objects.get().wage_income == 9000
    assert said(in_time) == ["The household belongs to Xili Village now."]
    household.refresh_from_db()
    assert household.village == xili


def test_an_auditor_sees_names_for_a_reason_and_the_trail_tells_it(
    browsers: dict[str, Client], household: Household
) -> None:
    auditor, reason = browsers["auditor"], "A complaint is looked into"
    address = f"/households/{household.pk}/"

    before = auditor.get(address).content.decode() + auditor.get(f"{address}reveal/").content.decode()
    unasked = auditor.post(f"{address}reveal/", {"reason": ""}).content.decode()
    revealed = auditor.post(f"{address}reveal/", {"reason": reason}).content.decode()

    assert [word for word in SECRETS if word in before + unasked] == []
    assert [word for word in SECRETS if word in revealed] == list(SECRETS)
    event = AuditEvent.objects.get(verb="revealed")
    assert (event.actor, event.subject, event.reason) == ("auditor", "H1", reason)
    listed = shown(auditor.get(page("audit_auditevent")))
    assert reason in listed
    assert [word for word in SECRETS if word in listed] == []


def test_a_manager_reads_sums_and_no_household(
    browsers: dict[str, Client], household: Household, xili: Division
) -> None:
    manager = browsers["manager"]
    register(browsers["county_clerk"], xili, "H9", ("张三", "head"), **income(2019, "6000"))

    years = tables_of(manager, "/income/", area="513228212000")["per-capita-income"]
    pages = ["/income/", "/explain/net-income/", "/areas/513228212000/", "/reports/per-capita-income.csv"]
    words = b"".join(manager.get(address).getvalue() for address in pages).decode()
    closed_to_them = ["/households/", f"/households/{household.pk}/", f"/households/{household.pk}/reveal/"]

    # 9,000 of three and 6,000 of three
    assert told(years, "Year", "Households", "Persons", "Net income", "Per capita")[0] == (
        "2019", "2", "6", "15,000.00", "2,500.00",
    )  # fmt: skip
    assert [word for word in (*SECRETS, ">H1<", ">H9<", "H1,", "H9,") if word in words] == []
    assert [manager.get(address).status_code for address in closed_to_them] == [403, 403, 403]
    assert manager.get("/reports/incomes.csv").status_code == 403


def test_erasing_a_person_changes_no_sum_and_leaves_no_name(browsers: dict[str, Client], household: Household) -> None:
    reviewer, auditor = browsers["reviewer"], browsers["auditor"]
    head = household.persons.get(relation="head")
    address, reason = f"/households/{household.pk}/persons/{head.pk}/erase/", "Asked for by the person"

    def sums() -> list[list[tuple[str, ...]]]:
        income_, listed = tables_of(auditor, "/income/"), tables_of(auditor, "/households/")
        shown_ = [income_["per-capita-income"], income_["income-quantiles"], listed["households"]]
        return [told(shown_[0], "Persons", "Net income"), told(shown_[1], "Median"), told(shown_[2], "Persons")]

    before = sums()
    asked = reviewer.post(address, {"reason": reason})
    not_yet = household.persons.get(relation="head").name
    erased = reviewer.post(address, {"reason": reason, "confirmed": "1"}, follow=True)
    revealed = auditor.post(f"/households/{household.pk}/reveal/", {"reason": reason}).content.decode()

    assert asked.context["asks_again"]
    assert not_yet == "王大明"
    assert said(erased) == ["The person is erased."]
    assert sums() == before
    assert before[2] == [("3",)]
    assert [word for word in SECRETS if word in revealed] == ["李小红", "王小明"]
    assert browsers["clerk"].get(f"/households/{household.pk}/persons/{head.pk}/erase/").status_code == 403
    assert holds() == "Everything holds."

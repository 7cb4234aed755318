"""Sessions: how long they last, what ends them, and what is known of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alleviation.accounts.models import Session, User
from alleviation.accounts.sessions import SessionStore
from alleviation.audit import people
from alleviation.audit.models import AuditEvent
from tests.accounts.entering import PASSWORD, come_in, is_in, person, sign_in
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def later(**time: int) -> None:
    """So much time has gone by for every session."""
    by = timedelta(**time)
    for session in Session.objects.all():
        session.begun_at, session.expire_date = session.begun_at - by, session.expire_date - by
        session.last_used_at -= by
        session.save()


def used(**time: int) -> None:
    """Every session was last used so long ago."""
    Session.objects.update(last_used_at=timezone.now() - timedelta(**time))


def test_a_session_of_a_time_to_come_is_none():
    """A clock that ran a day ahead would let sessions live on for a day."""
    person()
    client = come_in()
    used(minutes=-9)
    before = is_in(client)
    used(days=-1)

    assert (before, is_in(client)) == (True, False)


def test_a_session_ends_when_it_is_not_used():
    person()
    client = come_in()
    used(minutes=59)
    before = is_in(client)
    used(minutes=61)

    assert (before, is_in(client)) == (True, False)


def test_what_is_over_goes_with_the_next_sign_in():
    person()
    come_in()
    used(minutes=61)
    come_in()

    assert Session.objects.count() == 1


def test_a_session_that_is_used_lasts_until_its_hour_and_no_longer():
    person()
    client = come_in()
    seen = []
    for _half_hour in range(24):
        later(minutes=30)
        seen.append(is_in(client))

    assert seen == [True] * 23 + [False]


def test_that_a_session_is_used_is_noted_once_a_minute(manager):
    client = signed_in(manager)
    client.get("/account/")
    with CaptureQueriesContext(
        connection,
    ) as at_once:
        client.get("/account/")
    used(minutes=2)
    with CaptureQueriesContext(connection) as after_a_while:
        client.get("/account/")

    assert [sum("UPDATE" in one["sql"] for one in seen) for seen in (at_once, after_a_while)] == [0, 1]
    assert Session.objects.get().last_used_at > timezone.now() - timedelta(minutes=1)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(clerk):
    client = signed_in(clerk)
    used(minutes=50)

    client.get("/imports/runs/1/progress.json")

    assert Session.objects.get().last_used_at < timezone.now() - timedelta(minutes=49)


def test_signing_in_begins_under_a_new_key_and_the_database_knows_none_of_them():
    person()
    client = Client()
    session = client.session
    session["from"] = "somebody else"
    session.save()
    client.cookies["sessionid"] = before = session.session_key

    sign_in(client=client)

    key = client.cookies["sessionid"].value
    assert key not in ("", before)
    assert [SessionStore().exists(one) for one in (key, before)] == [True, False]
    assert [word for word in (key, before) if word in str(list(Session.objects.values()))] == []


CHANGES = {
    "role": {"role": "auditor"},
    "area": {"area": "51"},
    "disabled": {"is_active": False},
    "password": {"password": "md5$x$y"},
}


@pytest.mark.parametrize("how", CHANGES)
def test_what_takes_a_right_away_ends_sessions_at_the_next_request_on_whatever_way_it_came(how):
    user = person()
    client = come_in()
    before = is_in(client)

    User.objects.filter(pk=user.pk).update(**CHANGES[how])

    assert (before, is_in(client)) == (True, False)


def test_somebody_who_is_deleted_is_out_at_the_next_request():
    user = person()
    client = come_in()
    User.objects.filter(pk=user.pk).delete()

    assert not is_in(client)


@pytest.mark.parametrize("how", CHANGES)
def test_an_administrators_change_ends_every_session_for_good_and_tells_so(how, administrator):
    user, other = person(), person("wang")
    theirs, anothers = come_in(), come_in("wang")
    for field, value in CHANGES[how].items():
        setattr(user, field, value)

    people.save_user(user, by=administrator)

    event = AuditEvent.objects.filter(verb="signed_out").get()
    assert (is_in(theirs), is_in(anothers), Session.objects.filter(user=other).count()) == (False, True, 1)
    assert (event.actor, event.subject, event.after) == ("administrator", "li", {"ended": 1})


def test_a_change_of_a_name_ends_no_session(administrator):
    user = person()
    client = come_in()
    user.first_name = "Li"

    people.save_user(user, by=administrator)

    assert is_in(client)


def test_ones_own_sessions_are_listed_and_ended():
    person()
    here, there, third = come_in(), come_in(at="203.0.113.40"), come_in()
    listed = here.get("/account/").content.decode()
    number = Session.objects.get(place="203.0.113.×").pk

    here.post(f"/account/sessions/{number}/end/", {"password": "wrong"})
    unproved = is_in(there)
    here.post(f"/account/sessions/{number}/end/", {"password": PASSWORD})
    ended = (is_in(here), is_in(there), is_in(third))
    here.post("/account/sessions/end-others/", {"password": PASSWORD})

    assert (listed.count("Firefox, Windows"), listed.count("this one"), "203.0.113.40" in listed) == (3, 1, False)
    assert (unproved, ended, is_in(here), is_in(third)) == (True, (True, False, True), True, False)
    events = AuditEvent.objects.filter(verb="signed_out").order_by("id")
    assert list(events.values_list("actor", "after")) == [("li", {"ended": 1})] * 2


def test_somebody_elses_session_is_not_there(manager):
    person()
    theirs = come_in()

    answer = signed_in(manager).post(f"/account/sessions/{Session.objects.earliest('id').pk}/end/")

    assert (answer.status_code, is_in(theirs)) == (404, True)


def test_an_administrator_ends_somebodys_sessions_and_nobody_else_does(administrator, auditor):
    user = person()
    theirs, address = come_in(), f"/account/people/{user.pk}/end-sessions/"
    refused = signed_in(auditor).post(address).status_code
    before = is_in(theirs)

    signed_in(administrator).post(address)

    assert (refused, before, is_in(theirs)) == (403, True, False)


def test_an_upgraded_cookie_of_django_lets_nobody_in():
    person()

    assert not is_in(Client(headers={"Cookie": "sessionid=" + "a" * 32}))


def test_a_password_of_ones_own_asks_for_the_old_one_and_ends_other_sessions():
    user = person()
    here, there = come_in(), come_in()
    new = {"new_password1": "quite another phrase", "new_password2": "quite another phrase"}

    wrong = here.post("/account/password/", {"old_password": "wrong", **new}).content.decode()
    here.post("/account/password/", {"old_password": PASSWORD, **new})

    user.refresh_from_db()
    event = AuditEvent.objects.filter(verb="changed").get()
    assert "This is not your password." in wrong
    assert (user.check_password("quite another phrase"), is_in(here), is_in(there)) == (True, True, False)
    assert (event.actor, list(event.after)) == ("li", ["password"])


def test_the_same_password_again_is_none():
    person()
    fields = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}

    assert "the password you have now" in come_in().post("/account/password/", fields).content.decode()


def test_a_password_that_an_administrator_gave_is_for_one_sign_in(administrator):
    user = person()
    user.set_password("given by somebody else")
    people.save_user(user, by=administrator)
    client = Client()
    sign_in(password="given by somebody else", client=client)
    led, sent = client.get("/funding/"), client.post("/account/sessions/end-others/")
    own = "known to nobody else"

    client.post(
        "/account/password/", {"old_password": "given by somebody else", "new_password1": own, "new_password2": own}
    )

    assert [one["Location"] for one in (led, sent)] == ["/account/password/"] * 2
    assert is_in(client)


def test_a_password_that_was_given_and_left_lying_lets_nobody_in():
    User.objects.filter(pk=person().pk).update(password_given_at=timezone.now() - timedelta(days=8))

    assert not is_in(come_in())

"""A form that is sent twice is saved once, and its sender is told."""

import re

import pytest
from django.urls import reverse

from alleviation.audit import sending
from projects.models import Organisation
from tests.conftest import signed_in

ADD = "admin:projects_organisation_add"
CHANGE = "admin:projects_organisation_change"
LIST = "admin:projects_organisation_changelist"
FORM = {"name": "Office", "kind": "enterprise", "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}
TOLD = "This form was sent before, and it is saved. It was not saved a second time."
OTHERWISE = "What stands here now was NOT saved."


@pytest.fixture
def sender(clerk):
    return signed_in(clerk)


def number_on(page) -> str:
    (found,) = re.findall(r'<input type="hidden" name="sending" value="([^"]+)">', page.content.decode())
    return found


def named(name: str) -> int:
    return Organisation.objects.filter(name=name).count()


def test_a_form_that_is_sent_again_is_saved_once_and_says_so(sender):
    sent = FORM | {"sending": number_on(sender.get(reverse(ADD)))}

    first = sender.post(reverse(ADD), sent)
    again = sender.post(reverse(ADD), sent, follow=True)

    saved = reverse(CHANGE, args=[Organisation.objects.get(name="Office").pk])
    assert (first.status_code, again.redirect_chain) == (302, [(saved, 302)])
    assert (named("Office"), TOLD in again.content.decode()) == (1, True)


def test_a_form_that_was_refused_is_the_same_when_it_is_mended(sender):
    number = number_on(sender.get(reverse(ADD)))

    refused = sender.post(reverse(ADD), FORM | {"name": "", "sending": number})
    mended = sender.post(reverse(ADD), FORM | {"sending": number_on(refused)})

    assert (number_on(refused), mended.status_code, named("Office")) == (number, 302, 1)


def test_the_same_number_of_somebody_else_is_another(clerk, county_clerk):
    for person in (clerk, county_clerk):
        signed_in(person).post(reverse(ADD), FORM | {"name": person.username, "sending": "0123456789"})

    assert (named(clerk.username), named(county_clerk.username)) == (1, 1)


def test_parts_that_were_added_to_a_record_are_not_added_again(sender):
    sender.post(reverse(ADD), FORM)
    address = reverse(CHANGE, args=[Organisation.objects.get(name="Office").pk])
    opened = sender.get(address)
    version = re.search(r'name="version" value="(\d+)"', opened.content.decode())[1]
    sent = FORM | {"name": "Bureau", "version": version, "sending": number_on(opened)}

    sender.post(address, sent)
    again = sender.post(address, sent, follow=True)

    assert (again.redirect_chain, TOLD in again.content.decode()) == ([(address, 302)], True)
    assert named("Bureau") == 1


def test_a_record_whose_number_no_tally_holds_is_looked_for_in_the_list(sender, monkeypatch):
    monkeypatch.setattr(sending, "LARGEST", 0)
    sent = FORM | {"sending": "0123456789"}

    sender.post(reverse(ADD), sent)
    again = sender.post(reverse(ADD), sent)

    assert (again["Location"], named("Office")) == (reverse(LIST), 1)


def test_what_was_changed_meanwhile_is_not_saved_and_says_so(sender):
    number = number_on(sender.get(reverse(ADD)))
    sender.post(reverse(ADD), FORM | {"sending": number})

    page = sender.post(reverse(ADD), FORM | {"name": "Bureau", "sending": number})
    before = named("Bureau")
    sender.post(reverse(ADD), FORM | {"name": "Bureau", "sending": number_on(page)})

    assert (page.status_code, OTHERWISE in page.content.decode(), number_on(page) != number) == (200, True, True)
    assert (before, named("Office"), named("Bureau")) == (0, 1, 1)


def test_the_number_of_another_form_saves_nothing_and_leads_to_no_record(sender):
    sender.post(reverse(ADD), FORM | {"sending": "0123456789"})

    page = sender.post(reverse("admin:projects_partybranch_add"), {"name": "Branch", "sending": "0123456789"})

    assert (page.status_code, OTHERWISE in page.content.decode()) == (200, True)


def test_who_presses_twice_at_once_saves_once(sender, clerk):
    """The second press has looked before the first was saved, and finds out as it saves."""
    sent = sending.Sending(clerk, "0123456789", "content")
    sent.claim()

    with pytest.raises(sending.SentAlready):
        sent.claim()
    with pytest.raises(sending.SentOtherwise):
        sending.Sending(clerk, "0123456789", "other").claim()

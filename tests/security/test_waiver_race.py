"""Several people explain a case, or decide on that, at the same moment: one of them does, the others are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alleviation.audit.models import AuditEvent
from alleviation.common.query import Query
from alleviation.scrutiny.actions import approve_waiver, ask_waiver, decline_waiver
from alleviation.scrutiny.flags.catalogue import BY_SLUG
from alleviation.scrutiny.flags.found import find
from alleviation.scrutiny.models import Waiver
from tests.factories import LedgerEntryFactory, UserFactory, WaiverFactory
from tests.security.test_races import AT_ONCE, at_once, two_connections


def kinds(found):
    return sorted(type(one).__name__ for one in found)


@two_connections
@pytest.mark.django_db(transaction=True)
def test_a_case_that_many_explain_at_once_is_explained_once(ruoduo):
    LedgerEntryFactory(division=ruoduo, voucher="V")
    clerks = [UserFactory(role="clerk", area="513228") for _ in range(AT_ONCE)]
    cases = [find(BY_SLUG["idle-money"], "V", Query(user=clerk)) for clerk in clerks]

    found = at_once(
        lambda n: ask_waiver(cases[n], by=clerks[n], reason=f"reason {n}", expires_on=timezone.localdate())
    )

    assert kinds(found) == ["ValidationError"] * (AT_ONCE - 1) + ["Waiver"]
    assert Waiver.objects.count() == 1
    assert AuditEvent.objects.filter(subject_type="scrutiny.waiver").count() == 1


@two_connections
@pytest.mark.django_db(transaction=True)
def test_a_waiver_that_many_decide_at_once_is_decided_once(ruoduo):
    waiver = WaiverFactory(area=ruoduo.code, expires_on=timezone.localdate() + timedelta(days=9))
    reviewers = [UserFactory(role="reviewer", area="513228") for _ in range(AT_ONCE)]

    def decide(number):
        act = approve_waiver if number % 2 else decline_waiver
        return act(waiver, by=reviewers[number], note=f"note {number}")

    found = at_once(decide)

    assert kinds(found) == ["ValidationError"] * (AT_ONCE - 1) + ["Waiver"]
    (decided,) = (one for one in found if isinstance(one, Waiver))
    stored = Waiver.objects.get()
    assert (stored.state, stored.decided_by, stored.decision_note) == (
        decided.state,
        decided.decided_by,
        decided.decision_note,
    )

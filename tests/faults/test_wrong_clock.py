"""A clock that was a day off and is right again: the order of what happened holds, and who may come in does."""

import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import ValidationError
from django.utils import timezone

from alleviation.audit.closings import close_year, propose_closing
from alleviation.audit.models import AuditEvent
from alleviation.entrance import factors
from alleviation.reports.closings.freezing import freeze, open_entries
from projects import actions
from tests.factories import UserFactory
from tests.faults.scene import Scene, build
from tests.faults.truth import chain_faults, voucher_faults

DAY = timedelta(days=1)


@pytest.fixture
def scene(db) -> Scene:
    return build()


@pytest.fixture
def off(monkeypatch):
    """Have the clock a day off for a while."""
    right, right_now = time.time, timezone.now

    @contextmanager
    def clock(by: timedelta):
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: right() + by.total_seconds())
            patch.setattr(timezone, "now", lambda: right_now() + by)
            yield

    return clock


def posted(scene: Scene, tag: str, seat: int) -> str:
    entry = scene.entry(tag, 4)
    actions.draft_entry(entry, by=scene.clerks[seat])
    actions.submit_entry(entry, by=scene.clerks[seat])
    return actions.post_entry(entry, by=scene.reviewers[seat]).voucher


@pytest.mark.slow
@pytest.mark.parametrize("by", [DAY, -DAY], ids=["ahead", "behind"])
def test_events_vouchers_and_closings_keep_their_order(by, scene, off):
    vouchers = [posted(scene, "before", 0)]
    with off(by):
        vouchers.append(posted(scene, "meanwhile", 1))
    vouchers.append(posted(scene, "after", 2))
    closing = propose_closing("513228", 2019, by=scene.reviewers[0])
    closing = close_year(closing, by=scene.reviewers[1], open_entries=open_entries, freeze=freeze)

    with pytest.raises(ValidationError, match="is closed"):
        posted(scene, "late", 3)
    with off(by), pytest.raises(ValidationError, match="is closed"):
        posted(scene, "late", 4)

    assert vouchers == [f"513228-2019-0000{number}" for number in (1, 2, 3)]
    assert (chain_faults(), voucher_faults()) == (0, [])
    assert {one.sha256 for one in freeze(closing)} == set(closing.reports.values_list("sha256", flat=True))
    moments = list(AuditEvent.objects.order_by("pk").values_list("at", flat=True))
    assert all(one <= other for one, other in pairwise(moments))


def test_a_code_of_the_right_time_fits_once_the_clock_is_right_again(db, off):
    person, secret = UserFactory(), factors.new_secret()
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    codes = factors.make_codes(person)
    totp.TOTP.activate(person, secret)
    with off(DAY):
        meanwhile = (factors.fits(person, code), factors.fits(person, codes[0]))

    assert (meanwhile, factors.fits(person, code)) == ((False, True), True)

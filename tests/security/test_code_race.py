"""Whoever has seen a code over a shoulder types it at the same moment as its owner: one of them comes in."""

import pytest

from alleviation.entrance import factors
from tests.accounts.entering import Phone, person, with_app
from tests.security.test_races import AT_ONCE, at_once, two_connections


@two_connections
@pytest.mark.django_db(transaction=True)
def test_a_code_that_many_type_at_once_lets_one_of_them_in(monkeypatch):
    user, phone = person(), Phone(monkeypatch)
    with_app(user, phone)
    code = phone.next_code()

    found = at_once(lambda _: factors.fits(user, code))

    assert sorted(found) == [False] * (AT_ONCE - 1) + [True]


@two_connections
@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_that_many_type_at_once_lets_one_of_them_in(monkeypatch):
    user, phone = person(), Phone(monkeypatch)
    with_app(user, phone)
    codes = factors.make_codes(user)

    found = at_once(lambda _: factors.fits(user, codes[0]))

    assert sorted(found) == [False] * (AT_ONCE - 1) + [True]
    assert factors.codes_left(factors.of(user).get(type=factors.CODES)) == 9

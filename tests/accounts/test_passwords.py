"""PASSWORD_RULES: how long, what is guessed first in both languages, and no mixture unless an office asks for it."""

import pytest
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError

from alleviation.accounts.models import User
from alleviation.accounts.password_settings import password_validators

LI = User(username="li.wei", first_name="Wei", last_name="Li", email="li@office.example", staff_number="HR-20231188")


def refused(password: str, *rules: str) -> set[str]:
    """The codes by which a password of Li is refused."""
    try:
        validate_password(password, LI, get_password_validators(password_validators(list(rules) or ["length:12"])))
    except ValidationError as error:
        return {one.code for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "三江源头的水很清很清很凉", "tibetan-barley-under-snow", "x" * 11 + "9 of them"],
)
def test_a_long_one_is_taken_whatever_it_is_made_of(password):
    assert refused(password) == set()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short one", "password_too_short"),
        ("li.wei-li.wei", "guessed"),
        ("HR-20231188!", "password_too_similar"),
        ("908172635410", "password_entirely_numeric"),
        ("1qaz2wsx3edc", "password_too_common"),
        ("woaini5201314", "guessed"),
        ("Alleviation2026!", "guessed"),
        ("扶贫扶贫办20260101", "guessed"),
        ("qwerty123456!!", "guessed"),
        ("fupintuopin2020", "guessed"),
    ],
)
def test_what_is_guessed_first_is_refused(password, code):
    assert code in refused(password)


def test_mixing_is_asked_for_where_an_office_says_so():
    assert refused("correct horse battery", "length:8", "mixed") == {"not_mixed"}
    assert refused("Correct Horse 7 times", "length:8", "mixed") == set()


@pytest.mark.parametrize("rules", [[], ["length:7"], ["length:65"], ["length:12", "length:14"], ["strong"], ["mixed"]])
def test_rules_that_make_no_sense_stop_the_start(rules):
    with pytest.raises(ImproperlyConfigured, match="PASSWORD_RULES must be"):
        password_validators(rules)

"""PASSWORD_RULES as Django's settings have it. Read by settings.py, so it needs nothing of Django but an exception."""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# Fewer is weak whatever else is asked; more than Django takes is none.
SHORTEST, LONGEST = 8, 64
DJANGO = "django.contrib.auth.password_validation"
OURS = "alleviation.accounts.passwords"


def password_validators(rules: list[str]) -> list[dict[str, Any]]:
    """Django's setting for PASSWORD_RULES: `length:N`, `mixed`. What is guessed first is always refused.

    Raises ImproperlyConfigured for another word, or a length that protects nobody.
    """
    words = [word.strip() for word in rules if word.strip()]
    lengths = [int(found[1]) for word in words if (found := re.fullmatch(r"length:(\d{1,3})", word))]
    if len(lengths) != 1 or not SHORTEST <= lengths[0] <= LONGEST or len(words) != 1 + words.count("mixed"):
        raise ImproperlyConfigured(
            f"PASSWORD_RULES must be length:N, with N from {SHORTEST} to {LONGEST}, and mixed if wanted"
        )
    return [
        {"NAME": f"{DJANGO}.MinimumLengthValidator", "OPTIONS": {"min_length": lengths[0]}},
        {"NAME": f"{DJANGO}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": LIKE}},
        {"NAME": f"{DJANGO}.CommonPasswordValidator"},
        {"NAME": f"{DJANGO}.NumericPasswordValidator"},
        {"NAME": f"{OURS}.GuessedFirst"},
        *([{"NAME": f"{OURS}.Mixed"}] if "mixed" in words else []),
    ]


LIKE = ("username", "first_name", "last_name", "email", "staff_number")

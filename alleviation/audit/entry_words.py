"""What static/js/entry.js says: the script knows no language, and no rule that its page does not tell it."""

from typing import Any

from django.core.validators import DecimalValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _

from alleviation.common.amount_words import ECHO
from alleviation.common.fields import LARGEST_YUAN, NOT_PLAIN, WAN_PLACES, YuanFormField


def entry_words(user: Any) -> dict[str, Any]:
    """Attributes of the page: the words for amounts, in the very words of the field, and for what was kept."""
    too_fine_wan = YuanFormField.default_error_messages["too_fine"]
    return {
        "user": user.pk,
        **{name: tell() for name, tell in ECHO.items()},
        "not-plain": NOT_PLAIN,
        "too-fine": DecimalValidator.messages["max_decimal_places"] % {"max": 2},
        "too-fine-wan": too_fine_wan % {"places": WAN_PLACES},
        "too-large": MaxValueValidator.message % {"limit_value": LARGEST_YUAN},
        "too-small": MinValueValidator.message % {"limit_value": -LARGEST_YUAN},
        "restored": _("Restored what you had typed at %(time)s. It is not saved yet."),
        "rows-changed": _("The rows below have changed since: what you had typed in them is not filled in."),
        "unkept": _("Names, days of birth and numbers of persons are never kept: type them again."),
        "discard": _("Discard it"),
    }

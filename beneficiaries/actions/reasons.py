"""The reason that is asked for before personal data are shown or erased. It stands in the trail, for good."""

import re
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 5
# As many as an event keeps.
LONGEST = 300
# Twelve digits in a row, with blanks or dashes between them: an account, a card or an identity number.
NUMBER = re.compile(r"(?:\d[\s-]?){11}\d")


def valid_reason(text: str) -> str:
    """The reason without blanks around it.

    Raises ValidationError at `reason` where it says too little, is cut off in the trail, or holds a person's number.
    """
    reason = text.strip()
    if len(reason) < SHORTEST:
        told = _("Give a reason of at least %(number)s characters.") % {"number": SHORTEST}
    elif len(reason) > LONGEST:
        told = _("Give a reason of at most %(number)s characters.") % {"number": LONGEST}
    elif NUMBER.search(normalize("NFKC", reason)):
        told = _("Write no number of a person into the reason: it stays in the audit trail.")
    else:
        return reason
    raise ValidationError({"reason": told}, code="reason")

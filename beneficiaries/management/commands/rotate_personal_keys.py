"""manage.py rotate_personal_keys: encrypt every number of a person with the newest key."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beneficiaries.actions.rotating import Impossible, rotate

BY = "manage.py rotate_personal_keys"


class Command(BaseCommand):
    """Encrypts and indexes all numbers anew, all or none; a second run changes nothing. docs/privacy.md."""

    help = "Encrypt every number of a person with the first key of PERSONAL_KEYS (the newest), all or none."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        try:
            done = rotate(by=BY)
        except Impossible as refused:
            raise CommandError(refused.told) from refused
        if not verbosity:
            return
        counted = {"changed": done.changed, "same": done.same}
        self.stdout.write(_("%(changed)s numbers encrypted with the newest key; %(same)s were already.") % counted)
        if done.digests_only:
            told = ngettext(
                "%(number)s number is known by a digest of SECRET_KEY alone, until it is entered again.",
                "%(number)s numbers are known by a digest of SECRET_KEY alone, until they are entered again.",
                done.digests_only,
            )
            self.stdout.write(told % {"number": done.digests_only})
        if len(settings.PERSONAL_KEYS) > 1:
            self.stdout.write(_("Every number opens with the newest key: the older ones can be taken away."))

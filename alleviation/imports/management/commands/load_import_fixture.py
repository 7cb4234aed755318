"""manage.py load_import_fixture CODE…: places and a clerk for trying imports out. Never on a server of an office."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.common.areas import LEVEL_LENGTHS
from projects.actions import enter_reference
from projects.models import Division

BY = "manage.py load_import_fixture"
IMPORTER, AREA = "importer", "110101"
# Of each level, from the province down.
ENDINGS = ("省", "市", "县", "乡", "村村民委员会")
DIGITS = "零一二三四五六七八九"


class Command(BaseCommand):
    """Makes what is missing; called again, it changes nothing."""

    help = "Make villages with these codes and a clerk called importer, to try imports out (needs DEBUG)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE", help=_("twelve digits of a village"))

    def handle(self, *args: Any, codes: list[str], verbosity: int, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(_("This is for trials alone: it works with DEBUG on, and an office never has that."))
        if wrong := [code for code in codes if not (len(code) == 12 and code.isascii() and code.isdigit())]:
            raise CommandError(_("%(codes)s: a village's code has twelve digits.") % {"codes": ", ".join(wrong)})
        with trail.together():
            for code in codes:
                _make_place(code)
            _make_importer()
        if verbosity:
            self.stdout.write(
                _("The villages are there, and %(name)s imports for %(area)s.") % {"name": IMPORTER, "area": AREA}
            )


def _make_place(code: str) -> None:
    """A village with the places that it lies in, as this year's list would have them."""
    parent, vintage = None, timezone.localdate().year
    for level, length in enumerate(LEVEL_LENGTHS, start=1):
        whole = code[:length].ljust(12, "0")
        place = Division.objects.filter(vintage=vintage, level=level, code=whole).first()
        if place is None:
            place = Division(code=whole, level=level, vintage=vintage, name=_name(code, level), parent=parent)
            enter_reference(place, by=BY)
        parent = place


def _name(code: str, level: int) -> str:
    """A made-up name that tells the code apart: 110101001001 is 一村村民委员会 in 一乡."""
    start = LEVEL_LENGTHS[level - 2] if level > 1 else 0
    digits = code[start : LEVEL_LENGTHS[level - 1]].lstrip("0") or "0"
    return "".join(DIGITS[int(digit)] for digit in digits) + ENDINGS[level - 1]


def _make_importer() -> None:
    if not User.objects.filter(username=IMPORTER).exists():
        person = User(username=IMPORTER, role=Role.CLERK, area=AREA)
        person.set_unusable_password()
        trail.write(person, by=BY)

"""Columns that files of the first floor have in common."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.common.areas import covers
from alleviation.common.reading import ImportColumn, cells
from projects.models import Division, Project

LONGEST_CODE = 32
LONGEST_NAME = 200
PLACE = "513228212201"


def code_column(name: str, title: Any, help_text: Any, *aliases: str, **options: Any) -> ImportColumn:
    """A column of a code of ours, such as that of a project."""
    return ImportColumn(
        name, title, partial(cells.code, longest=LONGEST_CODE), help_text, "ZHAWO-PV", aliases, **options
    )


def place_column(name: str, title: Any, *aliases: str) -> ImportColumn:
    """A column of a division code, of whatever level."""
    told = gettext_lazy("The 12 digits of the division code of a village, or of a place above.")
    return ImportColumn(name, title, cells.village_code, told, PLACE, aliases)


def text_column(name: str, title: Any, *aliases: str, longest: int = LONGEST_NAME, **options: Any) -> ImportColumn:
    """A column of free text; where the file may lack it, an empty cell is empty text."""
    blank = {"blank": ""} if options else {}
    return ImportColumn(name, title, partial(cells.text, longest=longest), "", "", aliases, **{**blank, **options})


def day_column(name: str, title: Any, *aliases: str, **options: Any) -> ImportColumn:
    """A column of a day."""
    told = gettext_lazy("A day, as 2019-05-31 or 2019年5月31日.")
    return ImportColumn(name, title, cells.day, told, "2019-05-31", aliases, **options)


# A column that the file may lack, and a cell in which nothing may stand.
OPTIONAL = {"is_required": False, "may_be_blank": True}


def place_of(code: str, *, column: str, by: User) -> Division:
    """The place of this code in the latest list, within the area of `by`.

    Raises ValidationError at the column; of places outside nothing is told.
    """
    found = Division.objects.latest_of(code)
    if found is None or not covers(by.area, code):
        told = _("There is no such place in your area. Check the 12 digits of its code.")
        raise ValidationError({column: ValidationError(told, code="out_of_scope")})
    return found


def project_of(code: str, *, column: str, by: User) -> Project | None:
    """The project of this code among those that `by` may see; None for "". Raises ValidationError at the column."""
    if not code:
        return None
    found = Project.objects.visible_to(by).filter(code=code).first()
    if found is None:
        told = _("There is no such project. Check its code in the list of projects.")
        raise ValidationError({column: ValidationError(told, code="no_such_project")})
    return found

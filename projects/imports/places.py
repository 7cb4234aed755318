"""Places from a file: single villages and townships that the national list does not have, or has otherwise."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.common.areas import LEVEL_LENGTHS, prefix_of
from alleviation.common.reading import ImportColumn, cells
from alleviation.intake.rows import RowKind, Unchanged, Values, differing, put_back, remove_brought
from projects.actions import enter_reference
from projects.choices import Level
from projects.imports.columns import OPTIONAL, PLACE, day_column, text_column
from projects.models import Division

FACTS = ("name", "name_en", "valid_from", "valid_to", "note")


class PlaceImport(RowKind):
    """A row for each place of a list. Whole national lists are loaded by manage.py load_divisions."""

    slug = "divisions"
    title = gettext_lazy("Places")
    description = gettext_lazy(
        "One row for each place of one year's list; the place above must be in the same list, or stand further up in "
        "the file. A place that is there already is changed where the row says otherwise. Whole national lists are "
        "loaded by a command."
    )
    right = Right.MANAGE_REFERENCE
    columns = (
        ImportColumn(
            "division_code",
            gettext_lazy("Division code"),
            cells.village_code,
            gettext_lazy("Twelve digits; those of a township end in 000."),
            PLACE,
            ("行政区划代码", "代码"),
        ),
        ImportColumn(
            "vintage",
            gettext_lazy("List of"),
            cells.year,
            gettext_lazy("The year of the list that the place is in."),
            "2023",
            ("名录年份", "年度", "年份"),
        ),
        text_column("name", gettext_lazy("Name"), "名称", longest=100),
        text_column("name_en", gettext_lazy("English name"), "英文名称", longest=100, **OPTIONAL),
        day_column("valid_from", gettext_lazy("Valid from"), "起始日期", **OPTIONAL),
        day_column("valid_to", gettext_lazy("Valid until"), "截止日期", **OPTIONAL),
        text_column("note", gettext_lazy("Note"), "备注", longest=300, **OPTIONAL),
    )
    key_columns = ("vintage", "division_code")
    told_at = {"code": "division_code", "parent": "division_code", "level": "division_code"}
    place_column = "division_code"

    def group(self, values: Values) -> str:
        # A village rests on its township, which may come with it.
        return str(values["division_code"])[: LEVEL_LENGTHS[Level.COUNTY - 1]]

    def found(self, values: Values, *, by: User) -> Division | None:
        code = values["division_code"]
        return Division.objects.filter(vintage=values["vintage"], level=_level(code), code=code).first()

    def enter(self, values: Values, record: Division | None, *, by: User, batch: ImportBatch) -> Model:
        facts = {name: values[name] for name in FACTS if values[name] not in ("", None)}
        code = values["division_code"]
        place = record or Division(code=code, vintage=values["vintage"], level=_level(code), parent=_above(values))
        if record is not None and not differing(place, facts):
            raise Unchanged
        for name, value in facts.items():
            setattr(place, name, value)
        enter_reference(place, by=by, batch=batch)
        return place

    def recorded(self, *, by: User) -> Iterator[Values]:
        for one in Division.objects.order_by("vintage", "level", "code").iterator():
            yield {
                "division_code": one.code,
                "vintage": one.vintage,
                **{name: getattr(one, name) for name in FACTS},
            }

    def take_back(self, event: AuditEvent, reversal: ImportBatch, *, by: User, reason: str) -> int:
        if event.subject_type != Division._meta.label_lower:
            return 0
        record = Division.objects.get(pk=event.subject_id or 0)
        if event.verb == Verb.CREATED:
            remove_brought(event, record, reversal, by=by)
        else:
            put_back(event, record)
            enter_reference(record, by=by, batch=reversal)
        return 1


def _level(code: str) -> int:
    return LEVEL_LENGTHS.index(len(prefix_of(code))) + 1


def _above(values: Values) -> Division | None:
    """The place right above in the same list; None above a province. Raises ValidationError where it is not there."""
    code = values["division_code"]
    level = _level(code)
    if level == Level.PROVINCE:
        return None
    above = code[: LEVEL_LENGTHS[level - 2]].ljust(12, "0")
    found = Division.objects.filter(vintage=values["vintage"], level=level - 1, code=above).first()
    if found is None:
        told = _("The list of %(year)s has no %(code)s, in which this place lies. Enter that first, further up.")
        words = {"year": values["vintage"], "code": above}
        raise ValidationError({"division_code": ValidationError(told % words, code="no_place_above")})
    return found

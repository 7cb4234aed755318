"""Households with their members, from a file of one row for each member."""

from collections.abc import Hashable, Iterator
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.common.areas import covers
from alleviation.common.reading import ImportColumn, cells
from alleviation.intake.rows import RowKind, Unchanged, Values, put_back, remove_brought
from beneficiaries.actions import register_household, register_person, release
from beneficiaries.choices import (
    Cause,
    Health,
    HouseholdCategory,
    HousingGrade,
    InSchool,
    LabourAbility,
    Relation,
    RoadAccess,
    Schooling,
    Sex,
    WaterSupply,
)
from beneficiaries.imports.known import head_name, id_number, is_masked
from beneficiaries.imports.register_columns import HOUSEHOLD, VILLAGE
from beneficiaries.models import Household, Person
from projects.choices import Level
from projects.models import Division

MOST_SQUARE_METRES = 2000


def _chosen(name: str, title: Any, choices: Any, *aliases: str, required: bool = False) -> ImportColumn:
    """A column of a choice; where the file does not have it, or nothing stands there, it is not recorded."""
    return ImportColumn(
        name,
        title,
        partial(cells.choice, choices=choices),
        gettext_lazy("One of the words of the choice, in either language."),
        str(next(code for code in choices.values if code)),
        aliases,
        is_required=required,
        may_be_blank=not required,
        blank="",
    )


# The facts of a household, which each of its rows repeats, and those of a member, by the names of their columns.
OF_HOUSEHOLD = (
    _chosen("category", gettext_lazy("Category"), HouseholdCategory, "贫困户属性", "户属性"),
    _chosen("main_cause", gettext_lazy("Main cause of poverty"), Cause, "主要致贫原因"),
    _chosen("second_cause", gettext_lazy("Another cause"), Cause, "其他致贫原因"),
    _chosen("housing", gettext_lazy("House"), HousingGrade, "住房等级"),
    ImportColumn(
        "housing_area",
        gettext_lazy("Floor area"),
        lambda value: cells.integer(value, 0, MOST_SQUARE_METRES),
        gettext_lazy("In whole square metres."),
        "80",
        ("住房面积",),
        is_required=False,
        may_be_blank=True,
    ),
    _chosen("water", gettext_lazy("Drinking water"), WaterSupply, "饮水安全"),
    _chosen("road", gettext_lazy("Road"), RoadAccess, "入户路"),
)
OF_PERSON = (
    _chosen("relation", gettext_lazy("Relation to the head"), Relation, "与户主关系", required=True),
    _chosen("sex", gettext_lazy("Sex"), Sex, "性别"),
    _chosen("schooling", gettext_lazy("Schooling"), Schooling, "文化程度"),
    _chosen("in_school", gettext_lazy("In school"), InSchool, "在校生状况"),
    _chosen("health", gettext_lazy("Health"), Health, "健康状况"),
    _chosen("labour", gettext_lazy("Labour ability"), LabourAbility, "劳动技能", "劳动能力"),
)


class HouseholdImport(RowKind):
    """A row for each member; the household is registered with the first of its rows."""

    slug = "households"
    households_like = "household-register"
    title = gettext_lazy("Households and persons")
    description = gettext_lazy(
        "One row for each member, those of a household one below the other; its facts stand in each row. Who is on "
        "the register already is told by the name, and changed where the row says otherwise; an empty cell, or a "
        "column that the file does not have, changes nothing. Nobody leaves a household by a file."
    )
    right = Right.ENTER_RECORDS
    columns = (
        VILLAGE,
        HOUSEHOLD,
        ImportColumn(
            "name",
            gettext_lazy("Name of the member"),
            head_name,
            gettext_lazy("In full; masked (王**) only for somebody who is on the register."),
            "王小明",
            ("姓名", "成员姓名"),
        ),
        ImportColumn(
            "id_number",
            gettext_lazy("Identity number"),
            id_number,
            gettext_lazy("18 digits, as text; empty where it is not known."),
            "",
            ("身份证号", "身份证号码", "证件号码"),
            may_be_blank=True,
            blank="",
        ),
        *OF_PERSON,
        *OF_HOUSEHOLD,
    )
    key_columns = ("village_code", "household_no", "name")
    told_at = {"number": "household_no", "village": "village_code", "born_on": "id_number", "birth_year": "id_number"}
    place_column = "village_code"

    def group(self, values: Values) -> Hashable:
        return values["village_code"], values["household_no"]

    def found(self, values: Values, *, by: User) -> Person | None:
        household = _household(values, by)
        if household is None:
            return None
        present = household.persons.present().order_by("pk")
        named = [one for one in present if values["name"] in (one.name, one.masked_name)]
        tail = values["id_number"][-4:]
        if len(named) > 1 and tail:
            named = [one for one in named if one.id_tail == tail]
        if len(named) > 1:
            told = _("Several members of the household are called so: write the name and the number in full.")
            raise ValidationError({"name": ValidationError(told, code="ambiguous")})
        return named[0] if named else None

    def enter(self, values: Values, record: Person | None, *, by: User, batch: ImportBatch) -> Model:
        household = _household(values, by)
        is_told = self._enter_household(household, values, by, batch)
        household = household or _household(values, by)
        person = record or Person(household=household, name=values["name"])
        if record is None and is_masked(values["name"]):
            raise ValidationError({"name": ValidationError(_("Write the name of somebody new in full."), "masked")})
        number = _number_to_note(values, person)
        changed = [name for name in _told(OF_PERSON, values) if getattr(person, name) != values[name]]
        if record is not None and not changed and not number:
            if is_told:
                return person
            raise Unchanged
        for name in changed:
            setattr(person, name, values[name])
        register_person(person, by=by, id_number=number, batch=batch)
        return person

    def recorded(self, *, by: User) -> Iterator[Values]:
        seen = Person.objects.visible_to(by).present().select_related("household__village").exclude(name="")
        for one in seen.order_by("household__village__code", "household__number", "household", "pk").iterator():
            home = one.household
            yield {
                "village_code": home.village.code,
                "household_no": home.number,
                "name": one.masked_name,
                **{column.name: getattr(one, column.name) for column in OF_PERSON},
                **{column.name: getattr(home, column.name) for column in OF_HOUSEHOLD},
            }

    def take_back(self, event: AuditEvent, reversal: ImportBatch, *, by: User, reason: str) -> int:
        model = {one._meta.label_lower: one for one in (Household, Person)}.get(event.subject_type)
        if model is None:
            return 0
        record: Any = model.objects.visible_to(by).get(pk=event.subject_id or 0)
        if event.verb == Verb.CREATED:
            if isinstance(record, Person):
                release(record)
            remove_brought(event, record, reversal, by=by)
        else:
            put_back(event, record)
            action = register_person if isinstance(record, Person) else register_household
            action(record, by=by, batch=reversal)
        return 1

    def _enter_household(self, household: Household | None, values: Values, by: User, batch: ImportBatch) -> bool:
        """Register the household of a row, or what differs in it; whether anything was entered."""
        if household is None:
            village = Division.objects.filter(level=Level.VILLAGE, code=values["village_code"]).order_by("-vintage")
            if (place := village.first()) is None or not covers(by.area, place.code):
                told = _("There is no such village in your area. Check the 12 digits of its code.")
                raise ValidationError({"village_code": ValidationError(told, code="out_of_scope")})
            household = Household(village=place, number=values["household_no"])
        changed = [name for name in _told(OF_HOUSEHOLD, values) if getattr(household, name) != values[name]]
        if household.pk is not None and not changed:
            return False
        for name in changed:
            setattr(household, name, values[name])
        register_household(household, by=by, batch=batch)
        return True


def _household(values: Values, by: User) -> Household | None:
    seen = Household.objects.visible_to(by).select_related("village")
    return seen.filter(village__code=values["village_code"], number=values["household_no"]).first()


def _told(columns: tuple[ImportColumn, ...], values: Values) -> list[str]:
    """The columns of which a row says something: an empty cell takes nothing away."""
    return [column.name for column in columns if values[column.name] not in ("", None)]


def _number_to_note(values: Values, person: Person) -> str:
    """The identity number that a row brings; "" for none, or for the one that is recorded.

    Raises ValidationError where the last digits are others than those of the person.
    """
    number: str = values["id_number"]
    if not number or number[-4:] == person.id_tail:
        return ""
    if person.id_tail or is_masked(number):
        told = _("The register has another identity number for this person. Check both.")
        raise ValidationError({"id_number": ValidationError(told, code="other_person")})
    return number

"""Households with their members, from a file of one row for each member."""

from collections.abc import Hashable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.common.areas import covers
from alleviation.common.reading import ImportColumn
from alleviation.intake.kinds import Sheet
from alleviation.intake.rows import (
    Numbered,
    Plan,
    RowKind,
    Unchanged,
    Values,
    put_back,
    remove_brought,
    remove_brought_together,
)
from beneficiaries.actions import register_household, register_person, release, release_all
from beneficiaries.imports.known import head_name, id_number, is_masked, member_of, number_to_note
from beneficiaries.imports.planned import Home, Planner
from beneficiaries.imports.register_columns import HOUSEHOLD, OF_HOUSEHOLD, OF_PERSON, VILLAGE, stated
from beneficiaries.models import Household, Person
from projects.choices import Level
from projects.models import Division


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

    def planned(self, sheet: Sheet, rows: list[Numbered], *, to_write: bool) -> Plan:
        homes: dict[Home, list[Numbered]] = {}
        for number, values in rows:
            homes.setdefault((values["village_code"], values["household_no"]), []).append((number, values))
        planner = Planner(homes, sheet.by, sheet.progress, to_write=to_write)
        plan = planner.planned()
        for number, values, error in planner.faults:
            self.tell_of(sheet, number, values, error)
        return plan

    def found(self, values: Values, *, by: User) -> Person | None:
        household = _household(values, by)
        if household is None:
            return None
        return member_of(household.persons.present().order_by("pk"), values)

    def enter(self, values: Values, record: Person | None, *, by: User, batch: ImportBatch) -> Model:
        household = _household(values, by)
        is_told = self._enter_household(household, values, by, batch)
        household = household or _household(values, by)
        person = record or Person(household=household, name=values["name"])
        if record is None and is_masked(values["name"]):
            raise ValidationError({"name": ValidationError(_("Write the name of somebody new in full."), "masked")})
        number = number_to_note(values, person)
        changed = [name for name in stated(OF_PERSON, values) if getattr(person, name) != values[name]]
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
        if event.subject_id is None:
            return self._take_back_together(model, event, reversal, by)
        record: Any = model.objects.visible_to(by).get(pk=event.subject_id)
        if event.verb == Verb.CREATED:
            if isinstance(record, Person):
                release(record)
            remove_brought(event, record, reversal, by=by)
        else:
            put_back(event, record)
            action = register_person if isinstance(record, Person) else register_household
            action(record, by=by, batch=reversal)
        return 1

    def _take_back_together(self, model: Any, event: AuditEvent, reversal: ImportBatch, by: User) -> int:
        records = [
            record
            for first, last in event.after["ids"]
            for record in model.objects.visible_to(by).filter(pk__range=(first, last)).order_by("pk")
        ]
        if model is Person:
            release_all(records)
        remove_brought_together(event, records, reversal, by=by)
        return len(records)

    def _enter_household(self, household: Household | None, values: Values, by: User, batch: ImportBatch) -> bool:
        """Register the household of a row, or what differs in it; whether anything was entered."""
        if household is None:
            village = Division.objects.filter(level=Level.VILLAGE, code=values["village_code"]).order_by("-vintage")
            if (place := village.first()) is None or not covers(by.area, place.code):
                told = _("There is no such village in your area. Check the 12 digits of its code.")
                raise ValidationError({"village_code": ValidationError(told, code="out_of_scope")})
            household = Household(village=place, number=values["household_no"])
        changed = [name for name in stated(OF_HOUSEHOLD, values) if getattr(household, name) != values[name]]
        if household.pk is not None and not changed:
            return False
        for name in changed:
            setattr(household, name, values[name])
        register_household(household, by=by, batch=batch)
        return True


def _household(values: Values, by: User) -> Household | None:
    seen = Household.objects.visible_to(by).select_related("village")
    return seen.filter(village__code=values["village_code"], number=values["household_no"]).first()

"""Parts of households in projects, from a file of one row for each household, project, kind of benefit and year."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.common.reading import ImportColumn, cells
from alleviation.intake.rows import RowKind, Unchanged, Values, put_back, remove_brought
from beneficiaries.actions import record_enrolment
from beneficiaries.choices import EnrolmentRole
from beneficiaries.imports.register_columns import HOUSEHOLD, VILLAGE, YEAR
from beneficiaries.models import Enrolment, Household
from projects.imports.columns import project_of
from projects.models import Project

ZERO = Decimal("0.00")


class EnrolmentImport(RowKind):
    """A row for the part of a whole household in a project; parts of single members are entered by hand."""

    slug = "enrolments"
    households_like = "household-register"
    title = gettext_lazy("Parts in projects")
    description = gettext_lazy(
        "One row for each household, project, kind of benefit and year, of the household as a whole. Households and "
        "projects must be registered. A part that is recorded with another amount is changed."
    )
    right = Right.ENTER_RECORDS
    columns = (
        VILLAGE,
        HOUSEHOLD,
        ImportColumn(
            "project_code",
            gettext_lazy("Project code"),
            partial(cells.code, longest=40),
            gettext_lazy("As in the list of projects."),
            "ZHAWO-PV",
            ("项目编号", "项目代码"),
        ),
        ImportColumn(
            "role",
            gettext_lazy("Kind of benefit"),
            partial(cells.choice, choices=EnrolmentRole),
            gettext_lazy("One of the words of the choice, in either language."),
            "dividend",
            ("受益方式", "收益类型"),
        ),
        YEAR,
        ImportColumn(
            "amount",
            gettext_lazy("Amount"),
            cells.money,
            gettext_lazy("In yuan; empty where it is not known."),
            "1000.00",
            ("金额",),
            may_be_blank=True,
        ),
    )
    key_columns = ("village_code", "household_no", "project_code", "role", "year")
    added_up = ("amount",)
    told_at = {"household": "household_no", "project": "project_code"}
    place_column = "village_code"
    measure = gettext_lazy("Benefits")

    def found(self, values: Values, *, by: User) -> Enrolment | None:
        whole = Enrolment.objects.visible_to(by).filter(person_key__isnull=True)
        return whole.filter(
            household=_household(values, by), project=_project(values, by), role=values["role"], year=values["year"]
        ).first()

    def enter(self, values: Values, record: Enrolment | None, *, by: User, batch: ImportBatch) -> Model:
        if record is not None and record.amount == values["amount"]:
            raise Unchanged
        part = record or Enrolment(
            household=_household(values, by), project=_project(values, by), role=values["role"], year=values["year"]
        )
        part.amount = values["amount"]
        record_enrolment(part, by=by, batch=batch)
        return part

    def yearly(self, values: Values, record: Enrolment | None) -> tuple[int, Decimal]:
        was = record.amount if record is not None and record.amount is not None else ZERO
        return values["year"], (values["amount"] or ZERO) - was

    def totals_before(self, years: Any, *, by: User) -> dict[int, Decimal]:
        seen = Enrolment.objects.visible_to(by).filter(year__in=years).order_by()
        return dict(seen.values("year").annotate(sum=Sum("amount")).exclude(sum=None).values_list("year", "sum"))

    def recorded(self, *, by: User) -> Iterator[Values]:
        theirs = Project.objects.visible_to(by)
        seen = Enrolment.objects.visible_to(by).filter(person_key__isnull=True, project__in=theirs)
        for one in seen.select_related("household__village", "project").order_by("pk").iterator():
            yield {
                "village_code": one.household.village.code,
                "household_no": one.household.number,
                "project_code": one.project.code,
                **{name: getattr(one, name) for name in ("role", "year", "amount")},
            }

    def take_back(self, event: AuditEvent, reversal: ImportBatch, *, by: User, reason: str) -> int:
        if event.subject_type != Enrolment._meta.label_lower:
            return 0
        record = Enrolment.objects.visible_to(by).get(pk=event.subject_id or 0)
        if event.verb == Verb.CREATED:
            remove_brought(event, record, reversal, by=by)
        else:
            put_back(event, record)
            record_enrolment(record, by=by, batch=reversal)
        return 1


def _household(values: Values, by: User) -> Household:
    seen = Household.objects.visible_to(by).select_related("village")
    found = seen.filter(village__code=values["village_code"], number=values["household_no"]).first()
    if found is None:
        told = _("The register has no such household in your area. Check village and number, or register it first.")
        raise ValidationError({"household_no": ValidationError(told, code="no_such_household")})
    return found


def _project(values: Values, by: User) -> Project | None:
    return project_of(values["project_code"], column="project_code", by=by)

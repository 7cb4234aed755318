"""Projects from a file."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.forms import NOT_FREE
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.common.reading import CellFault, ImportColumn, RawCell, cells
from alleviation.intake.rows import RowKind, Unchanged, Values, differing, put_back, remove_brought
from projects.actions import enter
from projects.choices import ProjectKind, ProjectStatus, Unit
from projects.imports.columns import OPTIONAL, code_column, day_column, place_column, place_of, text_column
from projects.models import Project

# The columns that are a project's fields under the same name.
FACTS = (
    "name",
    "name_zh",
    "kind",
    "status",
    "capacity",
    "capacity_unit",
    "started_on",
    "due_on",
    "finished_on",
    "summary",
)
CAPACITY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")


def capacity(value: RawCell) -> Decimal:
    """A number above or at zero with at most four decimals. Raises CellFault."""
    text = cells.text(value, 20).replace(",", "")
    if not CAPACITY.fullmatch(text):
        raise CellFault("bad_number", _("This is not a capacity."), _("Write digits, at most four decimals: 30.5."))
    return Decimal(text)


class ProjectImport(RowKind):
    """A row for each project."""

    slug = "projects"
    title = gettext_lazy("Projects")
    description = gettext_lazy(
        "One row for each project, told by its code. A project that is recorded otherwise is changed; a column that "
        "the file does not have changes nothing. Milestones and sites are entered on the project's page."
    )
    right = Right.ENTER_RECORDS
    columns = (
        code_column("project_code", gettext_lazy("Project code"), "", "项目编号", "项目代码"),
        text_column("name", gettext_lazy("Name"), "项目名称", "名称"),
        text_column("name_zh", gettext_lazy("Chinese name"), "中文名称", **OPTIONAL),
        ImportColumn(
            "kind",
            gettext_lazy("Kind of project"),
            partial(cells.choice, choices=ProjectKind),
            gettext_lazy("One of the words of the choice, in either language."),
            "photovoltaic",
            ("项目类型", "项目类别"),
        ),
        ImportColumn(
            "status",
            gettext_lazy("Status"),
            partial(cells.choice, choices=ProjectStatus),
            gettext_lazy("One of the words of the choice, in either language."),
            "under_way",
            ("项目状态", "状态"),
        ),
        place_column("village_code", gettext_lazy("Division code"), "行政区划代码", "项目地点代码", "村代码"),
        ImportColumn(
            "capacity",
            gettext_lazy("Capacity"),
            capacity,
            gettext_lazy("A number; its unit stands in the next column."),
            "30",
            ("规模", "装机容量"),
            is_required=False,
            may_be_blank=True,
        ),
        ImportColumn(
            "capacity_unit",
            gettext_lazy("Unit of capacity"),
            partial(cells.choice, choices=Unit),
            gettext_lazy("One of the words of the choice, in either language."),
            "MW",
            ("规模单位", "单位"),
            is_required=False,
            may_be_blank=True,
            blank="",
        ),
        day_column("started_on", gettext_lazy("Started on"), "开工日期", **OPTIONAL),
        day_column("due_on", gettext_lazy("To be finished by"), "计划完工日期", **OPTIONAL),
        day_column("finished_on", gettext_lazy("Finished on"), "完工日期", **OPTIONAL),
        text_column("summary", gettext_lazy("Summary"), "项目简介", longest=1000, **OPTIONAL),
    )
    key_columns = ("project_code",)
    told_at = {"code": "project_code", "division": "village_code"}
    place_column = "village_code"

    def found(self, values: Values, *, by: User) -> Project | None:
        found = Project.objects.filter(code=values["project_code"])
        seen = found.visible_to(by).select_related("division").first()
        if seen is None and found.beyond("whether a code is free does not depend on who asks").exists():
            raise ValidationError({"project_code": ValidationError(NOT_FREE, code="taken")})
        return seen

    def enter(self, values: Values, record: Project | None, *, by: User, batch: ImportBatch) -> Model:
        project = record or Project(code=values["project_code"])
        facts = {name: values[name] for name in FACTS if record is None or values[name] not in ("", None)}
        changed = differing(project, facts)
        moves = record is None or _code_of(project) != values["village_code"]
        if record is not None and not changed and not moves:
            raise Unchanged
        for name in facts:
            setattr(project, name, facts[name])
        if moves:
            project.division = place_of(values["village_code"], column="village_code", by=by)
        enter(project, by=by, batch=batch)
        return project

    def recorded(self, *, by: User) -> Iterator[Values]:
        for one in Project.objects.visible_to(by).select_related("division").order_by("code"):
            facts = {name: getattr(one, name) for name in FACTS}
            yield {"project_code": one.code, "village_code": _code_of(one), **facts}

    def take_back(self, event: AuditEvent, reversal: ImportBatch, *, by: User, reason: str) -> int:
        if event.subject_type != Project._meta.label_lower:
            return 0
        record = Project.objects.visible_to(by).get(pk=event.subject_id or 0)
        if event.verb == Verb.CREATED:
            remove_brought(event, record, reversal, by=by)
        else:
            put_back(event, record)
            enter(record, by=by, batch=reversal)
        return 1


def _code_of(project: Project) -> str:
    return project.division.code if project.division else ""

"""Alliances of party branches from a file."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.intake.rows import RowKind, Unchanged, Values, differing, put_back, remove_brought
from projects.actions import enter
from projects.imports.columns import OPTIONAL, day_column, place_column, place_of, text_column
from projects.models import Alliance, AllianceParty, PartyBranch

FACTS = ("title_zh", "agreement", "signed_on", "term_from", "term_to", "note")
BETWEEN_BRANCHES = re.compile(r"\s*[;；\n]\s*")


class AllianceImport(RowKind):
    """A row for each alliance, with the branches that joined."""

    slug = "alliances"
    title = gettext_lazy("Alliances")
    description = gettext_lazy(
        "One row for each alliance, told by its title and the place it serves. Its branches must be recorded; those "
        "that the row names join, and nobody leaves by a file. A column that the file does not have changes nothing."
    )
    right = Right.ENTER_RECORDS
    columns = (
        text_column("title", gettext_lazy("Title"), "联建名称", "名称"),
        place_column("village_code", gettext_lazy("Division code"), "行政区划代码", "村代码"),
        text_column("title_zh", gettext_lazy("Chinese title"), "中文名称", **OPTIONAL),
        text_column("agreement", gettext_lazy("Agreement"), "协议名称", "共建协议", **OPTIONAL),
        day_column("signed_on", gettext_lazy("Signed on"), "签订日期", **OPTIONAL),
        day_column("term_from", gettext_lazy("Term from"), "协议起始", **OPTIONAL),
        day_column("term_to", gettext_lazy("Term until"), "协议截止", **OPTIONAL),
        text_column(
            "branches",
            gettext_lazy("Party branches"),
            "支部",
            "参与支部",
            longest=1000,
            **OPTIONAL,
        ),
        text_column("note", gettext_lazy("Note"), "备注", longest=1000, **OPTIONAL),
    )
    key_columns = ("village_code", "title")
    told_at = {"division": "village_code"}
    place_column = "village_code"

    def found(self, values: Values, *, by: User) -> Alliance | None:
        seen = Alliance.objects.visible_to(by).select_related("division")
        return seen.filter(title=values["title"], division__code=values["village_code"]).order_by("pk").first()

    def enter(self, values: Values, record: Alliance | None, *, by: User, batch: ImportBatch) -> Model:
        branches = list(_branches(values["branches"] or ""))
        facts = {name: values[name] for name in FACTS if values[name] not in ("", None)}
        alliance = record or Alliance(title=values["title"])
        joined = set(alliance.parties.values_list("branch_id", flat=True)) if record else set()
        joining = [branch for branch in branches if branch.pk not in joined]
        if record is not None and not differing(alliance, facts) and not joining:
            raise Unchanged
        for name, value in facts.items():
            setattr(alliance, name, value)
        if record is None:
            alliance.division = place_of(values["village_code"], column="village_code", by=by)
        enter(alliance, by=by, batch=batch)
        for branch in joining:
            enter(AllianceParty(alliance=alliance, branch=branch), by=by, batch=batch)
        return alliance

    def recorded(self, *, by: User) -> Iterator[Values]:
        seen = Alliance.objects.visible_to(by).select_related("division").prefetch_related("parties__branch")
        for one in seen.order_by("division__code", "title", "pk"):
            yield {
                "title": one.title,
                "village_code": one.division.code,
                **{name: getattr(one, name) for name in FACTS},
                "branches": "; ".join(party.branch.name for party in one.parties.all()),
            }

    def take_back(self, event: AuditEvent, reversal: ImportBatch, *, by: User, reason: str) -> int:
        model = {one._meta.label_lower: one for one in (Alliance, AllianceParty)}.get(event.subject_type)
        if model is None:
            return 0
        record = model.objects.visible_to(by).get(pk=event.subject_id or 0)
        if event.verb == Verb.CREATED:
            remove_brought(event, record, reversal, by=by)
        else:
            put_back(event, record)
            enter(record, by=by, batch=reversal)
        return 1


def _branches(text: str) -> Iterator[PartyBranch]:
    """The branches of these names, in either language. Raises ValidationError for one that is not recorded."""
    for name in filter(None, BETWEEN_BRANCHES.split(text.strip())):
        found = PartyBranch.objects.filter(name=name).first() or PartyBranch.objects.filter(name_zh=name).first()
        if found is None:
            told = _("There is no party branch of this name: %(name)s. Record it first; put ; between several.")
            raise ValidationError({"branches": ValidationError(told % {"name": name}, code="no_such_branch")})
        yield found

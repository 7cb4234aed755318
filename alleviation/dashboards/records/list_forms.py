"""The filters of the lists of records, beside what every page of figures asks by."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.choices import AwardLevel, OrganisationKind, ProjectStatus
from projects.filters import EVERYTHING, QueryForm


def choice_of(label: Any, kinds: type[TextChoices]) -> forms.ChoiceField:
    """A menu of a code list, with all of it first."""
    return forms.ChoiceField(label=label, required=False, choices=lambda: [EVERYTHING, *kinds.choices])


class TextState(TextChoices):
    """Whether the text of a document is here."""

    PRESENT = "present", pgettext_lazy("text", "present")
    MISSING = "missing", pgettext_lazy("text", "not added")


class Undertaken(TextChoices):
    """How far alliances have come with what they undertook."""

    OPEN = "open", _("with open undertakings")
    DONE = "done", _("all undertakings done")
    NONE = "none", _("none recorded")


class ProjectsForm(QueryForm):
    """The filter of the list of projects."""

    standing = choice_of(_("Status"), ProjectStatus)

    field_order = ("year", "plan", "area", "kind", "standing", "as_of")  # type: ignore[assignment]


class AlliancesForm(QueryForm):
    """The filter of the list of alliances."""

    undertaken = choice_of(_("Undertakings"), Undertaken)


class PeopleForm(QueryForm):
    """The filter of people, organisations and awards. Nobody is looked for by name: a name stands in no address."""

    organisation_kind = choice_of(_("Kind of organisation"), OrganisationKind)
    award_level = choice_of(_("Level of the award"), AwardLevel)


class DocumentsForm(QueryForm):
    """The filter of the list of documents."""

    year = forms.IntegerField(label=_("Published in"), required=False, min_value=1949, max_value=2100)
    text = choice_of(_("Text"), TextState)

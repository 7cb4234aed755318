"""What is asked of a person who decides on a file of many households."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.reports.asking import RefusableForm
from alleviation.scrutiny import bulk_downloads
from alleviation.scrutiny.models import BulkDownload, RequestState


class ApproveForm(RefusableForm):
    """Nothing more than the press of a button."""


class DeclineForm(RefusableForm):
    """Why not."""

    note = forms.CharField(label=_("Why"), max_length=300)


@dataclass(frozen=True)
class Step:
    """One way to decide: the action, its form, and what happens then in plain words."""

    name: str
    action: Callable[..., BulkDownload]
    form: type[RefusableForm]
    title: Promise
    happens: Promise
    done: Promise


STEPS = (
    Step(
        "approve",
        bulk_downloads.approve_download,
        ApproveForm,
        _("Approve"),
        _("Whoever asked may take just this file away for seven days. Each time leaves an event in the trail."),
        _("You have approved it. The file can be taken away for seven days."),
    ),
    Step(
        "decline",
        bulk_downloads.decline_download,
        DeclineForm,
        _("Decline"),
        _("The file is not given out. Whoever asked reads why."),
        _("You have declined it."),
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def steps_for(user: User, asked: BulkDownload, right: str) -> tuple[Step, ...]:
    """The ways in which this person may decide now; none of one's own, and none a second time."""
    is_open = asked.state == RequestState.ASKED and asked.asked_by != user.get_username()
    return STEPS if is_open and user.may(right) else ()  # type: ignore[arg-type]

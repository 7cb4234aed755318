"""The steps of a closing: who may take which, in which state, and what happens then in plain words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import closings
from alleviation.audit.models import ClosingState, FrozenReport, YearClosing
from alleviation.reports.closings.flags import refuse_unexplained
from alleviation.reports.closings.forms import NoteForm, ReasonForm, StepForm
from alleviation.reports.closings.freezing import freeze, open_entries
from alleviation.reports.closings.incomes import refuse_unverified

Action = Callable[..., YearClosing]


@dataclass(frozen=True)
class Step:
    """A step from a state; `asked_by` names the person who cannot take it, since they asked for it."""

    name: str
    state: str
    right: Right
    action: Action
    form: type[StepForm]
    title: Promise
    happens: Promise
    button: Promise
    done: Promise
    asked_by: str = ""

    def is_open_to(self, user: User, closing: YearClosing) -> bool:
        return self.is_due(user, closing) and not self.is_own(user, closing)

    def is_due(self, user: User, closing: YearClosing) -> bool:
        """Whether the closing waits for this step and the person's role covers it."""
        return closing.state == self.state and user.may(self.right)

    def is_own(self, user: User, closing: YearClosing) -> bool:
        """Whether this person asked for it, so that somebody else has to decide."""
        return bool(self.asked_by) and getattr(closing, self.asked_by) == user.get_username()


def _close(closing: YearClosing, *, by: User, **_words: Any) -> YearClosing:
    return closings.close_year(closing, by=by, open_entries=open_entries, freeze=_explained_and_frozen)


def _explained_and_frozen(closing: YearClosing) -> list[FrozenReport]:
    """The files, once nobody can write to the year, its incomes are verified and its red flags explained."""
    refuse_unverified(closing)
    refuse_unexplained(closing)
    return freeze(closing)


def _reopen(closing: YearClosing, *, by: User, **_words: Any) -> YearClosing:
    return closings.reopen_year(closing, by=by)


STEPS = (
    Step(
        "close",
        ClosingState.PROPOSED,
        Right.CLOSE_YEARS,
        _close,
        StepForm,
        _("Close the year"),
        _(
            "From then on nothing of this year and area can be entered, changed or posted, by whatever way. Its "
            "reports are kept as files, as they are at that moment. To reopen it takes two people and a reason. A "
            "year is closed when each of its entries is decided, each of its incomes is verified and each of its "
            "red flags is explained."
        ),
        _("Close the year"),
        _("The year is closed, and its reports are frozen."),
        asked_by="proposed_by",
    ),
    Step(
        "decline",
        ClosingState.PROPOSED,
        Right.CLOSE_YEARS,
        closings.decline_closing,
        NoteForm,
        _("Decline to close it"),
        _("The year stays open. Whoever proposed it reads why, and it can be proposed again."),
        _("Decline"),
        _("The proposal is declined; the year stays open."),
        asked_by="proposed_by",
    ),
    Step(
        "ask",
        ClosingState.CLOSED,
        Right.PROPOSE_CLOSING,
        closings.ask_reopening,
        ReasonForm,
        _("Ask for it to be reopened"),
        _(
            "The year stays closed until somebody else reopens it. A late correction can also be booked in an open "
            "year, with its reason, without reopening this one."
        ),
        _("Ask for reopening"),
        _("You have asked for the year to be reopened. Somebody else decides."),
    ),
    Step(
        "reopen",
        ClosingState.REOPENING,
        Right.CLOSE_YEARS,
        _reopen,
        StepForm,
        _("Reopen the year"),
        _(
            "Entries and incomes of this year and area can be written again. The frozen files stay, and this page "
            "shows every difference from them. To close the year again takes a new proposal."
        ),
        _("Reopen the year"),
        _("The year is reopened. What was frozen stays."),
        asked_by="reopening_asked_by",
    ),
    Step(
        "keep",
        ClosingState.REOPENING,
        Right.CLOSE_YEARS,
        closings.decline_reopening,
        NoteForm,
        _("Keep it closed"),
        _("The year stays closed. Whoever asked for the reopening reads why."),
        _("Keep it closed"),
        _("The year stays closed."),
        asked_by="reopening_asked_by",
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def steps_for(user: User, closing: YearClosing) -> list[Step]:
    """The steps that this person may take now."""
    return [step for step in STEPS if step.is_open_to(user, closing)]


def waits_for_another(user: User, closing: YearClosing) -> bool:
    """Whether this person could decide, had they not asked for it themselves."""
    return any(step.is_due(user, closing) and step.is_own(user, closing) for step in STEPS)

"""Verifying incomes, and returning them with a note."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.handing import Handing, Shown, Step
from alleviation.common.words import yuan
from beneficiaries import actions
from beneficiaries.choices import CheckState
from beneficiaries.forms import NoteForm
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.jumps import Beside, beside_year_before

Incomes = Sequence[IncomeRecord]


class Check(Step):
    """What a reviewer says of incomes that hold."""

    def fits(self, record: IncomeRecord, user: User) -> bool:
        return record.superseded_at is None and super().fits(record, user)


def _verify(incomes: Incomes, by: User, _note: str) -> None:
    actions.verify_incomes(incomes, by=by)


def _return(incomes: Incomes, by: User, note: str) -> None:
    for income in incomes:
        actions.return_income(income, note=note, by=by)


CHECKS: dict[str, Step] = {
    check.slug: check
    for check in (
        Check(
            "verify",
            Right.CHECK_ENTRIES,
            frozenset({CheckState.SUBMITTED, CheckState.RETURNED}),
            _("Verify"),
            _("Verify these incomes? You say by it that they are what the households earned."),
            _("Incomes verified: %(number)s."),
            _verify,
        ),
        Check(
            "return",
            Right.CHECK_ENTRIES,
            frozenset({CheckState.SUBMITTED}),
            _("Return with a note"),
            _("Return these incomes to who recorded them?"),
            _("Incomes returned: %(number)s."),
            _return,
            asks_note=True,
        ),
    )
}


@dataclass(frozen=True)
class Row:
    """An income on the page that asks."""

    income: IncomeRecord
    beside: Beside
    token: str
    refusal: str = ""

    @property
    def net(self) -> str:
        return yuan(self.income.net_income)

    @property
    def per_capita(self) -> str:
        return yuan(self.beside.per_capita)


def _rows(shown: list[Shown]) -> list[Row]:
    beside = beside_year_before([one.record for one in shown])
    return [Row(one.record, beside[one.record.pk], one.token, one.refusal) for one in shown]


HANDING = Handing(
    IncomeRecord,
    "income",
    CHECKS,
    "admin/beneficiaries/incomerecord/step.html",
    note_form=NoteForm,
    order=("year", "village__code", "household__number", "pk"),
    none_chosen=_("No income was chosen; nothing was done."),
    too_many=_("Choose at most %(most)s incomes at a time; nothing was done."),
    rows=_rows,
)

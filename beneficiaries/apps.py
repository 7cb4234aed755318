from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BeneficiariesConfig(AppConfig):
    """Households, persons, incomes and enrolments."""

    name = "beneficiaries"
    verbose_name = _("Beneficiaries")
    # Every write of these leaves an event; the key table holds nothing but digests and encrypted numbers.
    audited = (
        "beneficiaries.Household",
        "beneficiaries.StatusChange",
        "beneficiaries.HouseholdMove",
        "beneficiaries.HouseholdLink",
        "beneficiaries.Person",
        "beneficiaries.IncomeRecord",
        "beneficiaries.Enrolment",
        "beneficiaries.Responsibility",
        "beneficiaries.SupportMeasure",
        "beneficiaries.Visit",
        "beneficiaries.Monitoring",
        "beneficiaries.LargeExpense",
        "beneficiaries.PovertyLine",
    )

    # Over several machines (docs/citus.md) each household lies on one, and what is a part of it beside it.
    cut = ("beneficiaries.Household",)

    # Sums of incomes, written where they are added up alone (beneficiaries/actions/cells.py).
    guarded = ("beneficiaries.VillageYear", "beneficiaries.CountyYear", "beneficiaries.MergedYear")

    # Files can prove these (alleviation/evidence).
    evidenced = (
        "beneficiaries.IncomeRecord",
        "beneficiaries.Enrolment",
        "beneficiaries.StatusChange",
        "beneficiaries.SupportMeasure",
        "beneficiaries.LargeExpense",
    )

    def ready(self) -> None:
        from beneficiaries.actions.cells import add_up_where_missing, keep_cells
        from beneficiaries.rules import RULES

        self.triggers = RULES
        keep_cells()
        # With the tables as they are then: an upgrade of a database with incomes has its cells, too.
        post_migrate.connect(add_up_where_missing, sender=self, dispatch_uid="cells of incomes")

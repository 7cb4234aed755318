from django.apps import AppConfig
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

    # Files can prove these (alleviation/evidence).
    evidenced = (
        "beneficiaries.IncomeRecord",
        "beneficiaries.Enrolment",
        "beneficiaries.StatusChange",
        "beneficiaries.SupportMeasure",
        "beneficiaries.LargeExpense",
    )

    def ready(self) -> None:
        from beneficiaries.rules import RULES

        self.triggers = RULES

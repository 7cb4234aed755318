from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BeneficiariesConfig(AppConfig):
    """Households, persons, incomes and enrolments."""

    name = "beneficiaries"
    verbose_name = _("Beneficiaries")
    # Every write of these leaves an event; the key table holds nothing but digests.
    audited = (
        "beneficiaries.Household",
        "beneficiaries.Person",
        "beneficiaries.IncomeRecord",
        "beneficiaries.Enrolment",
        "beneficiaries.PovertyLine",
    )

    # Files can prove these (alleviation/evidence).
    evidenced = ("beneficiaries.IncomeRecord", "beneficiaries.Enrolment")

    def ready(self) -> None:
        from beneficiaries.rules import RULES

        self.triggers = RULES

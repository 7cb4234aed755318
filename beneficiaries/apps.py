from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BeneficiariesConfig(AppConfig):
    """Households, persons, incomes and enrolments."""

    name = "beneficiaries"
    verbose_name = _("Beneficiaries")

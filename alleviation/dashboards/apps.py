from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    """Pages of figures."""

    name = "alleviation.dashboards"
    label = "dashboards"
    verbose_name = _("Dashboards")

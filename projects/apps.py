from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """Places, organisations, alliances, projects, money and claims."""

    name = "projects"
    verbose_name = _("Projects and funds")

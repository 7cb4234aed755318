from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExampleConfig(AppConfig):
    """The two real documents' facts and a made-up county, to learn with; nothing depends on it."""

    name = "alleviation.example"
    label = "example"
    verbose_name = _("Example")

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from alleviation.example import checks

        register(checks.example_sign_ins, Tags.security, deploy=True)
        register(checks.office_database, Tags.security, deploy=True)
        register(checks.open_lines, Tags.security, deploy=True)

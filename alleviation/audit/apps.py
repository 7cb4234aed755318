from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """What was done, when and by whom."""

    name = "alleviation.audit"
    label = "audit"
    verbose_name = _("Audit trail")
    # Every write of these leaves an event (alleviation/common/guard.py) …
    audited = ("accounts.User", "accounts.ApiToken", "audit.ImportBatch", "audit.YearClosing", "audit.FrozenReport")
    # … and these are the trail itself.
    guarded = ("audit.AuditEvent", "audit.TrailHead")

    def ready(self) -> None:
        from alleviation.audit import sign_ins, triggers
        from alleviation.audit.rules import RULES
        from alleviation.common.guard import watch

        self.triggers = RULES
        connection_created.connect(watch, dispatch_uid="guard")
        # A table that a migration of SQLite rebuilds loses its triggers, so they go before and come back after.
        pre_migrate.connect(triggers.remove_before, sender=self, dispatch_uid="triggers")
        post_migrate.connect(triggers.install_after, sender=self, dispatch_uid="triggers")
        sign_ins.connect()

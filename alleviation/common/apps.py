from django.apps import AppConfig
from django.conf import settings


class CommonConfig(AppConfig):
    """Tools without tables; imports nothing of ours."""

    name = "alleviation.common"
    label = "common"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django.db.models import CharField

        from alleviation.common.beginnings import Begins
        from alleviation.common.charts.boundaries import boundaries
        from alleviation.common.replica import watching
        from alleviation.common.saved import watch

        CharField.register_lookup(Begins)
        connection_created.connect(watch, dispatch_uid="saved")
        if settings.REPLICA_URL:
            connection_created.connect(watching.watch, dispatch_uid="replica")
        # A file that makes no sense is refused now, and not on the first page with a map.
        boundaries()

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Tools without tables; imports nothing of ours."""

    name = "alleviation.common"
    label = "common"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django.db.models import CharField

        from alleviation.common.beginnings import Begins
        from alleviation.common.charts.boundaries import boundaries
        from alleviation.common.saved import watch

        CharField.register_lookup(Begins)
        connection_created.connect(watch, dispatch_uid="saved")
        # A file that makes no sense is refused now, and not on the first page with a map.
        boundaries()

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Tools without tables; imports nothing of ours."""

    name = "alleviation.common"
    label = "common"

    def ready(self) -> None:
        from django.db.models import CharField

        from alleviation.common.beginnings import Begins
        from alleviation.common.charts.boundaries import boundaries

        CharField.register_lookup(Begins)
        # A file that makes no sense is refused now, and not on the first page with a map.
        boundaries()

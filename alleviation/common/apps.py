from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Tools without tables; imports nothing of ours."""

    name = "alleviation.common"
    label = "common"

    def ready(self) -> None:
        from django.db.models import CharField

        from alleviation.common.beginnings import Begins

        CharField.register_lookup(Begins)

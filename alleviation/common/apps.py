from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Tools without tables; imports nothing of ours."""

    name = "alleviation.common"
    label = "common"

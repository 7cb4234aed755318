"""The addresses of programs. They ask for a token and not for a session, so nobody is led to the sign-in from them."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern

from alleviation.api.views import api


def opened() -> Any:
    """The patterns of ninja, each without the sign-in page before it; bearing.py stands there instead."""
    patterns, app_name, namespace = api.urls
    for one in patterns:
        if isinstance(one, URLPattern):
            one.callback = login_not_required(one.callback)
    return patterns, app_name, namespace

"""The addresses of people who look up what programs may ask. Those of programs are api.urls, under /api/v1/."""

from django.urls import path

from alleviation.api import pages

app_name = "api"
urlpatterns = [
    path("", pages.documentation, name="documentation"),
    path("openapi.json", pages.description, name="description"),
]

"""Addresses of the dashboards."""

from django.urls import include, path

from alleviation.dashboards.figures import areas, funding, income, overview

app_name = "dashboards"
urlpatterns = [
    path("", overview.show, name="overview"),
    path("funding/", funding.show, name="funding"),
    path("income/", income.show, name="income"),
    path("areas/", areas.nation, name="areas"),
    path("areas/<str:code>/", areas.show, name="area"),
    path("", include("alleviation.dashboards.records.urls")),
]

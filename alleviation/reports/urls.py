"""Addresses of the reports."""

from django.urls import path

from alleviation.reports import views
from alleviation.reports.iati import views as iati

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("all.zip", views.download_all, name="all"),
    path("iati/", iati.page, name="iati-page"),
    path("iati.xml", iati.download, name="iati"),
    path("<slug:slug>.csv", views.download, name="csv"),
    path("<slug:slug>.xlsx", views.workbook, name="xlsx"),
    path("<slug:slug>.zip", views.package, name="zip"),
    path("<slug:slug>.datapackage.json", views.description, name="datapackage"),
    path("<slug:slug>/", views.detail, name="detail"),
]

"""Addresses of the reports."""

from django.urls import path

from alleviation.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("all.zip", views.download_all, name="all"),
    path("<slug:slug>.csv", views.download, name="csv"),
    path("<slug:slug>.xlsx", views.workbook, name="xlsx"),
    path("<slug:slug>.zip", views.package, name="zip"),
    path("<slug:slug>/", views.detail, name="detail"),
]

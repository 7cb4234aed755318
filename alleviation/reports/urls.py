"""Addresses of the reports."""

from django.urls import path

from alleviation.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>.csv", views.download, name="csv"),
    path("<slug:slug>/", views.detail, name="detail"),
]

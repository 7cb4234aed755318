"""Addresses of the leave to take away files of many households."""

from django.urls import path

from alleviation.reports.approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.index, name="index"),
    path("ask/<slug:slug>/", views.ask, name="ask"),
    path("<int:pk>/", views.detail, name="detail"),
]

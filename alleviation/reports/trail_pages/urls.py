"""Addresses of the audit trail."""

from django.urls import path

from alleviation.reports.trail_pages import views

app_name = "audit_trail"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("trail.zip", views.download, name="download"),
]

"""Addresses of the closings."""

from django.urls import path

from alleviation.reports.closings import views

app_name = "closings"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/<slug:slug>.csv", views.download, name="csv"),
]

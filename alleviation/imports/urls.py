"""Addresses of the imports."""

from django.urls import path

from alleviation.imports import kind_pages, run_pages

app_name = "imports"
urlpatterns = [
    path("", kind_pages.index, name="index"),
    path("runs/<int:pk>/", run_pages.detail, name="run"),
    path("runs/<int:pk>/progress.json", run_pages.progress, name="progress"),
    path("runs/<int:pk>/confirm/", run_pages.confirm, name="confirm"),
    path("runs/<int:pk>/cancel/", run_pages.cancel, name="cancel"),
    path("runs/<int:pk>/errors.csv", run_pages.errors, name="errors"),
    path("batches/<int:pk>/", run_pages.batch, name="batch"),
    path("batches/<int:pk>/undo/", run_pages.undo, name="undo"),
    path("<slug:slug>/", kind_pages.detail, name="kind"),
    path("<slug:slug>/recorded.csv", kind_pages.recorded, name="recorded"),
    path("<slug:slug>/template.csv", kind_pages.template_csv, name="template-csv"),
    path("<slug:slug>/template.xlsx", kind_pages.template_xlsx, name="template-xlsx"),
]

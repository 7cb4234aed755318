"""Addresses of the pages of records."""

from django.urls import URLPattern, path

from alleviation.dashboards.records import alliances, claims, documents, organisations, people, projects

urlpatterns: list[URLPattern] = [
    path("projects/", projects.index, name="projects"),
    path("projects/<slug:code>/", projects.show, name="project"),
    path("alliances/", alliances.index, name="alliances"),
    path("alliances/<int:pk>/", alliances.show, name="alliance"),
    path("people/", people.index, name="people"),
    path("people/<int:pk>/", people.show, name="person"),
    path("organisations/<int:pk>/", organisations.show, name="organisation"),
    path("documents/", documents.index, name="documents"),
    path("documents/<int:pk>/", documents.show, name="document"),
    path("claims/", claims.index, name="claims"),
    path("claims/<slug:code>/", claims.show, name="claim"),
]

"""Data entry for the first floor, a module for each section of the index."""

from projects.admin import alliances, claims, documents, ledger, people, places, pledges, projects, sources

__all__ = ["alliances", "claims", "documents", "ledger", "people", "places", "pledges", "projects", "sources"]

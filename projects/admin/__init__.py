"""Data entry for the first floor, a module for each section of the index."""

from projects.admin import alliances, claims, money, people, places, pledges, projects

__all__ = ["alliances", "claims", "money", "people", "places", "pledges", "projects"]

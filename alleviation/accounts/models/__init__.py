"""The tables of accounts."""

from alleviation.accounts.models.people import User, Users
from alleviation.accounts.models.sessions import Session
from alleviation.accounts.models.tallies import Tally

__all__ = ["Session", "Tally", "User", "Users"]

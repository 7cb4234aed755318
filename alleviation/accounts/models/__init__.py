"""The tables of accounts."""

from alleviation.accounts.models.people import User, Users
from alleviation.accounts.models.sessions import Session
from alleviation.accounts.models.tallies import Tally
from alleviation.accounts.models.tokens import ApiToken

__all__ = ["ApiToken", "Session", "Tally", "User", "Users"]

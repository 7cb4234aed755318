"""Commands read as someone who sees everything and is nobody: whoever can run them has the database anyway."""

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role


def trusted_reader(name: str) -> User:
    """A reader of every area, never saved, who cannot sign in; `name` is the command, as the trail will have it."""
    return User(username=name, role=Role.AUDITOR, is_active=True)

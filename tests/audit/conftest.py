"""Who else the tests of the trail speak of."""

import pytest

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from tests.factories import UserFactory


@pytest.fixture
def second_reviewer(db: None) -> User:
    """Another reviewer of Heishui County."""
    return UserFactory(username="second-reviewer", role=Role.REVIEWER, area="513228")

"""The story of a party branch in one screen."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.common.tables import Row, Table
from alleviation.dashboards.records.honours import (
    holders,
)
from alleviation.dashboards.records.parts import (
    Link,
    entry_url,
)
from alleviation.dashboards.records.story import (
    Happening,
    Story,
    life,
    missing,
    sentence,
)
from projects.models import PartyBranch


def branch_story(branch: PartyBranch, home: tuple[Link, ...], alliances: Table, user: User) -> Story:
    """Whose branch it is, who answers there, and with whom it was joined when."""
    today: date = timezone.localdate()
    change = entry_url(user, "partybranch", branch.pk)
    rows = list(alliances.rows)
    belongs = [Link(gettext("of %(whom)s") % {"whom": one.text}, one.url) for one in home]
    return Story(
        sentence=sentence(gettext("party branch"), *belongs),
        people=holders([branch.organisation], user, today) if branch.organisation else [],
        is_provable=False,
        life=life(Happening(row["title"], *_days(row), url=row["_url"], lasts=any(row["_days"])) for row in rows),
        gaps=missing(
            [
                (branch.name_zh, gettext("The Chinese name is not recorded."), change),
                (rows, gettext("No alliance of it is recorded."), entry_url(user, "alliance")),
            ]
        ),
    )


def _days(row: Row) -> tuple[date | None, date | None]:
    """The term of an alliance; where none of it is stated, the day of signing."""
    term: tuple[date | None, date | None] = row["_days"]
    return term if any(term) else (row["signed_on"], None)

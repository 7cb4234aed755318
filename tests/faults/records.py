"""The kinds of records that two people open at once, each saved through its action."""

from decimal import Decimal

from beneficiaries import actions as register
from beneficiaries.models import Household, IncomeRecord
from projects import actions
from projects.models import LedgerEntry, Project
from tests.faults.editors import Record
from tests.faults.scene import COMMAND, Scene, build

# What each of the two writes, by number.
AMOUNTS = (Decimal("11.11"), Decimal("22.22"))


def records() -> dict[str, Record]:
    """The kinds, with what they need written into the database."""
    scene = build()
    return {
        "draft entry": drafts(scene),
        "project": projects(scene),
        "income": incomes(scene),
        "post or post": approvals(scene, is_returned=False),
        "post or return": approvals(scene, is_returned=True),
    }


def drafts(scene: Scene) -> Record:
    """Two clerks change the amount of a draft."""

    def make(number: int) -> int:
        entry = scene.entry(f"d{number}", number + 1)
        actions.draft_entry(entry, by=scene.clerks[0])
        return entry.pk

    def save(entry: LedgerEntry, number: int) -> None:
        entry.amount = AMOUNTS[number]
        actions.draft_entry(entry, by=scene.clerks[number])

    def says(key: int) -> list[int]:
        return [
            AMOUNTS.index(amount) for amount in LedgerEntry.objects.filter(pk=key).values_list("amount", flat=True)
        ]

    return Record(make, lambda key: LedgerEntry.objects.get(pk=key), save, says)


def projects(scene: Scene) -> Record:
    """Two clerks change the name of a project."""

    def make(number: int) -> int:
        project = Project(code=f"P-{number}", name="A road", kind="road", division=scene.villages[0])
        actions.enter(project, by=COMMAND)
        return project.pk

    def save(project: Project, number: int) -> None:
        project.name = str(number)
        actions.enter(project, by=scene.clerks[number])

    def says(key: int) -> list[int]:
        return [int(Project.objects.get(pk=key).name)]

    return Record(make, lambda key: Project.objects.get(pk=key), save, says)


def incomes(scene: Scene) -> Record:
    """Two clerks correct a recorded income; the record they corrected stays beside the one correction."""

    def make(number: int) -> int:
        household = Household(village=scene.villages[0], number=f"H-{number}")
        register.enter(household, by=COMMAND)
        income = scene.income(household)
        register.record_income(income, by=COMMAND)
        return income.pk

    def save(income: IncomeRecord, number: int) -> None:
        income.wage_income, income.reason = AMOUNTS[number], "A slip"
        register.record_income(income, by=scene.clerks[number])

    def says(key: int) -> list[int]:
        household = IncomeRecord.objects.get(pk=key).household
        corrected = IncomeRecord.objects.filter(household=household).exclude(pk=key)
        return [AMOUNTS.index(amount) for amount in corrected.values_list("wage_income", flat=True)]

    return Record(make, lambda key: IncomeRecord.objects.get(pk=key), save, says)


def approvals(scene: Scene, *, is_returned: bool) -> Record:
    """Two reviewers check the same submission: both post it, or the second returns it."""

    def make(number: int) -> int:
        entry = scene.entry(f"s{number}", number + 1)
        actions.draft_entry(entry, by=scene.clerks[0])
        actions.submit_entry(entry, by=scene.clerks[0])
        return entry.pk

    def save(entry: LedgerEntry, number: int) -> None:
        if is_returned and number == 1:
            actions.return_entry(entry, by=scene.reviewers[number], note="Which road?")
        else:
            actions.post_entry(entry, by=scene.reviewers[number])

    def says(key: int) -> list[int]:
        names = [reviewer.username for reviewer in scene.reviewers]
        entry = LedgerEntry.objects.get(pk=key)
        number = names.index(entry.checked_by)
        is_as_checked = entry.state == ("returned" if is_returned and number == 1 else "posted")
        return [number] if is_as_checked else []

    return Record(make, lambda key: LedgerEntry.objects.get(pk=key), save, says)

"""Records for tests. A factory writes the row alone; what goes through `actions` is tested through `actions`."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from alleviation.accounts.models import ApiToken, User
from alleviation.accounts.rights import Role
from alleviation.evidence.models import Evidence, FileKind, StoredFile
from alleviation.scrutiny.models import BulkDownload, Waiver
from beneficiaries.models import (
    Enrolment,
    Household,
    HouseholdLink,
    HouseholdMove,
    IncomeRecord,
    LargeExpense,
    Monitoring,
    Person,
    PovertyLine,
    Responsibility,
    StatusChange,
    SupportMeasure,
    Visit,
    concept_of,
)
from projects.choices import (
    EntryKind,
    EntryState,
    Level,
    Measure,
    OrganisationKind,
    PledgeBasis,
    ProjectKind,
    SourceLevel,
)
from projects.models import (
    Alliance,
    Award,
    Claim,
    ClaimRelation,
    Division,
    Document,
    FundingSource,
    LedgerEntry,
    Official,
    Organisation,
    PartyBranch,
    Pledge,
    Project,
)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    role = Role.MANAGER
    area = ""


class ApiTokenFactory(DjangoModelFactory):
    class Meta:
        model = ApiToken

    user = factory.SubFactory(UserFactory)
    digest = factory.Sequence(lambda n: f"{n:064x}")
    prefix = "alv_abcdef"
    name = "a program"
    scopes = "figures"
    expires_on = date(2100, 1, 1)


class DivisionFactory(DjangoModelFactory):
    """A village unless told otherwise; `place()` makes one with the right level for its code."""

    class Meta:
        model = Division
        django_get_or_create = ("vintage", "level", "code")

    code = "513228212205"
    level = Level.VILLAGE
    vintage = 2019
    name = factory.LazyAttribute(lambda place: f"村{place.code[-3:]}村民委员会")


def place(code: str, name: str = "", *, vintage: int = 2019, name_en: str = "") -> Division:
    """A division of the level that its code tells: 513228 is a county; its zeros are added."""
    extra = {"name": name} if name else {}
    return DivisionFactory(**coded(code), vintage=vintage, name_en=name_en, **extra)


def new_places(*named: tuple[str, str, str]) -> Division:
    """Places (code, name, English name) that are not there yet, and the last of them: thousands of tests begin so."""
    places = [Division(**coded(code), vintage=2019, name=name, name_en=english) for code, name, english in named]
    return Division.objects.bulk_create(places)[-1]


def coded(code: str) -> dict[str, object]:
    """The code of a place with its zeros, and the level that it tells."""
    return {"code": code.ljust(12, "0"), "level": {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}[len(code)]}


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organisation {n}")
    kind = OrganisationKind.ENTERPRISE


class PartyBranchFactory(DjangoModelFactory):
    class Meta:
        model = PartyBranch

    name = factory.Sequence(lambda n: f"Branch {n}")
    organisation = factory.SubFactory(OrganisationFactory)


class OfficialFactory(DjangoModelFactory):
    class Meta:
        model = Official

    name = factory.Sequence(lambda n: f"Official {n}")


class AwardFactory(DjangoModelFactory):
    class Meta:
        model = Award

    title = factory.Sequence(lambda n: f"Award {n}")
    official = factory.SubFactory(OfficialFactory)


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project

    code = factory.Sequence(lambda n: f"P-{n:03}")
    name = factory.Sequence(lambda n: f"Project {n}")
    kind = ProjectKind.ROAD
    division = factory.SubFactory(DivisionFactory)


class AllianceFactory(DjangoModelFactory):
    class Meta:
        model = Alliance

    title = factory.Sequence(lambda n: f"Alliance {n}")
    division = factory.SubFactory(DivisionFactory)


class FundingSourceFactory(DjangoModelFactory):
    class Meta:
        model = FundingSource
        django_get_or_create = ("code",)

    code = "county"
    name = "County budget"
    level = SourceLevel.COUNTY


class LedgerEntryFactory(DjangoModelFactory):
    """A posted entry. The database takes none that is born posted, so it is submitted first, as by a person."""

    class Meta:
        model = LedgerEntry

    voucher = factory.Sequence(lambda n: f"V-{n:05}")
    kind = EntryKind.ALLOCATION
    year = 2019
    booked_on = factory.LazyAttribute(lambda entry: date(entry.year, 6, 30))
    amount = Decimal("100.00")
    source = factory.SubFactory(FundingSourceFactory)
    division = factory.SubFactory(DivisionFactory)
    project = None
    state = EntryState.POSTED
    drafted_by = submitted_by = "a-clerk"
    checked_by = "a-reviewer"
    drafted_at = submitted_at = checked_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        kwargs.update(_people_of(kwargs["state"]))
        if kwargs["state"] not in (EntryState.POSTED, EntryState.RETURNED):
            return super()._create(model_class, *args, **kwargs)
        checked = {name: kwargs[name] for name in ("state", "voucher", "checked_by", "checked_at")}
        entry = super()._create(
            model_class, *args, **{**kwargs, **_people_of(EntryState.SUBMITTED), "state": "submitted"}
        )
        LedgerEntry.objects.filter(pk=entry.pk).update(**checked)
        for name, value in checked.items():
            setattr(entry, name, value)
        return entry


def _people_of(state: str) -> dict[str, object]:
    """What an entry in this state does not have yet."""
    nobody = {"checked_by": "", "checked_at": None}
    if state == EntryState.POSTED:
        return {}
    if state == EntryState.RETURNED:
        return {"voucher": "", "return_note": "Look at the date"}
    if state == EntryState.SUBMITTED:
        return {"voucher": "", **nobody}
    return {"voucher": "", "submitted_by": "", "submitted_at": None, **nobody}


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    title = factory.Sequence(lambda n: f"Document {n}")
    text = ""
    sha256 = factory.LazyAttribute(
        lambda document: sha256(document.text.encode()).hexdigest() if document.text else ""
    )
    length = factory.LazyAttribute(lambda document: len(document.text) or None)


class PledgeFactory(DjangoModelFactory):
    class Meta:
        model = Pledge

    source = factory.SubFactory(FundingSourceFactory)
    division = factory.SubFactory(DivisionFactory)
    basis = PledgeBasis.ONCE
    low = Decimal("100.00")
    high = factory.SelfAttribute("low")


class ClaimFactory(DjangoModelFactory):
    class Meta:
        model = Claim

    code = factory.Sequence(lambda n: f"X{n:03}")
    document = factory.SubFactory(DocumentFactory)
    start = 0
    end = 10
    subject = "A village"
    attribute = "has a road"
    measure = Measure.STATEMENT


class ClaimRelationFactory(DjangoModelFactory):
    """Two claims of people, unknown how they overlap."""

    class Meta:
        model = ClaimRelation

    one = factory.SubFactory(ClaimFactory, measure=Measure.PEOPLE)
    other = factory.SubFactory(ClaimFactory, measure=Measure.PEOPLE)
    kind = "unknown"
    reason = "the documents do not say"
    decided_by = "a-reviewer"


class StoredFileFactory(DjangoModelFactory):
    """The row alone: no file lies on the disk."""

    class Meta:
        model = StoredFile

    sha256 = factory.Sequence(lambda n: sha256(str(n).encode()).hexdigest())
    kind = FileKind.PDF
    size = 1234
    stored_by = "a-clerk"


class EvidenceFactory(DjangoModelFactory):
    """A receipt of a ledger entry, unless told otherwise (subject_type, subject_id)."""

    class Meta:
        model = Evidence

    file = factory.SubFactory(StoredFileFactory)
    subject_type = "projects.ledgerentry"
    subject_id = 1
    title = "receipt"
    attached_by = "a-clerk"


class WaiverFactory(DjangoModelFactory):
    class Meta:
        model = Waiver

    flag = "idle-money"
    case_key = factory.Sequence(lambda n: f"case-{n}")
    area = "513228000000"
    reason = "the work began late"
    expires_on = date(2027, 6, 30)
    asked_by = "a-clerk"


class BulkDownloadFactory(DjangoModelFactory):
    class Meta:
        model = BulkDownload

    report = "household-register"
    area = "513228"
    rows = 1000
    reason = "the yearly check of the county"
    asked_by = "a-clerk"


class HouseholdFactory(DjangoModelFactory):
    class Meta:
        model = Household

    village = factory.SubFactory(DivisionFactory)
    number = factory.Sequence(lambda n: f"H{n:04}")


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    household = factory.SubFactory(HouseholdFactory)
    name = "测试"
    relation = "head"


class IncomeRecordFactory(DjangoModelFactory):
    class Meta:
        model = IncomeRecord

    household = factory.SubFactory(HouseholdFactory)
    village = factory.SelfAttribute("household.village")
    year = 2019
    persons = 4
    concept = factory.LazyAttribute(lambda income: concept_of(income.year))
    wage_income = Decimal("10000.00")
    business_income = property_income = transfer_income = expenses = Decimal(0)


# The components of an income that a test does not speak of: known to be nothing, which is not the same as unknown.
NO_OTHER_INCOME = dict.fromkeys(
    ("wage_income", "business_income", "property_income", "transfer_income", "expenses"), Decimal(0)
)


class EnrolmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrolment

    household = factory.SubFactory(HouseholdFactory)
    village = factory.SelfAttribute("household.village")
    project = factory.SubFactory(ProjectFactory)
    role = "dividend"
    year = 2019


class PovertyLineFactory(DjangoModelFactory):
    class Meta:
        model = PovertyLine

    year = 2019
    amount = Decimal("3000.00")
    concept = "disposable"
    source = "made up for a test"


class StatusChangeFactory(DjangoModelFactory):
    class Meta:
        model = StatusChange

    household = factory.SubFactory(HouseholdFactory)
    status = "monitored"
    happened_on = date(2021, 3, 1)
    decided_by = "a meeting made up for a test"


class HouseholdMoveFactory(DjangoModelFactory):
    class Meta:
        model = HouseholdMove

    household = factory.SubFactory(HouseholdFactory)
    from_village = factory.SubFactory(DivisionFactory, code="513228212206")
    from_number = factory.SelfAttribute("household.number")
    to_village = factory.SelfAttribute("household.village")
    to_number = factory.SelfAttribute("household.number")
    moved_on = date(2021, 3, 1)
    reason = "move"


class HouseholdLinkFactory(DjangoModelFactory):
    class Meta:
        model = HouseholdLink

    household = factory.SubFactory(HouseholdFactory)
    kind = "split_from"
    other_number = factory.LazyAttribute(lambda link: HouseholdFactory(village=link.household.village).pk)
    happened_on = date(2021, 3, 1)


class ResponsibilityFactory(DjangoModelFactory):
    class Meta:
        model = Responsibility

    household = factory.SubFactory(HouseholdFactory)
    official = factory.SubFactory(OfficialFactory)
    from_on = date(2018, 1, 1)


class SupportMeasureFactory(DjangoModelFactory):
    class Meta:
        model = SupportMeasure

    household = factory.SubFactory(HouseholdFactory)
    kind = "industry"
    what = "seedlings"
    begun_on = date(2019, 4, 1)


class VisitFactory(DjangoModelFactory):
    class Meta:
        model = Visit

    household = factory.SubFactory(HouseholdFactory)
    official = factory.SubFactory(OfficialFactory)
    visited_on = date(2019, 5, 1)
    purpose = "to see how the harvest was"


class MonitoringFactory(DjangoModelFactory):
    class Meta:
        model = Monitoring

    household = factory.SubFactory(HouseholdFactory)
    kind = "sudden"
    risk = "illness"
    identified_on = date(2021, 3, 1)
    identified_by = "a meeting made up for a test"


class LargeExpenseFactory(DjangoModelFactory):
    class Meta:
        model = LargeExpense

    household = factory.SubFactory(HouseholdFactory)
    kind = "medical"
    spent_on = date(2022, 6, 1)
    amount = Decimal("30000.00")

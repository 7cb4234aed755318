"""A small world with two areas in it, each record named so that it is known wherever it turns up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, FrozenReport, ImportBatch, Verb, YearClosing
from alleviation.evidence.actions import attach
from alleviation.evidence.models import Evidence
from alleviation.intake import running
from beneficiaries.imports.incomes import IncomeImport
from projects.models import (
    AllianceActivity,
    AllianceParty,
    AlliancePledge,
    Division,
    Milestone,
    Post,
    ProjectSite,
    Succession,
)
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    AwardFactory,
    BulkDownloadFactory,
    ClaimFactory,
    DocumentFactory,
    EnrolmentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    OfficialFactory,
    OrganisationFactory,
    PartyBranchFactory,
    PersonFactory,
    PledgeFactory,
    PovertyLineFactory,
    ProjectFactory,
    place,
)

TEXT = "Before. A road was built with over 300,000 yuan. After."
# Each component is told, as on a form; the wages are a canary.
INCOME = dict.fromkeys(("business_income", "property_income", "transfer_income", "expenses"), Decimal(0))
INCOME["wage_income"] = Decimal("76543.21")
READERS = ("manager", "reviewer", "auditor", "clerk", "stranger")
ROLES = ("anonymous", "administrator", *READERS)


@dataclass
class Area:
    """The records of one village, by the name of their model."""

    mark: str
    village: Division
    records: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """Ruoduo in Zhawo, where the clerk works; a village of Hezhou, where the stranger works; what is everybody's."""

    own: Area
    foreign: Area
    public: dict[str, Any]
    event: AuditEvent


Named = Callable[[str], str]


def named_by(mark: str) -> Named:
    """Names that tell whose they are: "OWN-project"."""
    return lambda what: f"{mark}-{what}"


def build_area(mark: str, village: Division, public: dict[str, Any], name: Named) -> Area:
    """One of each kind of record that belongs to an area, every text field filled in."""
    area = Area(mark, village)
    project = ProjectFactory(
        code=f"{mark}-P", name=name("project"), name_zh=name("project-zh"), division=village, summary=name("summary"),
        operator=public["organisation"], capacity=Decimal("30"), capacity_unit="MW",
    )  # fmt: skip
    ProjectSite.objects.create(project=project, division=village, note=name("site"))
    milestone = Milestone.objects.create(project=project, title=name("milestone"), note=name("milestone-note"))
    alliance = AllianceFactory(
        title=name("alliance"), title_zh=name("alliance-zh"), agreement=name("agreement"), division=village,
        note=name("alliance-note"),
    )  # fmt: skip
    AllianceParty.objects.create(alliance=alliance, branch=public["partybranch"])
    AllianceActivity.objects.create(
        alliance=alliance, kind="visit", title=name("activity"), place=village, project=project, note=name("held")
    )
    AlliancePledge.objects.create(alliance=alliance, undertaking=name("undertaking"))
    household = HouseholdFactory(village=village, number=name("household")[:20])
    area.records = {
        "project": project,
        "milestone": milestone,
        "alliance": alliance,
        "ledgerentry": LedgerEntryFactory(
            voucher=name("voucher")[:32], division=village, project=project, source=public["fundingsource"],
            note=name("entry-note"),
        ),
        "pledge": PledgeFactory(
            division=village, project=project, source=public["fundingsource"], stated_in=public["document"],
            note=name("pledge-note"), first_year=2019, basis="per_year",
        ),
        "closing": build_closing(village, name),
        "household": household,
        "person": PersonFactory(household=household, name=name("person")[:50], birth_year=1961, id_tail="907X"),
        "income": IncomeRecordFactory(household=household, **INCOME),
        "enrolment": EnrolmentFactory(household=household, project=project),
    }  # fmt: skip
    area.records["evidence"] = build_evidence(area.records["ledgerentry"], name("paper"))
    area.records["incomerecord"] = area.records["income"]
    area.records["income evidence"] = build_evidence(area.records["income"], name("household-paper"))
    return area


def build_evidence(record: Any, words: str) -> Evidence:
    """A paper that proves a record, with its file on the disk."""
    return attach(record, f"A paper: {words}".encode(), title=words, by="PUBLIC-clerk")


def build_closing(village: Division, name: Named) -> YearClosing:
    """A closed year of the countryside around a village, with one report as a file in each language."""
    proposed = YearClosing.objects.create(
        area=village.code[:9], year=2012, proposed_by="PUBLIC-clerk", proposed_at=timezone.now(), note=name("closing")
    )
    decided = {"state": "closed", "decided_by": "PUBLIC-checker", "decided_at": timezone.now()}
    YearClosing.objects.filter(pk=proposed.pk).update(**decided)
    for language in ("en", "zh-hans"):
        FrozenReport.objects.create(
            closing=proposed, slug="funding-ledger", language=language, file_name="ledger.csv",
            content=name("frozen").encode(), sha256="0" * 64, rows=1,
        )  # fmt: skip
    return proposed


def build_import(area: Area, person: User, name: Named) -> None:
    """A file of incomes with a wrong row, which waits for its person; and what another file brought."""
    kind = IncomeImport()
    header = ",".join(column.name for column in kind.columns)
    row = f"x,{name('no')},{name('imported')},,4,2019,0,0,0,0,0"
    area.records["run"] = running.hand_in(kind, [f"{header}\n{row}\n".encode()], name=name("run.csv"), by=person)
    running.check(area.records["run"], kind)
    area.records["batch"] = ImportBatch.objects.create(
        kind="file", title=name("batch.csv"), created_by=name("clerk"), import_kind=kind.slug, area=person.area
    )


def build_public(name: Named) -> dict[str, Any]:
    """What everybody with a right to records sees, whatever their area."""
    organisation = OrganisationFactory(name=name("organisation"), name_zh=name("organisation-zh"))
    official = OfficialFactory(name=name("official"), name_zh=name("official-zh"), note=name("official-note"))
    Post.objects.create(official=official, organisation=organisation, title=name("post"))
    return {
        "organisation": organisation,
        "official": official,
        "partybranch": PartyBranchFactory(name=name("branch"), name_zh=name("branch-zh"), organisation=organisation),
        "post": official.posts.get(),
        "award": AwardFactory(
            title=name("award"), official=official, conferred_by=name("giver"), occasion=name("occasion"),
            conferred_on=date(2020, 1, 1),
        ),
        "fundingsource": FundingSourceFactory(code=name("source")[:32], name=name("payer"), name_zh=name("payer-zh")),
        "document": DocumentFactory(
            title=name("document"), publisher=name("publisher"), date_note=name("date-note"),
            file_name=name("file"), text=TEXT + name("text"), length=len(TEXT + name("text")),
        ),
        "povertyline": PovertyLineFactory(source=name("line-source"), price_base=name("price-base")),
    }  # fmt: skip


def build_claims(own: Area, public: dict[str, Any], name: Named) -> None:
    """A claim about the area's project and alliance; what documents say is public, whom it is about may not be."""
    shared = {"document": public["document"], "start": 8, "end": len(TEXT + name("text")), "period": name("period")}
    own.records["claim"] = ClaimFactory(
        code=f"{own.mark}-C", subject=name("subject"), attribute=name("fact"), project=own.records["project"],
        alliance=own.records["alliance"], official=public["official"], **shared,
    )  # fmt: skip


@pytest.fixture
def world(ruoduo: Division, xili: Division, hezhou: Division, clerk: User, stranger: User) -> World:
    """Both areas, and a cross link of each kind: an own record that names a foreign one."""
    return build_world(ruoduo, xili, clerk, stranger)


def build_world(ruoduo: Division, xili: Division, clerk: User, stranger: User) -> World:
    """The world, in a database that has the places and the two people."""
    nobody = named_by("PUBLIC")
    public = build_public(nobody)
    place("451102100")
    village = place("451102100200", "外村民委员会", name_en="FOREIGN-village")
    own = build_area("OWN", ruoduo, public, named_by("OWN"))
    foreign = build_area("FOREIGN", village, public, named_by("FOREIGN"))
    for area, person in ((own, clerk), (foreign, stranger)):
        build_claims(area, public, nobody)
        build_import(area, person, named_by(area.mark))
        asked = {"area": area.village.code, "asked_by": person.username, "reason": named_by(area.mark)("purpose")}
        area.records["download"] = BulkDownloadFactory(**asked)
    public["division"], public["succession"] = (
        ruoduo,
        Succession.objects.create(
            predecessor=xili, successor=ruoduo, kind="merged", source=nobody("succession-source")
        ),
    )
    AllianceActivity.objects.create(
        alliance=own.records["alliance"], kind="visit", title="Crossing", project=foreign.records["project"]
    )
    crossing = {"division": ruoduo, "project": foreign.records["project"], "source": public["fundingsource"]}
    own.records["crossing"] = LedgerEntryFactory(voucher="CROSSING", **crossing)
    own.records["crossing pledge"] = PledgeFactory(first_year=2019, **crossing)
    EnrolmentFactory(household=own.records["household"], project=foreign.records["project"])
    event = trail.record(verb=Verb.CHANGED, subject=own.records["person"], by="PUBLIC-actor", after={"sex": "female"})
    return World(own, foreign, public, event)


@pytest.fixture
def client_of(request: pytest.FixtureRequest, db: None) -> Callable[[str], Client]:
    """A client_of in which somebody of this role is signed in; "anonymous" is nobody."""

    def opened(role: str) -> Client:
        client = Client() if role == "anonymous" else signed_in(request.getfixturevalue(role))
        client.raise_request_exception = False
        return client

    return opened


def body(response: Any) -> str:
    """All that a response says, streamed or not."""
    # A zip is no text, and is closed to all who may not read each word in it; so is a workbook, which is one.
    content = b"".join(response) if response.streaming else response.content
    return content.decode(errors="replace" if content.startswith(b"PK") else "strict")

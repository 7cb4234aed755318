"""The code lists of projects, money and claims, each with the sets its readers ask for."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.IntegerChoices):
    """The five levels of the statistical division codes."""

    PROVINCE = 1, _("province")
    PREFECTURE = 2, _("prefecture")
    COUNTY = 3, _("county")
    TOWNSHIP = 4, _("township")
    VILLAGE = 5, _("village")


class SuccessionKind(models.TextChoices):
    """How one division became another."""

    RENAMED = "renamed", _("renamed")
    RECODED = "recoded", _("given a new code")
    MERGED = "merged", _("merged into")
    SPLIT = "split", _("split into")

    # The former place lives on, whole, in its successor.
    WHOLE = nonmember(frozenset({"renamed", "recoded", "merged"}))


class OrganisationKind(models.TextChoices):
    """What an organisation is."""

    ENTERPRISE = "enterprise", _("enterprise")
    GOVERNMENT = "government", _("government")
    PARTY = "party", _("party organisation")
    CHARITY = "charity", _("charity")
    OTHER = "other", _("other")


class ProjectKind(models.TextChoices):
    """What a project builds or gives."""

    PV_VILLAGE = "pv_village", _("photovoltaic, village-level")
    PV_CENTRALISED = "pv_centralised", _("photovoltaic, centralised")
    POWER_GRID = "power_grid", _("power grid")
    ROAD = "road", _("road")
    WATER = "water", _("water")
    PLANTING = "planting", _("planting")
    CHARITY_FUND = "charity_fund", _("charity fund")
    DONATION = "donation", _("donation in kind")
    EDUCATION = "education", _("education")
    CONSUMPTION = "consumption", _("consumption")
    OTHER = "other", _("other")


class ProjectStatus(models.TextChoices):
    """Where a project stands."""

    PLANNED = "planned", _("planned")
    APPROVED = "approved", _("approved")
    UNDER_WAY = "under_way", _("under way")
    ACCEPTED = "accepted", _("accepted")
    OPERATING = "operating", _("operating")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    UNKNOWN = "unknown", _("not known")

    # Somebody said yes to it.
    DECIDED = nonmember(frozenset({"approved", "under_way", "accepted", "operating", "closed"}))
    # Work has begun.
    BEGUN = nonmember(frozenset({"under_way", "accepted", "operating", "closed"}))
    # Nothing is left to be finished.
    ENDED = nonmember(frozenset({"accepted", "operating", "closed", "cancelled"}))


class SourceLevel(models.TextChoices):
    """Who pays."""

    CENTRAL = "central", _("central government")
    PROVINCIAL = "provincial", _("provincial government")
    MUNICIPAL = "municipal", _("municipal government")
    COUNTY = "county", _("county government")
    ENTERPRISE = "enterprise", _("enterprise")
    COLLABORATION = "collaboration", _("east-west collaboration")
    SOCIAL = "social", _("society")
    COLLECTIVE = "collective", _("village collective")

    # The uppermost level of place that such money can be booked for: a county's budget pays for no province.
    UPPERMOST = nonmember({"provincial": 1, "municipal": 2, "county": 3, "collective": 4})


class EntryKind(models.TextChoices):
    """What an entry of the ledger books. Four different sums, never added together."""

    ALLOCATION = "allocation", _("allocation")
    DISBURSEMENT = "disbursement", _("disbursement")
    EXPENDITURE = "expenditure", _("expenditure")
    REFUND = "refund", _("refund")


class EntryState(models.TextChoices):
    """How far an entry has come: one person drafts and submits it, another posts it or returns it with a note."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    POSTED = "posted", _("posted")
    WITHDRAWN = "withdrawn", _("withdrawn")

    # In official figures.
    COUNTED = nonmember(frozenset({"posted"}))
    # Shown beside them, named so.
    PENDING = nonmember(frozenset({"draft", "submitted", "returned"}))
    UNPOSTED = nonmember(frozenset({"draft", "submitted", "returned", "withdrawn"}))
    # Its maker may change it.
    EDITABLE = nonmember(frozenset({"draft", "returned"}))
    # Somebody has looked at it.
    CHECKED = nonmember(frozenset({"posted", "returned"}))


class PledgeBasis(models.TextChoices):
    """Whether a pledge is paid once or every year."""

    ONCE = "once", _("once")
    PER_YEAR = "per_year", _("per year")


class ActivityKind(models.TextChoices):
    """What allied branches did together."""

    CEREMONY = "ceremony", _("ceremony")
    NAMEPLATE = "nameplate", _("nameplates awarded")
    VISIT = "visit", _("visit")
    CO_BUILT = "co_built", _("site co-built")
    STUDY = "study", _("study session")
    OTHER = "other", _("other")


class AwardLevel(models.TextChoices):
    """Who stands behind an award."""

    NATIONAL = "national", _("national")
    PROVINCIAL = "provincial", _("provincial")
    MUNICIPAL = "municipal", _("municipal")
    COUNTY = "county", _("county")
    ENTERPRISE = "enterprise", _("enterprise")
    UNKNOWN = "unknown", _("not stated")


class Measure(models.TextChoices):
    """What a claim is a measure of. Only claims of one measure, unit, basis and status may be added."""

    STATEMENT = "Q", _("statement")
    FUND = "F", _("poverty-alleviation fund")
    INFRASTRUCTURE = "I", _("infrastructure spend")
    INCOME = "Y", _("income")
    OUTPUT = "E", _("economic output")
    TAX = "T", _("tax")
    IN_KIND = "K", _("in kind")
    PEOPLE = "P", _("people")
    HOUSEHOLDS = "H", pgettext_lazy("measure", "households")
    CAPACITY = "C", _("capacity")

    # Told in yuan.
    MONEY = nonmember(frozenset({"F", "I", "Y", "E", "T"}))


class Unit(models.TextChoices):
    """Units of claims and capacities."""

    NONE = "", _("none")
    CNY = "CNY", _("yuan")
    PERSON = "person", pgettext_lazy("unit", "persons")
    STUDENT = "student", _("students")
    HOUSEHOLD = "household", pgettext_lazy("unit", "households")
    MW = "MW", _("MW")
    KW = "kW", _("kW")
    KM = "km", _("km")
    MU = "mu", _("mu")
    TON = "ton", _("tons")
    NAMEPLATE = "nameplate", _("nameplates")
    YEAR = "year", _("years")

    # Counted one by one.
    WHOLE = nonmember(frozenset({"person", "student", "household", "nameplate"}))


class Overlap(models.TextChoices):
    """How what two claims count overlaps."""

    SAME = "same", pgettext_lazy("overlap", "the same as")
    PART_OF = "part_of", pgettext_lazy("overlap", "part of")
    DISJOINT = "disjoint", pgettext_lazy("overlap", "disjoint from")
    UNKNOWN = "unknown", pgettext_lazy("overlap", "unknown")


class TextOrigin(models.TextChoices):
    """Where the text of a document is from."""

    FILE = "file", _("the text file itself")
    EXTRACTED = "extracted", _("extracted from the PDF")
    TRANSCRIBED = "transcribed", _("written down from the original")


class Basis(models.TextChoices):
    """What a claim's figure is counted over."""

    NONE = "", _("not stated")
    ONCE = "once", _("once")
    PER_YEAR = "per year", _("per year")
    PER_PERSON_PER_YEAR = "per person per year", _("per person per year")
    PER_HOUSEHOLD = "per household", _("per household")
    CUMULATIVE = "cumulative", _("cumulative")


class ClaimStatus(models.TextChoices):
    """How far the claimed thing has come, in the document's own terms."""

    NONE = "", _("not stated")
    STATED = "stated", _("stated")
    PLANNED = "planned", _("planned")
    APPROVED = "approved", _("approved")
    TARGETED = "targeted", _("targeted")
    EXPECTED = "expected", _("expected")
    PLEDGED = "pledged", _("pledged")
    SIGNED = "signed", _("signed")
    HAPPENED = "happened", _("happened")
    AWARDED = "awarded", _("awarded")
    CONTRIBUTED = "contributed", _("contributed")
    SPENT = "spent", _("spent")
    DELIVERED = "delivered", _("delivered")
    REACHED = "reached", pgettext_lazy("claim", "reached")

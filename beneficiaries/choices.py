"""The code lists of households, incomes and enrolments."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HouseholdStatus(models.TextChoices):
    """Where a household stands on the register."""

    REGISTERED = "registered", _("registered as poor")
    MONITORED = "monitored", _("monitored")
    EXITED = "exited", _("exited from poverty")
    CLEARED = "cleared", _("no longer at risk, never registered as poor")
    STRUCK = "struck", _("struck off: registered by mistake")


class Sex(models.TextChoices):
    """As the register has it."""

    FEMALE = "female", _("female")
    MALE = "male", _("male")
    UNKNOWN = "", _("not recorded")


class Relation(models.TextChoices):
    """A person's relation to the head of the household."""

    HEAD = "head", _("head")
    SPOUSE = "spouse", _("spouse")
    CHILD = "child", _("child")
    PARENT = "parent", _("parent")
    OTHER = "other", _("other")


class EnrolmentRole(models.TextChoices):
    """What a household gets from a project."""

    DIVIDEND = "dividend", _("dividend")
    LAND_RENT = "land_rent", _("land rent")
    WAGE = "wage", _("wage")
    PLANTING = "planting", _("planting")
    SCHOLARSHIP = "scholarship", _("scholarship")
    OTHER = "other", _("other")


class LineKind(models.TextChoices):
    """Which line an income is held against."""

    POVERTY = "poverty", _("poverty line")
    MONITORING = "monitoring", _("monitoring line")


class IncomeConcept(models.TextChoices):
    """Which income a line is drawn for: the national survey changed from net to disposable income for 2014."""

    NET = "net", _("net income")
    DISPOSABLE = "disposable", _("disposable income")


class IncomeStatus(models.TextChoices):
    """Whether an income has been received, or is what somebody expects."""

    RECEIVED = "received", _("received")
    EXPECTED = "expected", pgettext_lazy("income", "expected")


class NumberKind(models.TextChoices):
    """What a number is that only one person may have."""

    RESIDENT_ID = "resident_id", _("resident identity number")
    BANK_ACCOUNT = "bank_account", _("bank account")


class HouseholdCategory(models.TextChoices):
    """What kind of household it is, beside the register of the poor (贫困户属性)."""

    UNKNOWN = "", _("not recorded")
    GENERAL = "general", _("general")
    SUBSISTENCE = "subsistence", _("on subsistence allowance")
    DESTITUTE = "destitute", _("destitute, supported by the state")
    SUBSISTENCE_AND_OTHER = "subsistence_other", _("on subsistence allowance and in another hardship group")


class Cause(models.TextChoices):
    """Why a household is poor, or may become so: the national list (致贫原因)."""

    UNKNOWN = "", _("not recorded")
    ILLNESS = "illness", _("illness")
    DISABILITY = "disability", _("disability")
    SCHOOLING = "schooling", _("cost of schooling")
    DISASTER = "disaster", _("disaster")
    LAND = "land", _("lack of land")
    WATER = "water", _("lack of water")
    SKILLS = "skills", _("lack of skills")
    LABOUR = "labour", _("lack of labour")
    CAPITAL = "capital", _("lack of capital")
    TRANSPORT = "transport", _("poor roads")
    DRIVE = "drive", _("lack of drive of its own")
    OTHER = "other", pgettext_lazy("cause", "other")


class HousingGrade(models.TextChoices):
    """The national grades of a house's safety (房屋危险性等级): C and D are dangerous."""

    UNKNOWN = "", _("not recorded")
    A = "A", _("A: safe")
    B = "B", _("B: safe on the whole")
    C = "C", _("C: partly dangerous")
    D = "D", _("D: dangerous")


class WaterSupply(models.TextChoices):
    """Whether the household has safe water to drink."""

    UNKNOWN = "", _("not recorded")
    SAFE = "safe", _("safe drinking water")
    UNSAFE = "unsafe", _("no safe drinking water")


class RoadAccess(models.TextChoices):
    """What road leads to the household."""

    UNKNOWN = "", _("not recorded")
    PAVED = "paved", _("paved road")
    GRAVEL = "gravel", _("gravel road")
    EARTH = "earth", _("earth road")
    NONE = "none", _("no road")


class HouseholdEnd(models.TextChoices):
    """How a household ceased to be one of its own."""

    STANDING = "", _("still a household")
    MERGED = "merged", _("merged into another household")
    SPLIT = "split", _("divided into others")
    DIED_OUT = "died_out", _("no member is left")
    MOVED_AWAY = "moved_away", _("moved out of the area")


class MoveReason(models.TextChoices):
    """Why a household belongs to another village."""

    MOVE = "move", _("moved")
    RELOCATION = "relocation", _("relocated for poverty alleviation")
    VILLAGE_MERGER = "village_merger", _("its village was merged into another")


class Lineage(models.TextChoices):
    """How one household came from another."""

    SPLIT_FROM = "split_from", _("split from")
    MERGED_INTO = "merged_into", _("merged into")


class Joined(models.TextChoices):
    """How a person came to belong to a household."""

    REGISTERED = "", _("when the household was registered")
    BIRTH = "birth", _("birth")
    MARRIAGE = "marriage", _("marriage")
    MOVE = "move", _("moved in")
    SPLIT = "split", _("the household was divided")
    MERGER = "merger", _("the households merged")
    OTHER = "other", pgettext_lazy("reason", "other")


class Left(models.TextChoices):
    """How a person ceased to belong to a household."""

    STAYING = "", _("still a member")
    DEATH = "death", _("death")
    MARRIAGE = "marriage", _("marriage")
    MOVE = "move", _("moved out")
    SPLIT = "split", _("the household was divided")
    MERGER = "merger", _("the households merged")
    OTHER = "other", pgettext_lazy("reason", "other")


class Schooling(models.TextChoices):
    """The highest schooling a person has had."""

    UNKNOWN = "", _("not recorded")
    NONE = "none", _("cannot read or write")
    PRIMARY = "primary", _("primary school")
    JUNIOR = "junior", _("junior middle school")
    SENIOR = "senior", _("senior middle or vocational school")
    COLLEGE = "college", _("college or university")


class InSchool(models.TextChoices):
    """Where a person goes to school now."""

    UNKNOWN = "", _("not recorded")
    NOT = "not", _("not in school")
    PRESCHOOL = "preschool", _("in preschool")
    PRIMARY = "primary", _("in primary school")
    JUNIOR = "junior", _("in junior middle school")
    SENIOR = "senior", _("in senior middle or vocational school")
    COLLEGE = "college", _("at a college or university")
    DROPPED_OUT = "dropped_out", _("dropped out")


class Health(models.TextChoices):
    """As the register has it."""

    UNKNOWN = "", _("not recorded")
    HEALTHY = "healthy", _("healthy")
    CHRONIC = "chronic", _("chronically ill")
    SERIOUS = "serious", _("seriously ill")
    DISABLED = "disabled", _("disabled")


class LabourAbility(models.TextChoices):
    """What work a person can do (劳动能力)."""

    UNKNOWN = "", _("not recorded")
    SKILLED = "skilled", _("skilled labour")
    ORDINARY = "ordinary", _("ordinary labour")
    WEAK = "weak", _("weak or half labour")
    LOST = "lost", _("labour ability lost")
    NONE = "none", _("no labour ability")


class MigrantWork(models.TextChoices):
    """Where a person works away from the township."""

    UNKNOWN = "", _("not recorded")
    NONE = "none", _("does not work away")
    COUNTY = "county", _("in the county")
    PROVINCE = "province", _("in the province")
    ELSEWHERE = "elsewhere", _("outside the province")


class IncomeYear(models.TextChoices):
    """Which twelve months an income is of: the register counts from October to September."""

    CALENDAR = "calendar", _("January to December")
    OCTOBER = "october", _("October of the year before to September")


class CheckState(models.TextChoices):
    """Whether somebody else has looked at what was recorded."""

    SUBMITTED = "submitted", _("waits to be verified")
    VERIFIED = "verified", _("verified")
    RETURNED = "returned", _("returned with a note")


class MonitoringKind(models.TextChoices):
    """Why a household is watched since 2020 (监测对象)."""

    UNSTABLE = "unstable", _("exited and unstable")
    MARGINAL = "marginal", _("at the margin of poverty")
    SUDDEN = "sudden", _("in sudden grave difficulty")


class WarningKind(models.TextChoices):
    """What in the records warns that a household may fall into poverty."""

    BELOW_LINE = "below_line", _("income below the monitoring line")
    FALL = "fall", _("income fell sharply")
    EXPENSE = "expense", _("large expense")


class ExpenseKind(models.TextChoices):
    """What a large expense was for."""

    MEDICAL = "medical", _("medical treatment")
    SCHOOLING = "schooling", _("schooling")
    HOUSING = "housing", _("housing")
    DISASTER = "disaster", _("disaster")
    ACCIDENT = "accident", _("accident")
    OTHER = "other", pgettext_lazy("expense", "other")


class MeasureKind(models.TextChoices):
    """What kind of help a household got (帮扶措施)."""

    INDUSTRY = "industry", _("farming and business")
    EMPLOYMENT = "employment", _("employment")
    RELOCATION = "relocation", _("relocation")
    EDUCATION = "education", _("education")
    HEALTH = "health", _("health")
    HOUSING = "housing", _("housing")
    SUBSISTENCE = "subsistence", _("subsistence allowance")
    ECOLOGY = "ecology", _("ecological compensation")
    DONATION = "donation", _("donation")
    OTHER = "other", pgettext_lazy("measure", "other")

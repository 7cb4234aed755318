"""The code lists of households, incomes and enrolments."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HouseholdStatus(models.TextChoices):
    """Where a household stands on the register."""

    REGISTERED = "registered", _("registered as poor")
    MONITORED = "monitored", _("monitored")
    EXITED = "exited", _("exited from poverty")


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

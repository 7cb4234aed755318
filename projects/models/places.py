"""Places: the statistical divisions, as each year's list has them."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.areas import LEVEL_LENGTHS, prefix_of, within
from alleviation.common.initials import InitialsField
from alleviation.common.validators import refuse_year_to_come
from alleviation.common.words import is_chinese
from projects.choices import Level, SuccessionKind

TWELVE_DIGITS = RegexValidator(r"^[0-9]{12}\Z", _("A division code has twelve digits."))


class DivisionQuerySet(models.QuerySet["Division"]):
    """Words for asking about places. The list of places is public reference data."""

    def visible_to(self, user: User) -> Self:
        """Every place, for everyone who may sign in: names and codes are public."""
        return self.all() if user.is_active else self.none()

    def of_level(self, level: int) -> Self:
        return self.filter(level=level)

    def inside(self, prefix: str) -> Self:
        """Places whose code starts with this prefix, the place itself included."""
        return self.filter(within(prefix))

    def latest_of(self, code: str) -> "Division | None":
        """The place as the latest list has it; where a code repeats across levels, the uppermost."""
        return self.filter(code=code).order_by("-vintage", "level").first()

    def current(self) -> Self:
        """Places of the latest national list that was loaded."""
        return self.filter(vintage=self.model.objects.latest_vintage())

    def latest_vintage(self) -> int:
        """The year of the latest list; 0 while none is loaded."""
        # A list begins with its provinces; a place entered by hand is no list.
        provinces = self.model.objects.filter(level=Level.PROVINCE)
        return provinces.aggregate(year=models.Max("vintage"))["year"] or 0


class Division(models.Model):
    """A province, prefecture, county, township or village as one year's list of division codes has it."""

    unkept_fields = ("initials",)

    code = models.CharField(_("division code"), max_length=12, validators=[TWELVE_DIGITS])
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    vintage = models.PositiveSmallIntegerField(
        _("list of"), validators=[refuse_year_to_come], help_text=_("The year of the national list.")
    )
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    initials = InitialsField(of="name")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("lies in")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True, help_text=_("Empty: not known."))
    valid_to = models.DateField(_("valid until"), null=True, blank=True, help_text=_("Empty: not known or still."))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["code", "-vintage", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["vintage", "level", "code"],
                name="division_vintage_level_code",
                violation_error_message=_("This year's list has this code at this level already."),
            ),
            models.CheckConstraint(
                name="division_life",
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lte=models.F("valid_to")),
                violation_error_message=_("A place cannot end before it begins."),
            ),
        ]
        indexes = [
            # A place by its code, and all places below a prefix, whichever list they are from.
            models.Index(fields=["code", "vintage"], name="division_code"),
            # Finding a place by how its name begins, in searches and autocompletes.
            models.Index(fields=["name"], name="division_name", opclasses=["varchar_pattern_ops"]),
            # The same by its English name, which few have.
            models.Index(
                fields=["name_en"],
                name="division_name_en",
                opclasses=["varchar_pattern_ops"],
                condition=~models.Q(name_en=""),
            ),
            # And by the initials of its pinyin.
            models.Index(fields=["initials"], name="division_initials", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.local_name} {self.code} ({self.vintage})"

    def get_absolute_url(self) -> str:
        return reverse("dashboards:area", args=[self.code])

    @property
    def local_name(self) -> str:
        """The name in the reader's language, without the words "villagers' committee" of the list."""
        if not is_chinese() and self.name_en:
            return self.name_en
        return short_name(self.name)

    @property
    def other_name(self) -> str:
        """The name in the other language, "" where it is not known or the same."""
        return self.name_en if is_chinese() else short_name(self.name) if self.name_en else ""

    @property
    def prefix(self) -> str:
        """The digits that all places inside share."""
        return self.code[: LEVEL_LENGTHS[self.level - 1]]

    @property
    def ancestor_codes(self) -> list[str]:
        """The codes of the places above, uppermost first: they are spelt out in this one's."""
        return [self.code[:length].ljust(12, "0") for length in LEVEL_LENGTHS[: self.level - 1]]

    @property
    def ancestors(self) -> list["Division"]:
        """The places above, uppermost first, in the same list; one query, no recursion."""
        found = Division.objects.filter(vintage=self.vintage, code__in=self.ancestor_codes, level__lt=self.level)
        return list(found.order_by("level"))

    @property
    def area_prefixes(self) -> list[str]:
        """The prefixes this place's records carry: its own, and those of places that became it as a whole."""
        whole = Succession.objects.whole()
        # A place with two successors did not live on whole in either.
        elsewhere = whole.exclude(successor__code=self.code).values("predecessor__code")
        former = whole.filter(successor__code=self.code, successor__level=self.level)
        codes = former.exclude(predecessor__code__in=elsewhere).values_list("predecessor__code", flat=True)
        return [self.prefix, *sorted({prefix_of(code) for code in codes} - {self.prefix})]

    @property
    def other_names(self) -> "models.QuerySet[Division]":
        """The rows of other lists in which this code has another name: a code can pass to another place."""
        rows = Division.objects.filter(code=self.code, level=self.level)
        return rows.exclude(name=self.name).order_by("-vintage")

    @property
    def successors(self) -> "models.QuerySet[Succession]":
        """What became of this place, as far as a source says."""
        return Succession.objects.filter(predecessor__code=self.code).select_related("successor")

    @property
    def predecessors(self) -> "models.QuerySet[Succession]":
        """What this place was before, as far as a source says."""
        return Succession.objects.filter(successor__code=self.code).select_related("predecessor")


class SuccessionQuerySet(models.QuerySet["Succession"]):
    """Words for asking what became of places."""

    def visible_to(self, user: User) -> Self:
        """Every succession: what became of a place is public."""
        return self.all() if user.is_active else self.none()

    def whole(self) -> Self:
        """Those in which the former place lives on as a whole under another code."""
        kept = self.filter(kind__in=SuccessionKind.WHOLE)
        return kept.exclude(predecessor__code=models.F("successor__code"))


class Succession(models.Model):
    """What became of a place: set by hand with its source, never guessed from names."""

    predecessor = models.ForeignKey(
        Division, models.PROTECT, related_name="successions", verbose_name=_("former place")
    )
    successor = models.ForeignKey(Division, models.PROTECT, related_name="origins", verbose_name=_("place today"))
    kind = models.CharField(_("kind"), max_length=16, choices=SuccessionKind.choices)
    happened_on = models.DateField(_("happened on"), null=True, blank=True, help_text=_("Empty: not known."))
    source = models.CharField(_("source"), max_length=300, help_text=_("Where it is written."))

    objects = SuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("succession of places")
        verbose_name_plural = _("successions of places")
        ordering = ["predecessor__code", "successor__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="succession_once",
                violation_error_message=_("This succession is recorded already."),
            ),
            models.CheckConstraint(
                name="succession_of_two_places",
                condition=~models.Q(predecessor=models.F("successor")),
                violation_error_message=_("A place cannot succeed itself."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(former)s → %(today)s") % {
            "former": self.predecessor.code,
            "today": self.successor.code,
        }

    @property
    def is_whole(self) -> bool:
        """Whether all of the former place is in its successor, so that its records may be counted there."""
        return self.kind in SuccessionKind.WHOLE


# What the national list calls a village by, and what people say.
COMMITTEES = (("村民委员会", "村"), ("社区居民委员会", "社区"), ("居民委员会", ""))


def short_name(name: str) -> str:
    """若多村民委员会 → 若多村, 正街社区居民委员会 → 正街社区: the list names committees, people name places."""
    for ending, kept in COMMITTEES:
        if name.endswith(ending):
            return name.removesuffix(ending) + kept
    return name

"""Every model keeps the laws, and each law can be broken."""

import pytest
from django.db import models
from django.db.models import Q
from django.test.utils import isolate_apps
from django.utils.translation import gettext_lazy as _

from tests.house.ground import own_models, told
from tests.house.model_laws import (
    LAWS,
    UNPAIRED,
    each_constraint_explains_itself,
    each_field_speaks_in_translated_words,
    each_model_has_a_docstring,
    each_model_says_who_it_is,
    each_name_is_translated,
    each_ordering_leaves_nothing_to_chance,
    each_part_names_its_whole,
    moments_and_actors_are_paired,
    no_column_is_floating,
    no_model_saves_in_its_own_way,
    no_text_is_null,
    nothing_vanishes_with_another,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_models_keep_the_law(law):
    offenders = law(own_models())

    assert offenders == [], told(offenders)


def test_there_are_models_to_judge():
    assert {m._meta.app_label for m in own_models()} >= {"accounts", "audit", "projects", "beneficiaries"}


def test_each_exemption_from_pairing_has_a_reason():
    assert [pair for pair in UNPAIRED if len(pair[2].split()) < 3] == []


@pytest.fixture
def good():
    """A model without fault."""
    with isolate_apps("projects"):

        class Whole(models.Model):
            """Something that has parts."""

            name = models.CharField(_("name"), max_length=9, help_text=_("as on the door"), unique=True)

            class Meta:
                app_label = "projects"
                ordering = ["name"]
                verbose_name = _("whole")
                verbose_name_plural = _("wholes")

            def __str__(self) -> str:
                return self.name

        class Part(models.Model):
            """Something of the whole."""

            is_part_of = "whole"

            whole = models.ForeignKey(Whole, models.CASCADE, verbose_name=_("whole"))
            other = models.ForeignKey(Whole, models.PROTECT, verbose_name=_("other"), related_name="+")
            number = models.IntegerField(_("number"), choices=[(2016, "2016")])
            posted_at = models.DateTimeField(_("posted at"), null=True)
            posted_by = models.ForeignKey(
                Whole, models.PROTECT, verbose_name=_("posted by"), null=True, related_name="+"
            )

            class Meta:
                app_label = "projects"
                ordering = ["whole", "number"]
                verbose_name = _("part")
                verbose_name_plural = _("parts")
                constraints = [
                    models.UniqueConstraint(
                        fields=["whole", "number"], name="part_once", violation_error_message=_("once a number")
                    ),
                    models.CheckConstraint(
                        condition=Q(posted_at=None, posted_by=None)
                        | Q(posted_at__isnull=False, posted_by__isnull=False),
                        name="part_posted",
                        violation_error_message=_("posted by whom?"),
                    ),
                ]

            def __str__(self) -> str:
                return "part"

        yield [Whole, Part]


@pytest.fixture
def bad():
    """A model with every fault."""
    with isolate_apps("projects"):

        class Target(models.Model):  # noqa: DJ008
            class Meta:
                app_label = "projects"

        class Bad(models.Model):  # noqa: DJ008
            is_part_of = "gone"

            __module__ = "projects.models"

            kind = models.CharField("kind", max_length=9, null=True, choices=[("a", "Apple")])  # noqa: DJ001
            note = models.TextField(_("note"), help_text="anything")
            price = models.DecimalField(_("price"), max_digits=9, decimal_places=2)
            share = models.FloatField(_("share"))
            target = models.ForeignKey(Target, models.CASCADE, verbose_name=_("target"))
            posted_on = models.DateField(_("posted on"), null=True)
            posted_by = models.IntegerField(_("posted by"), null=True)

            class Meta:
                app_label = "projects"
                ordering = ["kind"]
                verbose_name = "bad"
                verbose_name_plural = _("bads")
                constraints = [
                    models.CheckConstraint(condition=Q(share=1), name="silent"),
                    models.UniqueConstraint(fields=["note"], name="english", violation_error_message="no"),
                ]

            def save(self, *args, **kwargs):
                super().save(*args, **kwargs)

        yield [Bad]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_good_models_pass(law, good):
    assert law(good) == []


@pytest.mark.parametrize(
    ("law", "offenders"),
    [
        (each_model_has_a_docstring, ["projects.Bad"]),
        (each_model_says_who_it_is, ["projects.Bad.__str__"]),
        (each_ordering_leaves_nothing_to_chance, ["projects.Bad: ['kind']"]),
        (each_name_is_translated, ["projects.Bad.verbose_name"]),
        (
            each_field_speaks_in_translated_words,
            ["projects.Bad.kind: 'kind'", "projects.Bad.kind: 'Apple'", "projects.Bad.note: 'anything'"],
        ),
        (each_constraint_explains_itself, ["projects.Bad: silent", "projects.Bad: english"]),
        (no_text_is_null, ["projects.Bad.kind"]),
        (no_column_is_floating, ["projects.Bad.price", "projects.Bad.share"]),
        (nothing_vanishes_with_another, ["projects.Bad.target"]),
        (each_part_names_its_whole, ["projects.Bad.gone"]),
        (no_model_saves_in_its_own_way, ["projects.Bad.save"]),
        (moments_and_actors_are_paired, ["projects.Bad: posted_on and posted_by"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_bad_models_are_named(law, offenders, bad):
    assert law(bad) == offenders


def test_every_law_has_a_bad_sample():
    (marks,) = (m for m in test_bad_models_are_named.pytestmark if m.name == "parametrize")

    assert [law for law, _offenders in marks.args[1]] == list(LAWS)


BOTH = Q(x_at__isnull=False, x_by__isnull=False)
NEITHER = Q(x_at=None, x_by=None)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (BOTH | NEITHER, True),
        (Q(status="draft") & NEITHER | Q(status="posted") & BOTH, True),
        (~Q(x_at__isnull=True, x_by__isnull=False) & ~Q(x_at__isnull=False, x_by_id__isnull=True), True),
        (BOTH, False),  # refuses what is not yet posted
        (NEITHER | Q(x_at__isnull=False), False),  # lets the actor be missing
        (Q(status="posted") | BOTH | NEITHER, False),  # depends on something else
        (Q(x_at__gt=1), False),
    ],
    ids=str,
)
def test_pairing_is_judged_by_what_a_constraint_refuses(condition, expected):
    with isolate_apps("projects"):

        class Stamped(models.Model):
            """A sample."""

            status = models.CharField(max_length=9)
            x_at = models.DateTimeField(null=True)
            x_by = models.ForeignKey("self", models.PROTECT, null=True)

            class Meta:
                app_label = "projects"
                constraints = [models.CheckConstraint(condition=condition, name="paired")]

            def __str__(self) -> str:
                return ""

    assert (moments_and_actors_are_paired([Stamped]) == []) is expected


def test_pairing_takes_empty_text_for_a_missing_actor():
    with isolate_apps("projects"):

        class Signed(models.Model):
            """A sample."""

            signed_on = models.DateField(null=True)
            signed_by = models.CharField(max_length=9, blank=True)

            class Meta:
                app_label = "projects"
                constraints = [
                    models.CheckConstraint(
                        condition=Q(signed_on=None, signed_by="") | Q(~Q(signed_by=""), signed_on__isnull=False),
                        name="signed",
                    )
                ]

            def __str__(self) -> str:
                return ""

    assert moments_and_actors_are_paired([Signed]) == []

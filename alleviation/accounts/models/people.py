"""People who sign in, with one role and one area each."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right, Role
from alleviation.common.areas import AREA_CODE


class Users(UserManager["User"]):
    """Makes users; `createsuperuser` makes an administrator."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: object
    ) -> "User":
        return super().create_superuser(username, email, password, **{"role": Role.ADMINISTRATOR, **extra})


class User(AbstractUser):
    """A person of the office: what they may do follows from the role, which rows they see from the area."""

    # That a password changed is told; a sign-in is an event of its own.
    untold_fields = ("password",)
    unkept_fields = ("last_login",)
    # What a token lets its program do in this person's name (alleviation/accounts/tokens.py); None: all they may.
    granted: frozenset[Right] | None = None

    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.MANAGER)
    area = models.CharField(
        _("area"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(AREA_CODE, _("Enter the leading digits of a division code, such as 513228."))],
        help_text=_(
            "Leading digits of the division code this person works in: 51 Sichuan Province, 513228 Heishui County. "
            "Empty means every area."
        ),
    )
    staff_number = models.CharField(
        _("staff number"),
        max_length=40,
        blank=True,
        help_text=_("Two accounts of one person are known by it, or by the e-mail address."),
    )
    password_given_at = models.DateTimeField(
        _("password given at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When an administrator set a password. The person chooses another before anything else."),
    )
    is_example = models.BooleanField(
        _("example sign-in"),
        default=False,
        editable=False,
        help_text=_("Works from this machine only and goes with the example."),
    )

    objects: ClassVar[Users] = Users()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="user_local_role_has_area",
                # A clerk without an area would enter records for the whole nation.
                condition=~models.Q(role__in=[Role.CLERK, Role.REVIEWER], area=""),
                violation_error_message=_("A clerk or reviewer needs an area."),
            )
        ]

    def __str__(self) -> str:
        return self.username

    def may(self, right: Right) -> bool:
        """Whether the role grants this right; someone disabled has none."""
        is_granted = self.granted is None or right in self.granted
        return self.is_active and is_granted and right in Role(self.role).rights

    @property
    def needs_second_factor(self) -> bool:
        """Whether this person may do nothing without a second factor (settings.SECOND_FACTOR_ROLES)."""
        return self.role in settings.SECOND_FACTOR_ROLES

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is bound to: with another password, role or area every session ends."""
        bound = "\n".join((self.password, self.role, self.area))
        return salted_hmac("alleviation.accounts.session", bound, secret=secret, algorithm="sha256").hexdigest()

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. It is not hashed anew on the way: that would be a write without an event."""
        return check_password(raw_password, self.password)

    @property
    def can_read_figures(self) -> bool:
        """Whether the pages of figures have anything for this person."""
        return self.may(Right.VIEW_FIGURES)

    @property
    def can_enter_records(self) -> bool:
        """Whether the admin has anything to write for this person."""
        return any(map(self.may, (Right.ENTER_RECORDS, Right.MANAGE_ACCOUNTS, Right.MANAGE_REFERENCE)))

    @property
    def can_read_trail(self) -> bool:
        """Whether the trail is theirs to read and to take away."""
        return self.may(Right.VIEW_TRAIL)

    @property
    def can_view_households(self) -> bool:
        """Whether single households are theirs to see."""
        return self.may(Right.VIEW_HOUSEHOLDS)

    @property
    def can_open_records(self) -> bool:
        """Whether the admin has anything for this person, be it to read."""
        return self.can_enter_records or self.may(Right.VIEW_HOUSEHOLDS) or self.may(Right.VIEW_TRAIL)

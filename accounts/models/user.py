from django.conf import settings
from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone

from accounts.addresses import AddressField, normalize_address
from accounts.phones import INVALID, PhoneField
from accounts.security_log import ACCOUNT_TRIGGERS
from booking.names import validate_name
from booking.time_zones import get_practice_time_zone, get_time_zones


def get_languages():
    """Return the choices; a language more needs no migration."""
    return settings.LANGUAGES


def validate_time_zone(name):
    if name not in get_time_zones():
        raise ValidationError(
            "Use an IANA time zone such as Europe/London.", validate_time_zone.code
        )


# As Django's own validators have it. The OpenAPI document reads it there.
validate_time_zone.code = "unknown_time_zone"

# How the practice reaches somebody, and how they sign in.
CONSTRAINTS_ON_CONTACT = [
    models.CheckConstraint(
        condition=~Q(email=""),
        name="user_email_is_not_empty",
        violation_error_message="Leave the address out instead.",
    ),
    models.CheckConstraint(
        condition=Q(email__isnull=False) | Q(is_staff=False, is_superuser=False),
        name="user_staff_have_an_address",
        violation_error_message="Staff need an address to sign in.",
    ),
    models.CheckConstraint(
        condition=Q(email__isnull=False) | ~Q(name=""),
        name="user_has_name_or_address",
        violation_error_message="Enter a name or an address.",
    ),
    models.CheckConstraint(
        condition=Q(phone__regex=r"^\+[1-9][0-9]{3,14}$"),
        name="user_phone_is_e164",
        violation_error_message=INVALID,
    ),
    models.CheckConstraint(
        condition=Q(merged_into=None) | Q(is_active=False, email=None),
        name="user_merged_cannot_sign_in",
        violation_error_message="This client was merged into another.",
    ),
]


class UserQuerySet(models.QuerySet):
    def clients(self):
        """Users who are neither staff nor therapists, nor merged into another client."""
        return self.filter(self._is_client(), merged_into=None)

    def clients_ever(self):
        """Clients, and staff and therapists who ever had an appointment as a client."""
        appointments = self.model._meta.get_field("appointments").related_model.objects
        has_any = Exists(appointments.order_by().filter(client=OuterRef("pk")))
        return self.filter(self._is_client() | has_any, merged_into=None)

    def _is_client(self):
        # Not `therapist=None`: PostgreSQL expects nearly nobody to pass that join, and
        # sorts all users for a page of them.
        therapist = self.model._meta.get_field("therapist")
        linked = therapist.related_model.objects.filter(user__isnull=False)
        is_therapist = Q(pk__in=linked.order_by().values("user"))
        return Q(is_staff=False, is_superuser=False) & ~is_therapist


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    @classmethod
    def normalize_email(cls, email):
        """Return the address as it is stored, compared and counted."""
        return normalize_address(email or "")

    def get_by_natural_key(self, email):
        return self.get(email=self.normalize_email(email))

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email) or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(
            email, password, **fields | {"is_staff": True, "is_superuser": True}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: a client, a therapist or staff.

    A client whom staff entered on the phone may have no address, and cannot sign in.
    """

    email = AddressField(
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": "This address is already registered."},
        help_text="A client without an address cannot sign in.",
    )
    name = models.CharField(max_length=150, blank=True, validators=[validate_name])
    phone = PhoneField(
        null=True, blank=True, help_text="With the country's code, such as +44."
    )
    time_zone = models.CharField(
        max_length=64, default=get_practice_time_zone, validators=[validate_time_zone]
    )
    language = models.CharField(
        max_length=10,
        choices=get_languages,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
        help_text="Of the mails to this person.",
    )
    reminders = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Whether a client is reminded of appointments by mail.",
    )
    is_active = models.BooleanField(
        default=True,
        help_text="Untick this instead of deleting the account. It ends all sessions.",
    )
    is_staff = models.BooleanField("staff", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    verified_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the address was verified.",
    )
    email_bounced_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When mail to the address came back. Call the person.",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="merged",
        help_text="The client who has this one's appointments since a merge.",
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        ordering = ["email"]
        indexes = [
            # For the search of the admin: any part of a name or an address, in any case.
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                name="user_by_text",
            ),
            GinIndex(
                OpClass(Upper("phone"), name="gin_trgm_ops"), name="user_by_phone"
            ),
            models.Index(fields=["name", "id"], name="user_by_name"),
        ]
        # Clients are the users whom the front desk may see and change.
        permissions = [
            ("view_client", "Can view clients"),
            ("add_client", "Can add clients"),
            ("change_client", "Can change clients"),
        ]
        triggers = ACCOUNT_TRIGGERS
        constraints = [
            # Together with unique=True, addresses are unique in any case.
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="user_email_is_lowercase",
                violation_error_message="Write the address in lower case.",
            ),
            *CONSTRAINTS_ON_CONTACT,
        ]

    def __str__(self):
        if self.name and self.email:
            return f"{self.name} <{self.email}>"
        return self.name or self.email or self.phone or f"Nameless {self.pk}"

    def save(self, **options):
        """Save. A new password, set in the admin or by a command, ends sessions and codes."""
        # Django resets this mark of `set_password` while it saves.
        has_new_password = self._password is not None and not self._state.adding
        super().save(**options)
        if has_new_password:
            self.sessions.all().delete()
            self.codes.all().delete()

    def has_right(self, permission: str) -> bool:
        """Tell whether this is staff with the model permission.

        As in the admin, the right to change includes the right to view.
        """
        if not self.is_staff:
            return False
        changes = permission.replace(".view_", ".change_")
        return self.has_perm(permission) or self.has_perm(changes)

    def has_rights_of(self, other: "User") -> bool:
        """Tell whether the other has no right that this user lacks.

        A deactivated account counts with the rights that it has when it is active again.
        """
        if other.is_superuser:
            return self.is_superuser
        # Django gives an inactive user no permission.
        active = type(self)(pk=other.pk, is_active=True)
        return active.get_all_permissions() <= self.get_all_permissions()

    def may_change(self, other: "User | None" = None) -> bool:
        """Tell whether this staff may change the other, or anybody without another."""
        if self.has_right("accounts.change_user"):
            return other is None or self.is_superuser or self.has_rights_of(other)
        return self.has_right("accounts.change_client") and (
            other is None or other.is_client()
        )

    @property
    def email_verified(self) -> bool:
        return self.verified_at is not None

    def is_client(self) -> bool:
        return type(self).objects.clients().filter(pk=self.pk).exists()

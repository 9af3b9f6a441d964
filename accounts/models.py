from datetime import datetime, timedelta

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    Group,
    PermissionsMixin,
)
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils import timezone

from accounts.addresses import AddressField, normalize_address
from accounts.security_log import (
    ACCOUNT_TRIGGERS,
    GROUP_MEMBER_TRIGGERS,
    GROUP_PERMISSION_TRIGGERS,
    USER_PERMISSION_TRIGGERS,
    SecurityEvent,
    SecurityEventKind,
)
from booking.names import validate_name
from booking.time_zones import (
    format_moment,
    get_practice_time_zone,
    get_time_zones,
)

# How many exchanged tokens a session remembers at most.
MOST_ROTATED = 50

__all__ = ["SecurityEvent", "SecurityEventKind", "Session", "ThrottleCounter", "User"]


def validate_time_zone(name):
    if name not in get_time_zones():
        raise ValidationError(
            "Use an IANA time zone such as Europe/London.", validate_time_zone.code
        )


# As Django's own validators have it. The OpenAPI document reads it there.
validate_time_zone.code = "unknown_time_zone"


class UserQuerySet(models.QuerySet):
    def clients(self):
        """Users who are neither staff nor therapists."""
        # Not `therapist=None`: PostgreSQL expects nearly nobody to pass that join, and
        # sorts all users for a page of them.
        therapist = self.model._meta.get_field("therapist")
        linked = therapist.related_model.objects.filter(user__isnull=False)
        return self.filter(is_staff=False, is_superuser=False).exclude(
            pk__in=linked.order_by().values("user")
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    @classmethod
    def normalize_email(cls, email):
        """Return the address as it is stored, compared and counted."""
        return normalize_address(email or "")

    def get_by_natural_key(self, email):
        return self.get(email=self.normalize_email(email))

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(
            email, password, **fields | {"is_staff": True, "is_superuser": True}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: a client, a therapist or staff."""

    email = AddressField(
        unique=True, error_messages={"unique": "This address is already registered."}
    )
    name = models.CharField(max_length=150, blank=True, validators=[validate_name])
    time_zone = models.CharField(
        max_length=64, default=get_practice_time_zone, validators=[validate_time_zone]
    )
    is_active = models.BooleanField(
        default=True,
        help_text="Untick this instead of deleting the account. It ends all sessions.",
    )
    is_staff = models.BooleanField("staff", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

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
            )
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
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lowercase",
                violation_error_message="Write the address in lower case.",
            ),
        ]

    def __str__(self):
        return f"{self.name} <{self.email}>" if self.name else self.email

    def save(self, **options):
        """Save. A new password, set in the admin or by a command, ends all sessions."""
        # Django resets this mark of `set_password` while it saves.
        has_new_password = self._password is not None and not self._state.adding
        super().save(**options)
        if has_new_password:
            self.sessions.all().delete()

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

    def is_client(self) -> bool:
        return type(self).objects.clients().filter(pk=self.pk).exists()


class Session(models.Model):
    """A sign-in through the API, which one refresh token after the other carries on.

    No token is stored, only its `jti`.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    jti = models.CharField(
        max_length=32, help_text="The id of the only refresh token that works."
    )
    rotated = models.JSONField(
        default=dict, help_text="Ids of the last tokens, and when they were exchanged."
    )
    started_at = models.DateTimeField()
    used_at = models.DateTimeField(
        help_text="When the last refresh token was exchanged, for a list of sessions."
    )
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return f"{self.user_id} since {format_moment(self.started_at)}"

    def rotate(self, jti: str, now: datetime, grace: timedelta):
        """Make this the token that works; forget those rotated longer ago than grace."""
        oldest = (now - grace).timestamp()
        recent = [(at, old) for old, at in self.rotated.items() if at >= oldest]
        # Bounded, for a client that rotates without end.
        latest = sorted(recent)[1 - MOST_ROTATED :]
        self.rotated = {old: at for at, old in latest} | {self.jti: now.timestamp()}
        self.jti, self.used_at = jti, now

    def has_rotated(self, jti: str, since: datetime) -> bool:
        return self.rotated.get(jti, 0) >= since.timestamp()


class GroupMember(User.groups.through):
    """A row that puts staff in a group."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = GROUP_MEMBER_TRIGGERS


class UserPermission(User.user_permissions.through):
    """A row that gives staff a permission of their own."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = USER_PERMISSION_TRIGGERS


class GroupPermission(Group.permissions.through):
    """A row that gives a group a permission."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = GROUP_PERMISSION_TRIGGERS


class ThrottleCounter(models.Model):
    """A count of what one address, account or user did since the window started."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return f"{self.count} until {self.expires_at:%H:%M:%S}"

"""The log of security events: sign-ins, and changes of passwords, factors and rights.

Triggers write the changes, whoever makes them and however; `record_sign_in` and its like the rest.
"""

import pgtrigger
from django.contrib.auth import get_user_model
from django.db import models

from booking import audit
from booking.models import LogEntry, reference
from booking.origin import get_origin


class SecurityEventKind(models.TextChoices):
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    TOKEN_REUSED = "token_reused"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    ADDRESS_CHANGED = "address_changed"
    RIGHTS_CHANGED = "rights_changed"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"


class SecurityEvent(LogEntry):
    """Something happened to an account, or to a group of staff."""

    account = reference(
        help_text="The account that it happened to; none for a group, and for a failure "
        "with an address that nobody has."
    )
    kind = models.CharField(max_length=30, choices=SecurityEventKind)
    details = models.JSONField(default=dict)

    class Meta(LogEntry.Meta):
        pass

    def __str__(self):
        return f"{self.get_kind_display()}, {self.account_id}"


def record_sign_in(user, **details) -> None:
    """Record that this request signed the account in."""
    _record(SecurityEventKind.SIGNED_IN, account=user, user=user, details=details)


def record_reuse(user) -> None:
    """Record that this request sent a refresh token that was exchanged long before."""
    _record(SecurityEventKind.TOKEN_REUSED, account=user)


def record_wrong_password(user) -> None:
    """Record that the account, which is signed in, gave a wrong old password."""
    _record(SecurityEventKind.SIGN_IN_FAILED, account=user, user=user)


def record_wrong_code(user) -> None:
    """Record that this request had the first factor of the account, but not the second."""
    _record(SecurityEventKind.SECOND_FACTOR_FAILED, account=user)


def record_recovery_codes(user) -> None:
    """Record that the account, which is signed in, got new recovery codes."""
    _record(SecurityEventKind.RECOVERY_CODES_MADE, account=user, user=user)


def on_sign_in(sender, user, **kwargs):
    kind = getattr(user, "second_factor", None)
    record_sign_in(user, **{"second_factor": kind} if kind else {})


def on_failed_sign_in(sender, credentials, **kwargs):
    """Record that this request failed to sign in, and to which account if there is one.

    The log has nothing that was typed: it may be a password, typed in the wrong place.
    """
    users = get_user_model().objects
    address = credentials.get("email") or credentials.get("username")
    account = users.filter(email=users.normalize_email(address)).first()
    _record(SecurityEventKind.SIGN_IN_FAILED, account=account)


def _record(kind, **fields):
    SecurityEvent.objects.create(kind=kind, **get_origin()._asdict(), **fields)


_INSERT = f"""
INSERT INTO accounts_securityevent
       (at, kind, account_id, user_id, request_id, caller_request_id, address, path, details)
SELECT clock_timestamp(), '{{kind}}', {{account}}, (actor ->> 'user')::bigint,
       actor ->> 'request_id', actor ->> 'caller_request_id',
       (place ->> 'address')::inet, coalesce(place ->> 'path', ''), {{details}}
  FROM (SELECT nullif(current_setting('{audit.SETTING}', TRUE), '')::jsonb,
               nullif(current_setting('{audit.PLACE_SETTING}', TRUE), '')::jsonb)
       context (actor, place);
RETURN NULL;
"""  # noqa: S608


def record_changes(name, operation, kind, account, details, condition=None):
    """Return a trigger that records such a change; account and details are SQL."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        condition=condition,
        func=_INSERT.format(kind=kind, account=account, details=details),
    )


_RIGHTS = ("is_staff", "is_superuser", "is_active")
_CHANGED_RIGHTS = """jsonb_build_object('is_staff', NEW.is_staff,
       'is_superuser', NEW.is_superuser, 'is_active', NEW.is_active)"""
ACCOUNT_TRIGGERS = [
    record_changes(
        "record_password",
        pgtrigger.Update,
        SecurityEventKind.PASSWORD_CHANGED,
        "NEW.id",
        "'{}'",
        pgtrigger.AnyChange("password"),
    ),
    record_changes(
        "record_address",
        pgtrigger.Update,
        SecurityEventKind.ADDRESS_CHANGED,
        "NEW.id",
        "jsonb_build_object('former', OLD.email)",
        pgtrigger.AnyChange("email"),
    ),
    record_changes(
        "record_rights",
        pgtrigger.Update,
        SecurityEventKind.RIGHTS_CHANGED,
        "NEW.id",
        _CHANGED_RIGHTS,
        pgtrigger.AnyChange(*_RIGHTS),
    ),
    record_changes(
        "record_new_rights",
        pgtrigger.Insert,
        SecurityEventKind.RIGHTS_CHANGED,
        "NEW.id",
        _CHANGED_RIGHTS,
        pgtrigger.Q(new__is_staff=True) | pgtrigger.Q(new__is_superuser=True),
    ),
]
SECOND_FACTOR_TRIGGERS = [
    record_changes(
        "record_confirmed",
        pgtrigger.Update,
        SecurityEventKind.SECOND_FACTOR_ADDED,
        "NEW.user_id",
        "jsonb_build_object('name', NEW.name)",
        pgtrigger.Q(old__confirmed_at__isnull=True, new__confirmed_at__isnull=False),
    ),
    record_changes(
        "record_removed",
        pgtrigger.Delete,
        SecurityEventKind.SECOND_FACTOR_REMOVED,
        "OLD.user_id",
        "jsonb_build_object('name', OLD.name)",
        pgtrigger.Q(old__confirmed_at__isnull=False),
    ),
]


def record_links(account: str, details: str) -> list[pgtrigger.Trigger]:
    """Return triggers that record which rows of a relation come and go.

    `account` and `details` are SQL about one of them, called `link`.
    """
    return [
        record_changes(
            f"record_{verb}",
            operation,
            SecurityEventKind.RIGHTS_CHANGED,
            account.replace("link", row),
            f"jsonb_build_object('{verb}', {details.replace('link', row)})",
        )
        for verb, operation, row in (
            ("added", pgtrigger.Insert, "NEW"),
            ("removed", pgtrigger.Delete, "OLD"),
        )
    ]


_GROUP = "(SELECT name FROM auth_group WHERE id = link.group_id)"
_PERMISSION = "(SELECT codename FROM auth_permission WHERE id = link.permission_id)"
GROUP_MEMBER_TRIGGERS = record_links("link.user_id", _GROUP)
USER_PERMISSION_TRIGGERS = record_links("link.user_id", _PERMISSION)
GROUP_PERMISSION_TRIGGERS = record_links("NULL", f"{_GROUP} || ': ' || {_PERMISSION}")
